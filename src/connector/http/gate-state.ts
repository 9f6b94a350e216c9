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
  /** Epoch ms until which nothing is sent. */
  readonly closedUntil: number;
  readonly closedWhy: 'limited' | 'failing';
  /** In a row. */
  readonly failures: number;
  /** One request was let through a failing gate to see, and has not come back. */
  readonly isProbing: boolean;
}

export const OPEN_GATE: GateState = { intervalMs: 0, nextAt: 0, closedUntil: 0, closedWhy: 'limited', failures: 0, isProbing: false };

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

export function closedForMs(state: GateState, at: number): number {
  return Math.max(0, state.closedUntil - at);
}

/** Reserves the next free turn of an open gate; `waitMs` is `null` when it is too far away, and nothing is reserved. */
export function enterGate(state: GateState, limits: RateLimits, at: number): { state: GateState; waitMs: number | null; turnInMs: number } {
  const intervalMs = Math.max(state.intervalMs, declaredIntervalMs(limits));
  const probing = isBroken(state) ? probed(state, at) : state;
  if (intervalMs === 0) return { state: probing, waitMs: 0, turnInMs: 0 };
  const turnInMs = Math.max(0, state.nextAt - at);
  if (turnInMs > Math.max(LONGEST_WAIT_MS, 2 * intervalMs)) return { state, waitMs: null, turnInMs };
  return { state: { ...probing, intervalMs, nextAt: at + turnInMs + intervalMs }, waitMs: turnInMs, turnInMs };
}

export function leaveGate(state: GateState, report: GateReport, limits: RateLimits, at: number): GateState {
  const declared = declaredIntervalMs(limits);
  switch (report.kind) {
    case 'nothing':
      return state;
    case 'good': {
      const eased = Math.max(declared, state.intervalMs * (1 - RECOVERY));
      const intervalMs = declared === 0 && eased < NEGLIGIBLE_MS ? 0 : eased;
      if (state.failures === 0 && intervalMs === state.intervalMs) return state;
      const heals = isBroken(state) && state.closedWhy === 'failing';
      return {
        ...state,
        failures: 0,
        isProbing: false,
        intervalMs,
        closedUntil: heals ? Math.min(at, state.closedUntil) : state.closedUntil,
      };
    }
    case 'limited': {
      const isKnown = state.closedWhy === 'limited' && closedForMs(state, at) > 0;
      const slower = Math.max(FIRST_INTERVAL_MS, Math.min(LONGEST_INTERVAL_MS, state.intervalMs * 2));
      const intervalMs = Math.max(declared, state.intervalMs, isKnown ? 0 : slower);
      const closedUntil = closing(state, at, report.retryAfterMs ?? LIMITED_CLOSE_MS);
      return { ...state, intervalMs, closedUntil, closedWhy: 'limited', failures: 0, isProbing: false };
    }
    case 'failed':
      return failed(state, report.retryAfterMs ?? 0, at);
  }
}

function failed(state: GateState, retryAfterMs: number, at: number): GateState {
  // Sent together with those that closed the gate: the same failure, not a further one.
  const isKnown = isBroken(state) && closedForMs(state, at) > 0 && !state.isProbing;
  const failures = isKnown ? state.failures : state.failures + 1;
  const isClosing = failures >= FAILURES_TO_CLOSE && !isKnown;
  const closeMs = isClosing ? Math.min(LONGEST_CLOSE_MS, FIRST_CLOSE_MS * 2 ** (failures - FAILURES_TO_CLOSE)) : 0;
  const waitMs = Math.max(closeMs, retryAfterMs);
  if (waitMs === 0) return isKnown ? state : { ...state, failures };
  return { ...state, failures, isProbing: false, closedUntil: closing(state, at, waitMs), closedWhy: 'failing' };
}

function isBroken({ failures }: GateState): boolean {
  return failures >= FAILURES_TO_CLOSE;
}

function probed(state: GateState, at: number): GateState {
  return { ...state, closedUntil: at + PROBE_MS, closedWhy: 'failing', isProbing: true };
}

function closing(state: GateState, at: number, forMs: number): number {
  return Math.max(state.closedUntil, at + Math.min(LONGEST_RETRY_AFTER_MS, forMs));
}
