/** What stands on the radar, and why, in the reader's words. */
import { z } from 'zod';
import { RADAR_REASONS } from '../../domain/policy/radar-reasons.ts';
import type { Tongue } from '../tongue.ts';

const KEYS = new Map(Object.entries(RADAR_REASONS).map(([key, reason]) => [reason as string, key]));

/** What somebody must put right before anybody knows whose a step is comes in the program's own words. */
export function sayReason(reason: string, tongue: Tongue): string {
  return tongue.say('radar.reason', { why: KEYS.get(reason) ?? 'other', reason });
}

const count = z.number();

/** As the radar finds it; of a list of periods `calendar` is that of several budgets. */
export const budgetMatter = z.union([
  z.object({ percent: count, period: z.string() }),
  z.object({ calendar: z.string().nullable(), lastOn: z.string(), budgets: count, codes: z.array(z.string()) }),
]);
export type BudgetMatter = z.output<typeof budgetMatter>;

/** Of one that was written down before it said what it is about: as it stands there. */
export function sayBudgetReason(reason: string | null, state: string, about: BudgetMatter | null, tongue: Tongue): string | null {
  if (about === null) return reason;
  if ('percent' in about) return tongue.say('radar.untold', { percent: tongue.percent(about.percent), period: about.period });
  const { calendar, lastOn, budgets, codes } = about;
  const values = { state, day: tongue.day(lastOn) };
  if (calendar === null) return tongue.say('radar.periods', values);
  const left = budgets - codes.length;
  const named = left > 0 ? [...codes, tongue.say('radar.more', { count: left })] : codes;
  return tongue.say('radar.calendar.periods', { ...values, count: budgets, codes: tongue.list(named) });
}

/** The budget by its code, or the calendar that several keep. */
export function sayWhat(what: string, about: BudgetMatter | null, tongue: Tongue): string {
  const calendar = about !== null && 'calendar' in about ? about.calendar : null;
  return calendar === null ? what : tongue.say('radar.calendar', { name: calendar });
}
