/**
 * The `Http` that connectors are lent. One request goes: login -> CSRF -> gate -> wire -> verdict. Reads are tried a few times
 * here; what lasts longer is the queue's to wait for. Writes are sent once, except where the system said for certain that
 * it did nothing (no login, no CSRF token, too many requests).
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLaterError } from '../../errors.ts';
import type { Border } from './border.ts';
import type { CsrfKeeper } from './csrf.ts';
import { type Asked, askedOf, failureOfAnswer, unusableAnswer, withoutToken } from './failures.ts';
import type { LoginKeeper } from './login.ts';
import type { Transport, WireAnswer, WireRequest } from './transport.ts';
import { passTurnstile } from './turnstile.ts';
import type { Http, HttpAnswer, HttpProfile, HttpRequest } from './types.ts';
import { type Judgement, judge } from './verdicts.ts';
import { wireRequestOf } from './wire-request.ts';

/** Of a read, in place; also how often a request goes again that was told to come later. */
const TRIES = 3;
const FIRST_PAUSE_MS = 200;
/** What is further away is the queue's to wait for. */
const LONGEST_PAUSE_MS = 2_000;
const LONGEST_LIMITED_MS = 10_000;

/** What outlives one session: kept connections, the login, cookies. One per connection and process; line.ts opens it. */
export interface Line {
  /** Name of the gate. */
  readonly credential: string;
  readonly transport: Transport;
  readonly login: LoginKeeper;
  readonly csrf: CsrfKeeper;
}

export interface LineContext {
  readonly connection: string;
  readonly profile: HttpProfile;
  readonly border: Border;
  now(): Date;
}

export interface HttpContext extends LineContext {
  readonly signal: AbortSignal;
  /** Of requests that write: on the clock of performance.now(), the instant past which none may leave. */
  readonly notAfter?: (() => number) | undefined;
}

export function createHttp(context: HttpContext, line: Line): Http {
  // Every request under way listens to it, and there may be many.
  setMaxListeners(0, context.signal);
  const sender = new Sender(context, line);
  return { send: (request) => sender.send(request) };
}

type Headers = Readonly<Record<string, string>>;

class Sender {
  readonly #context: HttpContext;
  readonly #line: Line;

  constructor(context: HttpContext, line: Line) {
    this.#context = context;
    this.#line = line;
  }

  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { connection, profile, signal } = this.#context;
    const asked = askedOf(connection, profile.baseUrl, request);
    const tries = asked.effect === 'read' ? TRIES : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#proven(request, asked);
      } catch (error) {
        if (!(error instanceof RetryLaterError) || attempt >= tries || signal.aborted || error.code === 'ERP_RATE_LIMITED') throw error;
        const pauseMs = Math.max(error.retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
        if (pauseMs > LONGEST_PAUSE_MS) throw error;
        await sleep(pauseMs, undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  /** Sends, and once more when login or CSRF token had run out: then nothing was carried out. */
  async #proven(request: HttpRequest, asked: Asked): Promise<HttpAnswer> {
    const { csrf, login } = this.#line;
    const { csrf: tokens } = this.#context.profile;
    const isGuarded = tokens?.everyMethod === true;
    for (let isRenewed = false, hasNewToken = false, pauses = 0; ; ) {
      const proof = login.known() ?? (await this.#unlessStopped(login.headers()));
      const needsToken = asked.effect === 'write' || (isGuarded && asked.method !== 'GET' && asked.method !== 'HEAD');
      const token =
        tokens && needsToken ? await this.#unlessStopped(csrf.headers(request.path, (ask) => this.#fetchToken(ask, proof))) : {};
      const notAfter = asked.effect === 'write' ? this.#context.notAfter : undefined;
      const answer = await this.#gated({ ...wireRequestOf(this.#context.profile, request, proof, token), notAfter }, asked);
      const isRefused = needsToken && csrf.refused(answer, token);
      if (isRefused && !hasNewToken) {
        hasNewToken = true;
        continue;
      }
      // Who only asks has asked nothing yet, and may begin anew.
      if (isRefused && (asked.effect === 'read' || Object.keys(token).length === 0)) throw withoutToken(asked, token);
      const judgement = this.#judge(answer);
      if (judgement.verdict === 'login' && !isRenewed && login.refused(proof)) {
        isRenewed = true;
        continue;
      }
      // The gate knows until when; the next turn waits for it.
      const isSoon = judgement.verdict === 'limited' && (judgement.retryAfterMs ?? 0) <= LONGEST_LIMITED_MS;
      if (isSoon && pauses < TRIES) {
        pauses += 1;
        continue;
      }
      return accepted(request, asked, answer, judgement);
    }
  }

  /** Asks for a CSRF token. Whatever goes wrong here, the write itself was not sent. Others may wait for it, who are not stopped with us. */
  async #fetchToken(ask: HttpRequest, proof: Headers): Promise<WireAnswer> {
    const { connection, profile } = this.#context;
    const signal = AbortSignal.timeout(2 * profile.transport.timeoutMs);
    const asked = askedOf(connection, profile.baseUrl, ask);
    const answer = await this.#gated(wireRequestOf(profile, ask, proof, {}), asked, signal);
    const judgement = this.#judge(answer);
    // The write that follows will hear the same, and renews the login.
    if (judgement.verdict === 'login' && this.#line.login.refused(proof)) return answer;
    accepted(ask, asked, answer, judgement);
    return answer;
  }

  async #gated(wire: WireRequest, asked: Asked, signal = this.#context.signal): Promise<WireAnswer> {
    const { profile } = this.#context;
    const { credential, csrf, transport } = this.#line;
    const cookies = csrf.cookies();
    const answer = await passTurnstile(
      { ...this.#context, signal, credential, limits: { ...profile.limits, ...profile.transport.limits } },
      asked,
      { wire: cookies.with(wire), transport, judge: (one) => this.#judge(one) },
    );
    cookies.keep(wire.url, answer);
    return answer;
  }

  /** What many wait for is not stopped by one of them; that one only waits no longer. */
  #unlessStopped<Result>(shared: Promise<Result>): Promise<Result> {
    const { connection, signal } = this.#context;
    return new Promise((resolve, reject) => {
      const stop = () => reject(new RetryLaterError('SHUTTING_DOWN', `${connection}: stopped while logging in`));
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  #judge(answer: WireAnswer): Judgement {
    return judge(answer, this.#context.profile.verdicts, this.#context.now());
  }
}

/** The answer as a connector gets it, or the failure it is. */
function accepted(request: HttpRequest, asked: Asked, answer: WireAnswer, judgement: Judgement): HttpAnswer {
  const { verdict } = judgement;
  if (verdict !== 'ok' && verdict !== 'empty') throw failureOfAnswer(asked, answer, judgement);
  const expectsJson = (request.expect ?? 'json') === 'json' && asked.method !== 'HEAD' && verdict === 'ok';
  // A write may be answered by nothing at all; a read that is has been cut off on the way.
  const mayBeEmpty = answer.text === '' && (asked.effect === 'write' || answer.status !== 200);
  if (expectsJson && answer.json === undefined && !mayBeEmpty) throw unusableAnswer(asked, answer);
  return { ...answer, verdict };
}
