/** Spans that budgets wait for: days, or days from Monday to Friday. */
import { z } from 'zod';
import { addDays, afterBusinessDays } from './civil-days.ts';

const LONG = 'must be a whole number from 0 to 366';
const count = z.int(LONG).min(0, LONG).max(366, LONG);

export type Duration = { readonly days: number } | { readonly businessDays: number };

export const durationSchema = z
  .strictObject({ days: count.optional(), businessDays: count.optional() })
  .transform((given, context): Duration => {
    if (given.days !== undefined && given.businessDays === undefined) return { days: given.days };
    if (given.businessDays !== undefined && given.days === undefined) return { businessDays: given.businessDays };
    context.issues.push({ code: 'custom', message: 'must be either days or businessDays', input: given });
    return z.NEVER;
  });

/** The first day after it, counted from the beginning of `on`. */
export function dayAfter(on: string, duration: Duration): string {
  return 'days' in duration ? addDays(on, duration.days) : afterBusinessDays(on, duration.businessDays);
}

export function sayDuration(duration: Duration): string {
  const [count, words] = 'days' in duration ? [duration.days, 'day'] : [duration.businessDays, 'business day'];
  return `${count} ${words}${count === 1 ? '' : 's'}`;
}
