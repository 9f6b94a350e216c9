/** Dates of version 2 in the form every mapping understands. */
import type { Json } from '../../src/connector/contract.ts';
import { civilDate, isoInstant } from '../../src/connector/odata/index.ts';

/**
 * `/Date(ms+0000)/` is an instant; without an offset it is a civil date and time, which stays one: "2026-11-10", or
 * "2026-11-10T08:09:00" where there is a time. Anything else is left as it is.
 */
export function plainDates(value: Json): Json {
  if (Array.isArray(value)) return value.map(plainDates);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainDates(inner)]));
  }
  if (typeof value !== 'string' || !value.startsWith('/Date(')) return value;
  const instant = isoInstant(value);
  if (instant === null || /[+-]\d+\)\/$/.test(value.slice(7))) return instant ?? value;
  return instant.endsWith('T00:00:00.000Z') ? (civilDate(value) ?? value) : instant.slice(0, 19);
}
