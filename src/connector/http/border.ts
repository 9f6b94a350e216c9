/** What HTTP needs that outlives one process: limits and tokens that all workers share. Implemented on PostgreSQL (src/store) and in memory. */
import type { RateLimits } from './types.ts';

/** How one request ended, for the gate of its credential. */
export type GateReport =
  | { readonly kind: 'good' }
  /** The system asked for fewer requests; with its own word on when to come back. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number | undefined }
  /** Unreachable or broken: enough of these in a row close the gate for a while (circuit breaker). */
  | { readonly kind: 'failed' };

export interface Pass {
  /** Wait so long before sending; the turn is reserved. */
  readonly waitMs: number;
  leave(report: GateReport): Promise<void>;
}

/** The gate is closed for longer than a request should wait. */
export interface Closed {
  readonly closedForMs: number;
  /** `limited` or `failing`, and since when. */
  readonly why: 'limited' | 'failing';
}

/**
 * Adaptive limits and circuit breaker, one gate per credential, shared by all workers: additive increase, multiplicative decrease.
 * A gate that was never limited and does not fail costs no more than a look into memory for most requests.
 */
export interface Gates {
  enter(credential: string, limits: RateLimits): Promise<Pass | Closed>;
}

/** Keeps what a system gave us to keep, sealed with a key made of secrets the configuration holds: a copy of the database tells nothing. */
export interface Vault {
  /**
   * Runs `renew` for one caller at a time over all workers. It gets what is kept (or `null`), and answers what to keep instead.
   * What it answers is stored before anybody uses it. Whoever waited gets the others' result as `kept`.
   */
  exchange(name: string, sealedWith: string, renew: (kept: string | null) => Promise<string>): Promise<string>;
  /** What is kept, without waiting for others; `null` when there is nothing or it was sealed with other secrets. */
  look(name: string, sealedWith: string): Promise<string | null>;
}

/** One request and its answer as they went over the wire, secrets scrubbed; `kontor record` writes them. */
export interface Exchange {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly requestBody: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ms: number;
}

export interface Border {
  readonly gates: Gates;
  readonly vault: Vault;
  /** Called with every exchange, when somebody listens. */
  readonly tap?: (exchange: Exchange) => void;
}
