/**
 * The algebra of one gate: pure, so that PostgreSQL and memory keep the same rules.
 *
 * - Pace: the generic cell rate algorithm. Each request takes the next free turn, `intervalMs` apart.
 * - Adaptation: being limited doubles the interval (at least to FIRST_INTERVAL_MS), every good answer takes a little off it,
 *   down to what is declared: multiplicative decrease, additive increase of the rate, as TCP does it. Requests that were
 *   under way together are limited together; that counts once.
 * - Breaker: FAILURES_TO_CLOSE failures in a row close the gate, each further one for twice as long. Then one request is let
 *   through to see, and one good answer forgets all failures.
 */
import type { GateReport } from './border.ts';
import type { RateLimits } from './types.ts';

export interface GateState {
  /** Between two requests; 0 is unlimited. Never below what is declared. */
  readonly intervalMs: number;
  /** Epoch ms of the next free turn. */
  readonly nextAt: number;
  /** Epoch ms until which the system wants nothing. */
  readonly limitedUntil: number;
  /** Epoch ms until which the breaker is open. */
  readonly failingUntil: number;
  /** In a row. */
  readonly failures: number;
  /** One request was let through a failing gate to see, and has not come back. */
  readonly isProbing: boolean;
}

export const OPEN_GATE: GateState = { intervalMs: 0, nextAt: 0, limitedUntil: 0, failingUntil: 0, failures: 0, isProbing: false };

export const FAILURES_TO_CLOSE = 5;
/** A turn that is further away is the queue's to wait for, unless turns are that far apart. */
export const LONGEST_WAIT_MS = 10_000;
const FIRST_CLOSE_MS = 5_000;
const LONGEST_CLOSE_MS = 300_000;
/** How long the others wait for the one that was let through to see. */
const PROBE_MS = 5_000;
const FIRST_INTERVAL_MS = 50;
/** A learned one; a declared one may be longer. */
const LONGEST_INTERVAL_MS = 10_000;
/** Share of the interval that a good answer takes off. */
const RECOVERY = 0.05;
/** Below this an interval that nobody declared is none. */
const NEGLIGIBLE_MS = 2;
/** Without a word on when to come back. */
const LIMITED_CLOSE_MS = 1_000;
/** Whatever a server says, one request an hour is sent to see. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

export function declaredIntervalMs({ requestsPerMinute }: RateLimits): number {
  return requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute;
}

/** `null` when it stands open. */
export function closedAt({ limitedUntil, failingUntil }: GateState, at: number): { forMs: number; why: 'limited' | 'failing' } | null {
  const until = Math.max(limitedUntil, failingUntil);
  return until <= at ? null : { forMs: until - at, why: limitedUntil === until ? 'limited' : 'failing' };
}

/** Reserves the next free turn of an open gate; `isReserved` is false when it is too far away. */
export function enterGate(state: GateState, limits: RateLimits, at: number): { state: GateState; turnInMs: number; isReserved: boolean } {
  const intervalMs = Math.max(state.intervalMs, declaredIntervalMs(limits));
  const turnInMs = intervalMs === 0 ? 0 : Math.max(0, state.nextAt - at);
  if (turnInMs > Math.max(LONGEST_WAIT_MS, 2 * intervalMs)) return { state, turnInMs, isReserved: false };
  const probing = isBroken(state) ? { ...state, failingUntil: at + turnInMs + PROBE_MS, isProbing: true } : state;
  if (intervalMs === 0) return { state: probing, turnInMs, isReserved: true };
  return { state: { ...probing, intervalMs, nextAt: at + turnInMs + intervalMs }, turnInMs, isReserved: true };
}

export function leaveGate(state: GateState, report: GateReport, limits: RateLimits, at: number): GateState {
  switch (report.kind) {
    case 'nothing':
      return state;
    case 'good':
      return eased(state, limits);
    case 'limited':
      return limited(state, report.retryAfterMs ?? LIMITED_CLOSE_MS, limits, at);
    case 'failed':
      return failed(state, report.retryAfterMs ?? 0, at);
  }
}

function eased(state: GateState, limits: RateLimits): GateState {
  const declared = declaredIntervalMs(limits);
  const shorter = Math.max(declared, state.intervalMs * (1 - RECOVERY));
  const intervalMs = declared === 0 && shorter < NEGLIGIBLE_MS ? 0 : shorter;
  if (state.failures === 0 && intervalMs === state.intervalMs) return state;
  return { ...state, failures: 0, isProbing: false, intervalMs, failingUntil: isBroken(state) ? 0 : state.failingUntil };
}

function limited(state: GateState, retryAfterMs: number, limits: RateLimits, at: number): GateState {
  // Requests that were under way together are limited together: one event, not many.
  const isKnown = state.limitedUntil > at;
  const slower = Math.max(FIRST_INTERVAL_MS, Math.min(LONGEST_INTERVAL_MS, state.intervalMs * 2));
  const intervalMs = Math.max(declaredIntervalMs(limits), state.intervalMs, isKnown ? 0 : slower);
  const limitedUntil = Math.max(state.limitedUntil, at + Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs));
  return { ...state, intervalMs, limitedUntil, failingUntil: isBroken(state) ? 0 : state.failingUntil, failures: 0, isProbing: false };
}

function failed(state: GateState, retryAfterMs: number, at: number): GateState {
  // Sent together with those that closed the gate: the same failure, not a further one.
  const isKnown = isBroken(state) && state.failingUntil > at && !state.isProbing;
  const failures = isKnown ? state.failures : state.failures + 1;
  const isClosing = failures >= FAILURES_TO_CLOSE && !isKnown;
  const closeMs = isClosing ? Math.min(LONGEST_CLOSE_MS, FIRST_CLOSE_MS * 2 ** (failures - FAILURES_TO_CLOSE)) : 0;
  const waitMs = Math.max(closeMs, Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs));
  if (waitMs === 0) return isKnown ? state : { ...state, failures };
  return { ...state, failures, isProbing: false, failingUntil: Math.max(isClosing ? 0 : state.failingUntil, at + waitMs) };
}

function isBroken({ failures }: GateState): boolean {
  return failures >= FAILURES_TO_CLOSE;
}
