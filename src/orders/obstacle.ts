import type { ErrorCode } from '../errors.ts';

/** What keeps an order from leaving, for the time being. */
export interface Obstacle {
  readonly code: ErrorCode;
  readonly reason: string;
  /** When it is over, where that is known; looked at again from time to time if absent. */
  readonly until?: Date;
}

const HOLD_MS = 60_000;

export function lookAgainAt({ until }: Obstacle, now: Date): Date {
  return until ?? new Date(now.getTime() + HOLD_MS);
}
