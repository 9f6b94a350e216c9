/** What HTTP needs that outlives one process: limits and tokens that all workers share. Implemented on PostgreSQL (src/store) and in memory. */
import type { Transport } from './transport.ts';
import type { RateLimits } from './types.ts';

/** How one request ended, for the gate of its credential. */
export type GateReport =
  /** The system answered. */
  | { readonly kind: 'good' }
  /** Not sent, or stopped by us: says nothing of the system. */
  | { readonly kind: 'nothing' }
  /** The system asked for fewer requests; with its own word on when to come back. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number | undefined }
  /** Unreachable or broken: enough of these in a row close the gate for a while (circuit breaker). */
  | { readonly kind: 'failed'; readonly retryAfterMs: number | undefined };

export interface Pass {
  /** Wait so long before sending; the turn is reserved. */
  readonly waitMs: number;
  /** After a wait: whether the gate was closed meanwhile. */
  closed(): Promise<Closed | null>;
  /** Exactly once. Gives back the permit, if the credential's requests are counted. */
  leave(report: GateReport): Promise<void>;
}

/** No turn is reserved. Ask again after `closedForMs`, or give up. */
export interface Closed {
  readonly closedForMs: number;
  /** limited: the system said so, or the next free turn is far away. failing: the breaker. full: no permit is free. */
  readonly why: 'limited' | 'failing' | 'full';
}

/**
 * Adaptive limits and circuit breaker, one gate per credential, shared by all workers: additive increase, multiplicative decrease.
 * A gate that was never limited and does not fail costs no more than a look into memory for most requests.
 */
export interface Gates {
  /** `holdMs`: a permit that was not given back by then is free again, for its holder is dead. */
  enter(credential: string, limits: RateLimits, holdMs: number): Promise<Pass | Closed>;
}

/** Keeps what a system gave us to keep, sealed with a key made of secrets the configuration holds: a copy of the database tells nothing. */
export interface Vault {
  /**
   * Runs `renew` for one caller at a time over all workers. It gets what is kept (or `null`), and answers what to keep instead.
   * What it answers is stored before anybody uses it. Whoever waited gets the others' result as `kept`. What was stored by
   * another while `renew` ran (we were thought to be dead) wins, and is answered. Throws ALREADY_RUNNING after a long wait.
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
  /** Instead of the network: a recording (replay.ts). */
  readonly wire?: Transport;
  readonly gates: Gates;
  readonly vault: Vault;
  /**
   * Whether keys that end are renewed here (`RotatingKeyLogin`). Only where the vault outlives the process, and not in commands that
   * promise to change nothing: weeks are left, and a worker does it. No if absent.
   */
  readonly renewsKeys?: boolean;
  /** Called with every exchange, when somebody listens; and with the secrets that went with it, to be kept out of all others. */
  readonly tap?: (exchange: Exchange, secrets: readonly string[]) => void;
}
