/** Dates and times as OData answers them, in either version. Anything else is `null`: the record's own fault, not the reading's. */

const V2_DATE = /^\/Date\((-?\d+)(?:([+-])(\d{1,4}))?\)\/$/;
const V2_TIME = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?$/;
const V4_TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/;

/**
 * Milliseconds since 1970. `/Date(1762732800000)/` and `/Date(1762732800000+0060)/` count in UTC already, the offset (in minutes)
 * only tells where it was written; civil values count as if they were UTC.
 */
export function msOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const v2 = V2_DATE.exec(value);
  if (v2) return Number(v2[1]);
  if (!/^\d{4}-\d\d-\d\d(?:T|$)/.test(value)) return null;
  const ms = Date.parse(/T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value.includes('T') ? value : `${value}T00:00:00`}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** Civil date of a date property: "2026-11-10". Years beyond what four digits hold are none: "for ever" of some systems. */
export function civilDate(value: unknown): string | null {
  const ms = msOf(value);
  if (ms === null || Math.abs(ms) > 8.64e15) return null;
  const text = new Date(ms).toISOString();
  return text.length === 24 ? text.slice(0, 10) : null;
}

/** ISO instant. */
export function isoInstant(value: unknown): string | null {
  const ms = msOf(value);
  return ms === null || Math.abs(ms) > 8.64e15 ? null : new Date(ms).toISOString();
}

/** Seconds since midnight of `PT08H09M00S` (version 2) or `08:09:00` (version 4). */
export function secondsOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const found = V2_TIME.exec(value) ?? V4_TIME.exec(value);
  if (!found) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** A civil date in the body of a request. */
export function jsonDate(version: 2 | 4, date: string): string {
  return version === 4 ? date : `/Date(${Date.parse(`${date}T00:00:00Z`)})/`;
}
