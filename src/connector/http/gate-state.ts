/**
 * The algebra of one gate: pure, so that PostgreSQL and memory keep the same rules.
 *
 * - Pace: the generic cell rate algorithm. Each request takes the next free turn, `intervalMs` apart.
 * - Adaptation: being limited doubles the interval (at least to FIRST_INTERVAL_MS), every good answer takes a little off it,
 *   down to what is declared: multiplicative decrease, additive increase of the rate, as TCP does it.
 * - Breaker: FAILURES_TO_CLOSE failures in a row close the gate, each further one for twice as long. When it opens again, one
 *   good answer forgets them all.
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
}

export const OPEN_GATE: GateState = { intervalMs: 0, nextAt: 0, closedUntil: 0, closedWhy: 'limited', failures: 0 };

export const FAILURES_TO_CLOSE = 5;
const FIRST_CLOSE_MS = 5_000;
const LONGEST_CLOSE_MS = 300_000;
const FIRST_INTERVAL_MS = 50;
const LONGEST_INTERVAL_MS = 60_000;
/** Share of the interval that a good answer takes off. */
const RECOVERY = 0.05;
/** Below this an interval that nobody declared is none. */
const NEGLIGIBLE_MS = 2;
/** Without a word on when to come back. */
const LIMITED_CLOSE_MS = 1_000;

export function declaredIntervalMs({ requestsPerMinute }: RateLimits): number {
  return requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute;
}

export function closedForMs(state: GateState, at: number): number {
  return Math.max(0, state.closedUntil - at);
}

export function enterGate(state: GateState, limits: RateLimits, at: number): { state: GateState; waitMs: number } {
  const intervalMs = Math.max(state.intervalMs, declaredIntervalMs(limits));
  if (intervalMs === 0) return { state, waitMs: 0 };
  const turn = Math.max(at, state.nextAt);
  return { state: { ...state, intervalMs, nextAt: turn + intervalMs }, waitMs: turn - at };
}

export function leaveGate(state: GateState, report: GateReport, limits: RateLimits, at: number): GateState {
  const declared = declaredIntervalMs(limits);
  if (report.kind === 'good') {
    const eased = Math.max(declared, state.intervalMs * (1 - RECOVERY));
    return { ...state, failures: 0, intervalMs: declared === 0 && eased < NEGLIGIBLE_MS ? 0 : eased };
  }
  if (report.kind === 'limited') {
    const intervalMs = Math.min(LONGEST_INTERVAL_MS, Math.max(FIRST_INTERVAL_MS, declared, state.intervalMs * 2));
    const closedUntil = Math.max(state.closedUntil, at + (report.retryAfterMs ?? LIMITED_CLOSE_MS));
    return { ...state, intervalMs, closedUntil, closedWhy: 'limited', failures: 0 };
  }
  const failures = state.failures + 1;
  if (failures < FAILURES_TO_CLOSE) return { ...state, failures };
  const closeMs = Math.min(LONGEST_CLOSE_MS, FIRST_CLOSE_MS * 2 ** (failures - FAILURES_TO_CLOSE));
  return { ...state, failures, closedUntil: Math.max(state.closedUntil, at + closeMs), closedWhy: 'failing' };
}
