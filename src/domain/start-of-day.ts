/** When a day begins in a zone: the first instant whose local date is that day (SEMANTICS 2.3). */
import { DateTime, IANAZone } from 'luxon';

const HOUR_MS = 3_600_000;

/** A hundred thousand budgets begin their month in a few zones, and a zone is slow to ask. */
const memory = new Map<string, number>();
const MOST_KNOWN = 20_000;

/**
 * `on` is `YYYY-MM-DD`. Where midnight comes twice the first counts; where clocks skip it, the instant after the gap; where they skip
 * the whole day (Apia 2011-12-30), the beginning of the next one. Throws RangeError for a zone nobody knows: check it where it is read.
 */
export function startOfDay(on: string, zone: string): Date {
  const key = `${zone} ${on}`;
  const known = memory.get(key);
  if (known !== undefined) return new Date(known);
  const found = findStart(on, zone);
  if (memory.size >= MOST_KNOWN) memory.clear();
  memory.set(key, found.getTime());
  return found;
}

function findStart(on: string, zone: string): Date {
  const iana = IANAZone.create(zone);
  if (!iana.isValid) throw new RangeError(`there is no time zone "${zone}"`);
  const asUtc = Date.parse(`${on}T00:00:00Z`);
  const offsets = [-24, 0, 24].map((hours) => iana.offset(asUtc + hours * HOUR_MS));
  const midnights = [...new Set(offsets)].map((minutes) => ({ minutes, at: asUtc - minutes * 60_000 }));
  const real = midnights.filter(({ minutes, at }) => iana.offset(at) === minutes);
  if (real.length > 0) return new Date(Math.min(...real.map(({ at }) => at)));
  return endOfGap(iana, asUtc, Math.min(...midnights.map(({ at }) => at)), Math.max(...midnights.map(({ at }) => at)));
}

/** The clock jumps over the local midnight somewhere in `(before, after]`. */
function endOfGap(zone: IANAZone, localMidnight: number, before: number, after: number): Date {
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + zone.offset(middle) * 60_000 >= localMidnight) high = middle;
    else low = middle;
  }
  return new Date(high);
}

/** `YYYY-MM-DD` of an instant there. */
export function dayOf(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd');
}
