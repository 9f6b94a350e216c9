/** From what a clock on a wall shows to the instant it does. */
import { DateTime } from 'luxon';

/** An instant stays one; `2026-12-24T00:00:00` is read by the clock of the zone. `null` for a time there is not. */
export function instantOf(moment: Date | string, zone: string): Date | null {
  const at = typeof moment === 'string' ? DateTime.fromISO(moment, { zone }).toJSDate() : moment;
  return Number.isNaN(at.getTime()) ? null : at;
}

/** `2026-12-24 09:00`, as people there read it. */
export function sayLocal(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
