/**
 * The `Http` that connectors are lent. One request goes: gate -> login -> CSRF -> wire -> verdict. Reads are tried a few times
 * here; what lasts longer is the queue's to wait for. Writes are sent once, except where the system said for certain that
 * it did nothing (no login, no CSRF token, too many requests).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type KontorError, RetryLaterError } from '../../errors.ts';
import type { Border } from './border.ts';
import { type CsrfKeeper, keepCsrf } from './csrf.ts';
import { type Asked, askedOf, failureOfAnswer, failureOfWire, unusableAnswer } from './failures.ts';
import { keepLogin, type LoginKeeper } from './login.ts';
import { scrubbed } from './scrub.ts';
import { createTransport, type Transport, type WireAnswer, WireFailure, type WireRequest } from './transport.ts';
import type { Http, HttpAnswer, HttpProfile, HttpRequest } from './types.ts';
import { judge } from './verdicts.ts';

/** Of a read, in place. */
const TRIES = 3;
const FIRST_PAUSE_MS = 200;
/** A turn that is further away is the queue's to wait for. */
const LONGEST_WAIT_MS = 10_000;

export interface HttpContext {
  readonly connection: string;
  readonly profile: HttpProfile;
  readonly border: Border;
  readonly signal: AbortSignal;
  now(): Date;
}

/** What outlives one session: kept connections, the login, cookies. One per connection and process. */
export interface Line {
  readonly transport: Transport;
  readonly login: LoginKeeper;
  readonly csrf: CsrfKeeper;
}

export function createLine({ connection, profile, border, now }: Omit<HttpContext, 'signal'>, transport?: Transport): Line {
  const wire = transport ?? createTransport(profile.baseUrl, { ...profile.transport, limits: profile.transport.limits ?? profile.limits });
  const csrf = keepCsrf(profile);
  const signal = () => AbortSignal.timeout(profile.transport.timeoutMs * TRIES);
  const none: LoginKeeper = { headers: async () => ({}), refused: () => false };
  const plain: Http = {
    send: (request) =>
      new Sender({ connection, profile, border, now, signal: signal() }, { transport: wire, login: none, csrf }).send(request),
  };
  return { transport: wire, csrf, login: keepLogin(connection, profile, { plain, vault: border.vault, now, signal }) };
}

export function createHttp(context: HttpContext, line: Line): Http {
  const sender = new Sender(context, line);
  return { send: (request) => sender.send(request) };
}

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
        await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  /** Sends, and once more when login or CSRF token had run out: then nothing was carried out. */
  async #proven(request: HttpRequest, asked: Asked): Promise<HttpAnswer> {
    const { profile, now } = this.#context;
    for (let renewed = false, tokenRenewed = false, pauses = 0; ; ) {
      const proof = await this.#line.login.headers();
      const token =
        asked.effect === 'write' ? await this.#line.csrf.headers((ask) => this.#gated(this.#wireRequest(ask, proof, {}), asked)) : {};
      const answer = await this.#gated(this.#wireRequest(request, proof, token), asked);
      if (asked.effect === 'write' && !tokenRenewed && this.#line.csrf.refused(answer)) {
        tokenRenewed = true;
        continue;
      }
      const judgement = judge(answer, profile.verdicts, now());
      if (judgement.verdict === 'login' && !renewed && this.#line.login.refused(proof)) {
        renewed = true;
        this.#line.csrf.forget();
        continue;
      }
      if (judgement.verdict === 'ok' || judgement.verdict === 'empty') {
        const expectsJson = (request.expect ?? 'json') === 'json' && asked.method !== 'HEAD' && judgement.verdict === 'ok';
        if (expectsJson && answer.json === undefined && !(answer.status === 204 || answer.text === '')) throw unusableAnswer(asked, answer);
        return { ...answer, verdict: judgement.verdict };
      }
      const failure = failureOfAnswer(asked, answer, judgement);
      const again = judgement.verdict === 'limited' && (judgement.retryAfterMs ?? 1_000) <= LONGEST_WAIT_MS && pauses < TRIES;
      if (!again) throw failure;
      // The gate knows when; the next turn waits for it.
      pauses += 1;
    }
  }

  /** One turn at the gate of this credential; says there how it went. */
  async #gated(wire: WireRequest, asked: Asked): Promise<WireAnswer> {
    const { border, connection, profile, signal, now } = this.#context;
    const limits = { ...profile.limits, ...profile.transport.limits };
    let entry = await border.gates.enter(connection, limits);
    for (let waitedMs = 0; 'closedForMs' in entry; entry = await border.gates.enter(connection, limits)) {
      const { closedForMs, why } = entry;
      if (waitedMs + closedForMs > LONGEST_WAIT_MS || why === 'failing') throw closedError(asked, why, closedForMs);
      waitedMs += closedForMs;
      await pause(closedForMs, signal, asked);
    }
    if (entry.waitMs > 0) await pause(entry.waitMs, signal, asked);
    try {
      const started = performance.now();
      const answer = await this.#line.transport.send(this.#line.csrf.withCookies(wire), signal);
      this.#line.csrf.keepCookies(wire.url, answer);
      border.tap?.(scrubbed(wire, answer, { at: now(), ms: Math.round(performance.now() - started) }));
      const { verdict, retryAfterMs } = judge(answer, profile.verdicts, now());
      if (verdict === 'limited') await entry.leave({ kind: 'limited', retryAfterMs });
      else await entry.leave({ kind: verdict === 'unavailable' ? 'failed' : 'good' });
      return answer;
    } catch (error) {
      if (!(error instanceof WireFailure)) throw error;
      await entry.leave({ kind: error.kind === 'stopped' || error.kind === 'too-large' ? 'good' : 'failed' });
      throw failureOfWire(asked, error);
    }
  }

  #wireRequest(request: HttpRequest, proof: Readonly<Record<string, string>>, token: Readonly<Record<string, string>>): WireRequest {
    const { profile } = this.#context;
    const headers: Record<string, string> = { ...profile.headers, ...request.headers, ...proof, ...token };
    let body = request.body;
    if (request.json !== undefined) {
      headers['content-type'] ??= 'application/json';
      body = JSON.stringify(request.json);
    } else if (request.form) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      body = new URLSearchParams(request.form).toString();
    }
    return {
      method: request.method ?? 'GET',
      url: urlOf(profile.baseUrl, request),
      headers,
      body,
      timeoutMs: request.timeoutMs ?? profile.transport.timeoutMs,
    };
  }
}

/** Only ever at the connection's own origin: its secrets go nowhere else, whatever a server's link says. */
export function urlOf(baseUrl: string, { path, query }: Pick<HttpRequest, 'path' | 'query'>): string {
  const base = new URL(baseUrl);
  const absolute = /^https?:\/\//i.test(path);
  const url = new URL(absolute ? path : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
  if (absolute) {
    // Servers behind a gateway name themselves as they know themselves; only path and query of such a link count.
    url.protocol = base.protocol;
    url.host = base.host;
  }
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.append(name, String(value));
  return url.href;
}

async function pause(ms: number, signal: AbortSignal, asked: Asked): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((cause) => {
    throw new RetryLaterError('SHUTTING_DOWN', `${asked.connection}: stopped while waiting for its turn`, { cause });
  });
}

function closedError(asked: Asked, why: 'limited' | 'failing', closedForMs: number): KontorError {
  const seconds = Math.ceil(closedForMs / 1000);
  return why === 'limited'
    ? new RetryLaterError('ERP_RATE_LIMITED', `${asked.connection}: the system wants no request for ${seconds} s`, {
        retryAfterMs: closedForMs,
      })
    : new RetryLaterError('ERP_UNREACHABLE', `${asked.connection}: the last requests all failed; the next is sent in ${seconds} s`, {
        retryAfterMs: closedForMs,
      });
}
