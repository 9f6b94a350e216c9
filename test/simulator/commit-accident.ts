import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Accident } from './accidents.ts';
import type { Dialect, SimAnswer } from './dialect.ts';
import { type Encoded, encode, sendAnswer, sendBytes, sendHead } from './send-answer.ts';
import type { World } from './world.ts';

/** One request whose answer is due. */
export interface Exchange {
  readonly outgoing: ServerResponse;
  readonly dialect: Dialect;
  readonly world: World;
  /** Lets the request take effect; never throws. */
  handle(): Promise<SimAnswer>;
  /** Called with the status just before it is sent. */
  onStatus(status: number): void;
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const LOGIN_PAGE =
  '<!doctype html><html><head><title>Log in</title></head><body><form method="post"><input name="login"></form></body></html>';
const SLOW_PIECES = 8;
const SLOW_PAUSE_MS = 5;

/** Answers as the accident wants, or rightly without one. */
export async function answerWith(accident: Accident | undefined, exchange: Exchange): Promise<void> {
  const { dialect, world, outgoing } = exchange;
  switch (accident?.name) {
    case 'request-lost':
      return hangUp(outgoing);
    case 'answer-lost':
      await exchange.handle();
      return hangUp(outgoing);
    case 'half-body':
      return sendHalf(exchange, encode(await exchange.handle()));
    case 'slow-body':
      return sendSlowly(exchange, encode(await exchange.handle()));
    case 'never-ends':
      return neverEnd(exchange, encode(await exchange.handle()));
    case 'too-many-requests':
      return send(exchange, tooMany(String(accident.retryAfterSeconds)));
    case 'too-many-requests-date':
      return send(exchange, tooMany(new Date(world.now().getTime() + accident.retryAfterSeconds * 1000).toUTCString()));
    case 'limit-in-disguise':
      return send(exchange, dialect.limitSignal?.() ?? { status: 429, text: 'Too many requests' });
    case 'unavailable':
      return send(exchange, { status: 503, headers: HTML, text: '<html><body><h1>503 Service Unavailable</h1></body></html>' });
    case 'bad-gateway':
      await exchange.handle();
      return send(exchange, { status: 502, headers: HTML, text: '<html><body><h1>502 Bad Gateway</h1></body></html>' });
    case 'wrong-content-type':
      return send(exchange, { status: 200, headers: HTML, text: LOGIN_PAGE });
    case 'not-json':
      return send(exchange, spoil(encode(await exchange.handle())));
    case 'error-inside':
      return send(exchange, dialect.errorInside());
    case 'session-expired':
      dialect.expireSessions();
      return send(exchange, await exchange.handle());
    case 'moved-clock':
      world.moveClock(accident.byMs);
      return send(exchange, await exchange.handle());
    case undefined:
      return send(exchange, await exchange.handle());
  }
}

function send({ outgoing, world, onStatus }: Exchange, answer: SimAnswer): void {
  onStatus(answer.status);
  sendAnswer(outgoing, encode(answer), world.now());
}

function hangUp(outgoing: ServerResponse): void {
  outgoing.destroy();
}

/** The status of the 429 is everybody's; its body is nobody's. */
function tooMany(retryAfter: string): SimAnswer {
  return { status: 429, headers: { 'retry-after': retryAfter }, text: 'Too many requests' };
}

/** As when a warning of the server's language gets in front of its output. */
function spoil({ body }: Encoded): SimAnswer {
  const text = Buffer.concat([Buffer.from('<br />\n<b>Warning</b>: Undefined index\n'), body]);
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: text };
}

/** An answer without a body has no half: the connection breaks before it. */
async function sendHalf({ outgoing, world, onStatus }: Exchange, answer: Encoded): Promise<void> {
  if (answer.body.length > 0) {
    onStatus(answer.status);
    sendHead(outgoing, answer, world.now());
    await sendBytes(outgoing, answer.body.subarray(0, Math.floor(answer.body.length / 2)));
  }
  hangUp(outgoing);
}

/** Cut without regard to characters, so that a letter of two bytes may come in two pieces. */
async function sendSlowly({ outgoing, world, onStatus }: Exchange, answer: Encoded): Promise<void> {
  onStatus(answer.status);
  sendHead(outgoing, answer, world.now());
  const size = Math.max(1, Math.ceil(answer.body.length / SLOW_PIECES));
  for (let at = 0; at < answer.body.length; at += size) {
    await sendBytes(outgoing, answer.body.subarray(at, at + size));
    await wait(SLOW_PAUSE_MS);
  }
  outgoing.end();
}

/** An answer without a body is silent from the start. */
async function neverEnd({ outgoing, world, onStatus }: Exchange, answer: Encoded): Promise<void> {
  if (answer.body.length > 0) {
    onStatus(answer.status);
    sendHead(outgoing, answer, world.now());
    await sendBytes(outgoing, answer.body.subarray(0, Math.floor(answer.body.length / 2)));
  }
  if (!outgoing.closed) await once(outgoing, 'close');
}
