/** Which day it is where an account is. */
import { DateTime } from 'luxon';

/** `YYYY-MM-DD`; in UTC where the zone is unknown or none. */
export function civilDay(instant: Date, zone: string | null): string {
  const there = DateTime.fromJSDate(instant, { zone: zone ?? 'UTC' });
  return (there.isValid ? there : DateTime.fromJSDate(instant, { zone: 'UTC' })).toFormat('yyyy-MM-dd');
}

export function daysBetween(one: string, other: string): number {
  return Math.abs(Date.parse(`${one}T00:00:00Z`) - Date.parse(`${other}T00:00:00Z`)) / 86_400_000;
}
