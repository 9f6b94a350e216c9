/** A list of periods as an ERP holds it, complete and without contradiction. */
import { z } from 'zod';
import { addDays, isPlannableDate } from './civil-days.ts';

export interface ListedPeriod {
  readonly key: string;
  readonly startOn: string;
  /** No longer part of it. */
  readonly endOn: string;
}

const civilDate = z.string().refine(isPlannableDate, 'must be a date such as 2026-01-26, from 1900 to 2200');

/** `to` is the last day, as ERPs tell it; `until` the first day after. */
const listed = z
  .strictObject({ key: z.string().trim().min(1).optional(), from: civilDate, to: civilDate.optional(), until: civilDate.optional() })
  .transform(({ key, from, to, until }, context): ListedPeriod => {
    const endOn = until ?? (to === undefined || !isPlannableDate(to) ? undefined : addDays(to, 1));
    const refuse = (message: string) => {
      context.issues.push({ code: 'custom', message, input: from });
      return z.NEVER;
    };
    if (endOn === undefined || (to !== undefined && until !== undefined))
      return refuse('needs either to (last day) or until (first day after)');
    if (endOn <= from) return refuse(`ends before it begins on ${from}`);
    return { key: key ?? from, startOn: from, endOn };
  });

/** In order of time. Refuses overlaps, gaps and keys that come twice, each with both periods. */
export const periodListSchema = z
  .array(listed)
  .min(1, 'must hold at least one period')
  .transform((given, context): ListedPeriod[] => {
    const periods = [...given].sort((a, b) => (a.startOn < b.startOn ? -1 : 1));
    for (const message of listFaults(periods)) context.issues.push({ code: 'custom', message, input: given });
    return periods;
  });

function* listFaults(periods: readonly ListedPeriod[]): Generator<string> {
  const keys = new Set<string>();
  for (const [n, { key, startOn }] of periods.entries()) {
    if (keys.has(key)) yield `names ${key} twice; give each period a key of its own`;
    keys.add(key);
    const before = periods[n - 1];
    if (!before || before.endOn === startOn) continue;
    if (before.endOn > startOn)
      yield `${before.key} and ${key} overlap: ${key} begins on ${startOn}, ${before.key} ends on ${addDays(before.endOn, -1)}`;
    else yield `leaves a gap: no period holds ${before.endOn} to ${addDays(startOn, -1)}, between ${before.key} and ${key}`;
  }
}
