/** How a budget's time is cut into periods, as people write it: a word, or a block that says more. */
import { z } from 'zod';
import { isPlannableDate } from './civil-days.ts';
import { type ListedPeriod, periodListSchema } from './period-list.ts';

export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'half_year', 'year'] as const;
const WEEK_PATTERNS = ['4-4-5', '4-5-4', '5-4-4', '13x4'] as const;

export interface MonthsRule {
  readonly kind: 'month' | 'quarter' | 'half_year' | 'year';
  /** Of the fiscal year: 4 is April. */
  readonly firstMonth: number;
  /** Each period begins on this day of its first month, or on that month's last day. */
  readonly anchorDay: number;
}

export interface WeeksRule {
  readonly kind: (typeof WEEK_PATTERNS)[number];
  /** First day of a fiscal year. */
  readonly anchor: string;
  /**
   * Which years have 53 weeks, the last period being a week longer: those it takes for each year to begin on the weekday nearest to the
   * anchor's day and month; those named, by the calendar year in which they begin; or none, and the year moves by a day or two.
   */
  readonly week53: 'nearest' | 'never' | { readonly years: readonly number[] };
}

/** A rule whose periods are known by themselves. */
export type OwnPeriods =
  | { readonly kind: 'day' }
  | { readonly kind: 'week'; readonly firstDay: number }
  | MonthsRule
  | WeeksRule
  | { readonly kind: 'list'; readonly periods: readonly ListedPeriod[] };

export type PeriodRule = OwnPeriods | { readonly kind: 'calendar'; readonly name: string };

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const civilDate = z.string().refine(isPlannableDate, 'must be a date such as 2026-01-26, from 1900 to 2200');
const DAY = 'must be a day of the month from 1 to 31';
const WEEK53 = 'must be nearest, never, or years that have 53 weeks, such as { years: [2028] }';
const MONTH = 'must be a month from 1 to 12';

const block = z.strictObject({
  every: z.enum(CALENDAR_UNITS).optional(),
  firstDay: z.enum(WEEKDAYS).optional(),
  anchorDay: z.int(DAY).min(1, DAY).max(31, DAY).optional(),
  firstMonth: z.int(MONTH).min(1, MONTH).max(12, MONTH).optional(),
  weeks: z.enum(WEEK_PATTERNS).optional(),
  anchor: civilDate.optional(),
  week53: z.union([z.enum(['nearest', 'never']), z.strictObject({ years: z.array(z.int().min(1900).max(2200)) })], WEEK53).optional(),
  dates: periodListSchema.optional(),
  calendar: z.string().min(1).optional(),
});
type Block = z.output<typeof block>;

const FORMS = ['every', 'weeks', 'dates', 'calendar'] as const;
const EXTRAS: Readonly<Record<(typeof FORMS)[number], readonly (keyof Block)[]>> = {
  every: ['firstDay', 'anchorDay', 'firstMonth'],
  weeks: ['anchor', 'week53'],
  dates: [],
  calendar: [],
};
const ANCHORS: Readonly<Record<(typeof CALENDAR_UNITS)[number], readonly (keyof Block)[]>> = {
  day: [],
  week: ['firstDay'],
  month: ['anchorDay', 'firstMonth'],
  quarter: ['anchorDay', 'firstMonth'],
  half_year: ['anchorDay', 'firstMonth'],
  year: ['anchorDay', 'firstMonth'],
};

export const periodRuleSchema = z
  .preprocess((given) => {
    const { every, ...rest } = (typeof given === 'string' ? { every: given } : (given ?? {})) as Record<string, unknown>;
    return typeof every === 'string' ? { ...rest, every: every.trim().replace('-', '_') } : given;
  }, block)
  .transform((given, context): PeriodRule => {
    const reason = faultOf(given);
    if (reason === null) return ruleOf(given);
    context.issues.push({ code: 'custom', message: reason, input: given });
    return z.NEVER;
  });

function faultOf(given: Block): string | null {
  const [form, ...others] = FORMS.filter((key) => given[key] !== undefined);
  if (form === undefined || others.length > 0) return `must name exactly one of ${FORMS.join(', ')}`;
  const takes = form === 'every' && given.every ? ANCHORS[given.every] : EXTRAS[form];
  const stray = Object.values(EXTRAS)
    .flat()
    .find((key) => given[key] !== undefined && !takes.includes(key));
  if (stray !== undefined) return `takes no ${stray} beside ${form}${form === 'every' ? `: ${given.every}` : ''}`;
  if (form !== 'weeks') return null;
  if (given.anchor === undefined) return 'needs anchor beside weeks: the first day of a fiscal year';
  return given.week53 === undefined ? 'needs week53 beside weeks: nearest, never, or years that have 53 weeks' : null;
}

function ruleOf({ every, weeks, dates, calendar, ...given }: Block): PeriodRule {
  if (calendar !== undefined) return { kind: 'calendar', name: calendar };
  if (dates !== undefined) return { kind: 'list', periods: dates };
  if (weeks !== undefined) return { kind: weeks, anchor: given.anchor ?? '', week53: given.week53 ?? 'never' };
  if (every === undefined || every === 'day') return { kind: 'day' };
  if (every === 'week') return { kind: 'week', firstDay: WEEKDAYS.indexOf(given.firstDay ?? 'monday') + 1 };
  return { kind: every, firstMonth: given.firstMonth ?? 1, anchorDay: given.anchorDay ?? 1 };
}

export function sayPeriodRule(rule: PeriodRule): string {
  switch (rule.kind) {
    case 'day':
      return 'day';
    case 'week':
      return rule.firstDay === 1 ? 'week' : `week from ${WEEKDAYS[rule.firstDay - 1]}`;
    case 'list':
      return `${rule.periods.length} listed period${rule.periods.length === 1 ? '' : 's'}`;
    case 'calendar':
      return `calendar ${rule.name}`;
    case 'month':
    case 'quarter':
    case 'half_year':
    case 'year': {
      const from = rule.firstMonth === 1 ? '' : `, fiscal year from month ${rule.firstMonth}`;
      return `${rule.kind.replace('_', '-')}${rule.anchorDay === 1 ? '' : ` from day ${rule.anchorDay}`}${from}`;
    }
    default:
      return `${rule.kind} from ${rule.anchor}`;
  }
}
