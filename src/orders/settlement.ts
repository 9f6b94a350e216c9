/**
 * How an attempt ended, as the state of its hand-off. Three outcomes, never two: accepted, refused, unknown. What is unknown is
 * asked for and never simply sent again (SEMANTICS 2.14).
 */
import { type ErrorCode, KontorError, NeedsOperatorError, RetryLaterError } from '../errors.ts';
import type { Claim, Settlement } from '../store/orders/push-claims.ts';

/** Something in the way of every order alike: each waits, and goes on by itself once it is mended. */
const IN_THE_WAY: ReadonlySet<ErrorCode> = new Set([
  'ERP_LOGIN_REFUSED',
  'ERP_PERMISSION_MISSING',
  'ERP_CERTIFICATE_REFUSED',
  'SECRET_UNAVAILABLE',
  'CONNECTION_UNKNOWN',
  'CONFIG_INVALID',
]);
const LOOK_AGAIN_MS = 60_000;
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15 * 60_000;
/** A defect rarely heals; a person looks at it after so many. */
const TRIES_FOR_DEFECTS = 5;

/** What the attempt left there, if it did, and how long that may stay invisible. */
export interface Left {
  readonly isLeft: boolean;
  readonly lookupLagMs: number;
}

export function settlementOf(error: unknown, earlier: Claim, { isLeft, lookupLagMs }: Left, now: Date): Settlement {
  const claim = isLeft ? { ...earlier, mayBeThereSince: earlier.mayBeThereSince ?? now } : earlier;
  const waitMs = isLeft ? lookupLagMs : 0;
  const code = error instanceof KontorError ? error.code : 'INTERNAL';
  const base = {
    code,
    reason: error instanceof Error ? error.message : String(error),
    notBefore: null,
    failed: true,
    mayBeThereSince: claim.mayBeThereSince,
    lookAfterMs: isLeft ? lookupLagMs : null,
    httpStatus: statusOf(error),
  };
  const later = (ms: number) => new Date(now.getTime() + ms);
  if (error instanceof RetryLaterError) {
    const delayMs = Math.max(error.retryAfterMs ?? 0, waitMs, delayAfter(claim.failures));
    if (code === 'ERP_OUTCOME_UNKNOWN' || code === 'ERP_ANSWER_UNUSABLE') {
      return { ...base, state: 'unknown', outcome: 'unknown', notBefore: later(delayMs), mayBeThereSince: claim.mayBeThereSince ?? now };
    }
    const outcome = code === 'ERP_RATE_LIMITED' ? 'throttled' : code === 'SHUTTING_DOWN' ? 'interrupted' : 'transient';
    // An earlier attempt may still have arrived; that does not become certain by failing to ask.
    return { ...base, state: stillOpen(claim), outcome, notBefore: later(delayMs) };
  }
  if (error instanceof NeedsOperatorError) {
    if (IN_THE_WAY.has(code)) {
      return {
        ...base,
        state: claim.mayBeThereSince ? 'unknown' : 'held',
        outcome: 'held',
        notBefore: later(Math.max(LOOK_AGAIN_MS, waitMs)),
      };
    }
    if (code === 'ORDER_DOUBLED') return { ...base, state: 'doubled', outcome: 'doubled' };
    if (code === 'ERP_REFUSED') return { ...base, state: 'refused', outcome: 'refused' };
    return { ...base, state: 'parked', outcome: 'parked' };
  }
  if (claim.failures + 1 >= TRIES_FOR_DEFECTS) return { ...base, state: 'parked', outcome: 'defect' };
  // Where it broke nobody knows, so it may have been after the order was made.
  return {
    ...base,
    state: 'unknown',
    outcome: 'defect',
    notBefore: later(Math.max(waitMs, delayAfter(claim.failures))),
    mayBeThereSince: claim.mayBeThereSince ?? now,
  };
}

function stillOpen({ mayBeThereSince }: Claim): 'unknown' | 'pending' {
  return mayBeThereSince ? 'unknown' : 'pending';
}

/** Doubles from a second to a quarter of an hour, with a fifth of jitter so that a hundred orders do not come back as one. */
function delayAfter(failures: number): number {
  const ms = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 20));
  return Math.round(ms * (0.9 + Math.random() * 0.2));
}

function statusOf(error: unknown): number | null {
  const status = error instanceof KontorError ? (error.details.status ?? error.details.httpStatus) : null;
  return typeof status === 'number' ? status : null;
}
