/** Counting in work time: exact across changes of the clock, and always at an end (SEMANTICS 2.13). */
import { IANAZone } from 'luxon';
import { NeedsOperatorError } from '../../errors.ts';
import type { WorkCalendar } from './calendar.ts';
import { type Span, saySpan } from './span.ts';
import { offsetMs, segments, type WorkInterval, workIntervals } from './work-intervals.ts';

/** Half-open. */
export interface Away {
  readonly from: Date;
  readonly until: Date;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 366 * DAY_MS;
/** Absences that leave no room for the span within this time are not believed: somebody who never comes back is late all the same. */
const LONGEST_AWAY_MS = 3 * YEAR_MS;
/** 999 business hours at one a week, and as many weeks again of holidays. */
const FARTHEST_MS = 40 * YEAR_MS;

/**
 * The instant at which so much work time has passed; from an instant outside work the count begins with the next work. One business
 * day is the work of that day, however long: seven eighths of Thursday and one business day are seven eighths of Friday. Calendar
 * days keep the time of day and take no absences out.
 */
export function addWorkTime(calendar: WorkCalendar, from: Date, span: Span, awayOn: readonly Away[] = []): Date {
  if (span.unit === 'calendar_days') return addDays(calendar.zone, from, span.amount);
  const room = from.getTime() + LONGEST_AWAY_MS;
  const found = awayOn.length > 0 ? consume(present(calendar, from.getTime(), room, awayOn), span) : null;
  const at = found ?? consume(workIntervals(calendar, from.getTime(), from.getTime() + FARTHEST_MS), span);
  if (at === null) throw tooLittleWork(`calendar ${calendar.name} version ${calendar.version}`, `no ${saySpan(span)} in forty years`);
  return new Date(at);
}

/** In fractions, because a third of a day added three times is a day. */
function consume(intervals: Iterable<WorkInterval>, { amount, unit }: Span): number | null {
  let left = BigInt(Math.round(amount * 100));
  let parts = 100n;
  for (const { from, to, dayMs } of intervals) {
    const whole = BigInt(unit === 'business_hours' ? HOUR_MS : dayMs);
    const lengthMs = BigInt(to - from);
    if (left * whole <= lengthMs * parts) return from + Number((left * whole + parts - 1n) / parts);
    if (lengthMs === whole) {
      left -= parts;
      continue;
    }
    left = left * whole - lengthMs * parts;
    parts *= whole;
    const common = divisor(left, parts);
    left /= common;
    parts /= common;
  }
  return null;
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}

/** Work time without absences, which may overlap. Nobody walks through the days of one: some have no end. */
function* present(calendar: WorkCalendar, from: number, until: number, awayOn: readonly Away[]): Generator<WorkInterval> {
  let at = from;
  for (const away of [...awayOn].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    yield* workIntervals(calendar, at, Math.min(away.from.getTime(), until));
    at = Math.max(at, away.until.getTime());
  }
  yield* workIntervals(calendar, at, until);
}

/** A time of day that the clock skips is the instant at which it does; one it repeats is the first. */
function addDays(zoneName: string, from: Date, days: number): Date {
  const zone = IANAZone.create(zoneName);
  const local = from.getTime() + offsetMs(zone, from.getTime()) + days * DAY_MS;
  const [before, after] = [offsetMs(zone, local - DAY_MS), offsetMs(zone, local + DAY_MS)];
  for (const offset of [before, after]) {
    if (offsetMs(zone, local - offset) === offset) return new Date(local - offset);
  }
  const [first] = segments(zone, local - after, local - before);
  return new Date(first?.to ?? local - before);
}

/** With less, the longest span might not end within `FARTHEST_MS`. */
const LEAST_IN_A_YEAR_MS = 52 * HOUR_MS;

/** Throws CALENDAR_INVALID for one with so little work that what is counted in it would never be due. */
export function refuseIdle(calendar: WorkCalendar, now: Date): void {
  if (workTimeBetween(calendar, now, new Date(now.getTime() + YEAR_MS)) >= LEAST_IN_A_YEAR_MS) return;
  throw tooLittleWork(`calendar ${calendar.name}`, 'less than 52 hours of work in the year from now, one a week');
}

function tooLittleWork(which: string, has: string): NeedsOperatorError {
  return new NeedsOperatorError('CALENDAR_INVALID', `${which} has ${has}; give it more hours, or fewer holidays`);
}

export function isWorkTime(calendar: WorkCalendar, at: Date): boolean {
  return !workIntervals(calendar, at.getTime(), at.getTime() + 1).next().done;
}

/** The instant itself if it is work time, else when work begins again. */
export function nextWorkTime(calendar: WorkCalendar, at: Date): Date {
  const next = workIntervals(calendar, at.getTime(), at.getTime() + FARTHEST_MS).next();
  if (next.done) throw tooLittleWork(`calendar ${calendar.name} version ${calendar.version}`, 'no work in forty years');
  return new Date(next.value.from);
}

/** Work time between two instants in milliseconds, absences taken out; 0 if the second is not later. */
export function workTimeBetween(calendar: WorkCalendar, from: Date, to: Date, awayOn: readonly Away[] = []): number {
  let sum = 0;
  for (const one of present(calendar, from.getTime(), to.getTime(), awayOn)) sum += one.to - one.from;
  return sum;
}
