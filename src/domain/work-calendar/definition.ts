/** A working calendar as it is written: zone, hours of the week, and whose public holidays are kept. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import { isZone } from '../../connector/mapping/formats.ts';

/** Minutes since local midnight, half-open; 1440 is the end of the day. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** By ISO weekday: Monday is 1. */
export type WeekHours = Readonly<Record<number, readonly TimeRange[]>>;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_MINUTES = 1440;

const zoneSchema = z.string().refine(isZone, 'must be an IANA time zone such as Europe/Berlin');

const civilDateSchema = z
  .string()
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'UTC' }).isValid,
    'must be a date such as 2026-12-24',
  );

/** "09:00-17:00", or several in a list. */
const rangesSchema = z.union([z.string(), z.array(z.string())]).transform((given, context): readonly TimeRange[] => {
  const ranges: TimeRange[] = [];
  for (const text of [given].flat()) {
    const range = readRange(text);
    if (typeof range === 'string') context.issues.push({ code: 'custom', message: range, input: given });
    else ranges.push(range);
  }
  ranges.sort((a, b) => a.from - b.from);
  if (ranges.some(({ from }, n) => from < (ranges[n - 1]?.to ?? 0)))
    context.issues.push({ code: 'custom', message: 'has hours that overlap; every hour of work counts once', input: given });
  return ranges;
});

function readRange(text: string): TimeRange | string {
  const [, fromHour, fromMinute, toHour, toMinute] = /^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  if (fromHour === undefined) return 'must be hours such as "09:00-17:00", or a list of them';
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  if (Number(fromMinute) > 59 || Number(toMinute) > 59 || to > DAY_MINUTES)
    return 'has a time of day there is not; hours go from 00:00 to 24:00';
  if (to > from) return { from, to };
  return 'must end later than it begins; a night is two parts: until 24:00 on one day, from 00:00 on the next';
}

/** `mon`, or `mon-fri`; later keys do not repeat days of earlier ones. */
const hoursSchema = z.record(z.string(), rangesSchema).transform((given, context): WeekHours => {
  const hours: Record<number, readonly TimeRange[]> = {};
  for (const [key, ranges] of Object.entries(given)) {
    const days = readDays(key);
    if (days === null) {
      context.issues.push({
        code: 'custom',
        path: [key],
        message: `must be named by days: ${WEEKDAYS.join(', ')}, or mon-fri`,
        input: given,
      });
      continue;
    }
    for (const day of days) {
      if (hours[day]) context.issues.push({ code: 'custom', path: [key], message: `has ${WEEKDAYS[day - 1]} a second time`, input: given });
      hours[day] = ranges;
    }
  }
  if (!Object.values(hours).some((ranges) => ranges.length > 0))
    context.issues.push({
      code: 'custom',
      message: 'has no hours at all, so that nothing would ever be due; write mon-fri: "09:00-17:00"',
      input: given,
    });
  return hours;
});

function readDays(key: string): number[] | null {
  const [first, last, ...more] = key
    .toLowerCase()
    .split('-')
    .map((name) => WEEKDAYS.indexOf(name.trim().slice(0, 3)) + 1);
  if (more.length > 0 || !first || last === 0) return null;
  const end = last ?? first;
  return Array.from({ length: ((end - first + 7) % 7) + 1 }, (_, n) => ((first - 1 + n) % 7) + 1);
}

export const calendarDefinitionSchema = z
  .strictObject({
    zone: zoneSchema,
    hours: hoursSchema,
    /** ISO 3166; without one only `holidays` are kept. */
    country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'must be a country code of two letters, such as DE')
      .transform((code) => code.toUpperCase())
      .optional(),
    /** State or region of the country: `BE`, or `BY-A` where a state has regions of its own. */
    region: z
      .string()
      .min(1)
      .transform((code) => code.toUpperCase())
      .optional(),
    /** Further days off with their names. */
    holidays: z.record(civilDateSchema, z.string().min(1, 'must be the name of the day')).default({}),
    /** Days that are worked, whatever else is said of them: a list, or hours by date. */
    workingDays: z
      .union([z.array(civilDateSchema), z.record(civilDateSchema, rangesSchema)])
      .transform(
        (given): Readonly<Record<string, readonly TimeRange[] | null>> =>
          Array.isArray(given) ? Object.fromEntries(given.map((date) => [date, null])) : given,
      )
      .default({}),
  })
  .superRefine(({ country, region, hours, workingDays }, context) => {
    if (region !== undefined && country === undefined)
      context.addIssue({ code: 'custom', path: ['region'], message: 'needs its country beside it' });
    for (const [date, ranges] of Object.entries(workingDays)) {
      if ((ranges ?? hours[weekdayOf(date)] ?? []).length > 0) continue;
      context.addIssue({
        code: 'custom',
        path: ['workingDays'],
        message: `has ${date}, a day without hours; write ${date}: "09:00-13:00"`,
      });
    }
  });

export type CalendarDefinition = z.output<typeof calendarDefinitionSchema>;

/** ISO weekday of a civil date. */
export function weekdayOf(date: string): number {
  return weekdayOfDay(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

/** Of days counted from 1970-01-01, a Thursday. */
export function weekdayOfDay(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}
