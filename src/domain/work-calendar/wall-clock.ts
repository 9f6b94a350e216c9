/** From what a clock on a wall shows to the instant it does. */
import { DateTime } from 'luxon';

/** An instant stays one; `2026-12-24T00:00:00` is read by the clock of the zone, the first of two. `null` for a time there is not. */
export function instantOf(moment: Date | string, zone: string): Date | null {
  const at = typeof moment === 'string' ? firstOf(DateTime.fromISO(moment, { zone })).toJSDate() : moment;
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Of a time that the clock shows twice luxon takes either, by the season in which it is asked. */
export function firstOf(at: DateTime): DateTime {
  return at.isValid ? at.getPossibleOffsets().reduce((a, b) => (b < a ? b : a)) : at;
}

/** `2026-12-24 09:00`, as people there read it. */
export function sayLocal(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
