import { RetryLaterError } from '../errors.ts';
import type { RetryPolicy } from './define-job.ts';

const LONGEST_DELAY_MS = 10 * 60_000;

/**
 * Delay before the attempt after `attemptsMade`: doubles each time, never beyond `maxDelayMs`, of which the upper half is
 * jitter, so that jobs that failed together do not return together. Never earlier than the other side asked for.
 */
export function backoffMs(retry: RetryPolicy, attemptsMade: number, error: unknown, random: () => number = Math.random): number {
  const longest = retry.maxDelayMs ?? LONGEST_DELAY_MS;
  const full = Math.min(retry.firstDelayMs * 2 ** (attemptsMade - 1), longest);
  const asked = error instanceof RetryLaterError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.ceil(full / 2 + (full / 2) * random()));
}
