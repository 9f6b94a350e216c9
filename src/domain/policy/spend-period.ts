/** The calendar periods spend is counted by: half-open, of civil dates in the company's zone (SEMANTICS 2.3). Weeks begin on Monday. */
import { DateTime } from 'luxon';

export const SPEND_PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type SpendPer = (typeof SPEND_PERIODS)[number];

export interface Span {
  readonly from: Date;
  /** No longer part of it. */
  readonly before: Date;
}

export function spendPeriod(per: SpendPer, at: Date, zone: string): Span {
  const first = DateTime.fromJSDate(at, { zone }).startOf(per);
  const day = first.isValid ? first : DateTime.fromJSDate(at, { zone: 'UTC' }).startOf(per);
  return { from: startOfDay(day), before: startOfDay(day.plus({ [per]: 1 })) };
}

/** The first instant with that local date: where midnight comes twice, luxon may name the second. */
function startOfDay(day: DateTime): Date {
  const start = day.startOf('day');
  const earlier = start.minus({ hours: 1 });
  return (earlier.toISODate() === start.toISODate() ? earlier : start).toJSDate();
}
