/** When somebody will probably decide, from how long such decisions took in their working time. Pure. */
import type { WorkCalendar } from './calendar.ts';
import { type Away, addWorkTime, workTimeBetween } from './work-time.ts';

/** Fewer say nothing about the next one. */
export const FEWEST = 5;
const HOUR_MS = 3_600_000;

export interface Waiting {
  readonly calendar: WorkCalendar;
  readonly awayOn: readonly Away[];
  readonly since: Date;
}

/** Half of those that took longer than it has been waiting take until then. `null`: none did, or too few are known. */
export function predictedAt({ calendar, awayOn, since }: Waiting, tookMs: readonly number[], now: Date): Date | null {
  if (tookMs.length < FEWEST) return null;
  const elapsedMs = workTimeBetween(calendar, since, now, awayOn);
  const longer = tookMs.filter((took) => took > elapsedMs);
  if (longer.length === 0) return null;
  return addWorkTime(calendar, since, { amount: median(longer) / HOUR_MS, unit: 'business_hours' }, awayOn);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
}
