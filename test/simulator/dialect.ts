/**
 * How one kind of system speaks. A dialect parses requests, asks and changes the world, and says the answer as its system would.
 * It knows nothing of accidents: the server commits them around it.
 */
import type { World } from './world.ts';

export interface SimRequest {
  readonly method: string;
  /** Decoded by nobody: as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** The body parsed; throws a `Refusal` with 400 when it is not JSON, which answers the request. Parsed once. */
  json(): unknown;
}

/** One of `json`, `text`, `body`, or none of them. `content-type` follows from which, unless the headers say it. */
export interface SimAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly body?: Buffer;
}

export interface SimContext {
  /** Rows on a page where the system decides; a cap where the client does. */
  readonly pageSize: number;
  /** Base address, without a slash at the end: for absolute next links. */
  readonly url: string;
}

export interface Dialect {
  readonly name: string;
  /** Would it change the ledger? Where all calls are POST, the body tells. Log-in is no write. Must not throw. */
  isWrite(request: SimRequest): boolean;
  /** Check first, then change the world: what was changed before a throw stays changed. May throw a `Refusal`; any other error is a bug. */
  handle(request: SimRequest, world: World, context: SimContext): SimAnswer | Promise<SimAnswer>;
  /** How this system says "try again" in the wrong place: HTTP 200 with an error in the body, or its own transient error. */
  errorInside(): SimAnswer;
  /** Forgets sessions, tokens and CSRF tokens. A client with good credentials gets new ones. */
  expireSessions(): void;
  /** The settings of a connection that reaches it. */
  settings(url: string): Record<string, unknown>;
  /** The system's own odd way to say "too many requests", if it has one. */
  limitSignal?(): SimAnswer;
}

/** Thrown from anywhere inside a dialect: the answer to this request. */
export class Refusal extends Error {
  readonly answer: SimAnswer;
  constructor(answer: SimAnswer) {
    super(`Refused with ${answer.status}`);
    this.answer = answer;
  }
}
