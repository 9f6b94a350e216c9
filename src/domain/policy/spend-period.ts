/** The calendar periods spend is counted by: half-open, of civil dates in the company's zone (SEMANTICS 2.3). Weeks begin on Monday. */
import { DateTime } from 'luxon';
import { startOfDay } from '../start-of-day.ts';

export const SPEND_PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type SpendPer = (typeof SPEND_PERIODS)[number];

export interface Span {
  readonly from: Date;
  /** No longer part of it. */
  readonly before: Date;
}

export function spendPeriod(per: SpendPer, at: Date, zone: string): Span {
  const there = DateTime.fromJSDate(at, { zone });
  const known = there.isValid ? zone : 'UTC';
  const day = DateTime.fromISO(DateTime.fromJSDate(at, { zone: known }).toFormat('yyyy-MM-dd'), { zone: 'UTC' }).startOf(per);
  const begin = (first: DateTime) => startOfDay(first.toFormat('yyyy-MM-dd'), known);
  return { from: begin(day), before: begin(day.plus({ [per]: 1 })) };
}
