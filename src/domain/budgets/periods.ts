/** The next periods of a budget: what opens them, and what every screen shows. */
import { startOfDay } from '../start-of-day.ts';
import { periodOn } from './civil-periods.ts';
import type { OwnPeriods } from './period-rule.ts';

export interface Period {
  readonly key: string;
  /** Half-open civil dates. */
  readonly startOn: string;
  readonly endOn: string;
  /** The same as instants of the budget's zone. */
  readonly startAt: Date;
  readonly endAt: Date;
}

export interface PeriodQuestion {
  readonly rule: OwnPeriods;
  readonly zone: string;
  /** First day of the first period; what its rule holds before is cut off. */
  readonly from: string;
  /** First day that belongs to none. */
  readonly until: string | null;
  readonly count: number;
  /** Where the period before has ended, so that no instant is lost or doubled when a budget moves to another zone. */
  readonly startAt?: Date | null;
}

/** Fewer than asked for where the validity or the list of periods ends. */
export function nextPeriods({ rule, zone, from, until, count, startAt: given }: PeriodQuestion): Period[] {
  const periods: Period[] = [];
  let [startOn, startAt] = [from, given ?? startOfDay(from, zone)];
  for (let on = from; periods.length < count && (until === null || on < until); ) {
    const found = periodOn(rule, on);
    if (!found) break;
    on = until !== null && until < found.endOn ? until : found.endOn;
    const endAt = startOfDay(on, zone);
    // A day that a zone never had (Apia 2011-12-30) belongs to what follows.
    if (endAt <= startAt) continue;
    periods.push({ key: found.key, startOn, endOn: on, startAt, endAt });
    [startOn, startAt] = [on, endAt];
  }
  return periods;
}
