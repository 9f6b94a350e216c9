/** Instants and days as people read them on a receipt. */

const LANGUAGE = 'en';

/** `23 November 2026, 10:00 (Europe/Berlin)` */
export function formatInstant(at: Date | string, zone: string | null): string {
  return `${formatClock(at, zone, 'short')} (${zoneOf(zone)})`;
}

/** `23 November 2026, 10:00:01`, where the zone is told beside it. */
export function formatClock(at: Date | string, zone: string | null, timeStyle: 'short' | 'medium' = 'medium'): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle, timeZone: zoneOf(zone) });
  return format.format(new Date(at)).replace(' at ', ', ');
}

export function zoneOf(zone: string | null): string {
  return zone !== null && isZone(zone) ? zone : 'UTC';
}

/** `23 November 2026` */
export function formatDay(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat(LANGUAGE, { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}
