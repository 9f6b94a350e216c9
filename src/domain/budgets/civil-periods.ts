/** Which period of a rule holds a day: half-open civil dates `[startOn, endOn)`, without a zone. */
import { addDays, dayInMonth, dayNumber, dayText, monthNumber, weekdayOf } from './civil-days.ts';
import type { ListedPeriod } from './period-list.ts';
import type { MonthsRule, OwnPeriods } from './period-rule.ts';
import { weekPeriodOn } from './week-periods.ts';

/** `null`: a list that does not reach so far. */
export function periodOn(rule: OwnPeriods, on: string): ListedPeriod | null {
  switch (rule.kind) {
    case 'day':
      return { key: on, startOn: on, endOn: addDays(on, 1) };
    case 'week':
      return weekOn(rule.firstDay, on);
    case 'list':
      return rule.periods.find(({ startOn, endOn }) => startOn <= on && on < endOn) ?? null;
    case 'month':
    case 'quarter':
    case 'half_year':
    case 'year':
      return monthsOn(rule, on);
    default:
      return weekPeriodOn(rule, on);
  }
}

/** Of a list that holds no period on a day and goes on later: when. `null`: it holds the day, or ends before. */
export function gapUntil(rule: OwnPeriods, on: string): string | null {
  if (rule.kind !== 'list' || periodOn(rule, on)) return null;
  return rule.periods.find(({ startOn }) => startOn > on)?.startOn ?? null;
}

function weekOn(firstDay: number, on: string): ListedPeriod {
  const start = dayNumber(on) - ((weekdayOf(on) - firstDay + 7) % 7);
  const startOn = dayText(start);
  return { key: firstDay === 1 ? isoWeek(startOn) : startOn, startOn, endOn: dayText(start + 7) };
}

/** Its Thursday decides: 2027-01-01 belongs to 2026-W53. */
function isoWeek(monday: string): string {
  const thursday = addDays(monday, 3);
  const year = thursday.slice(0, 4);
  const week = Math.floor((dayNumber(thursday) - dayNumber(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

const MONTHS = { month: 1, quarter: 3, half_year: 6, year: 12 } as const;

function monthsOn({ kind, firstMonth, anchorDay }: MonthsRule, on: string): ListedPeriod {
  const step = MONTHS[kind];
  const sinceFirst = monthNumber(on) - (firstMonth - 1);
  let start = monthNumber(on) - (((sinceFirst % step) + step) % step);
  if (on < dayInMonth(start, anchorDay)) start -= step;
  const startOn = dayInMonth(start, anchorDay);
  return { key: keyOf({ kind, firstMonth, anchorDay }, start, startOn), startOn, endOn: dayInMonth(start + step, anchorDay) };
}

/** Fiscal years are called by the calendar year in which they begin. */
function keyOf({ kind, firstMonth, anchorDay }: MonthsRule, start: number, startOn: string): string {
  if (kind === 'month' && firstMonth === 1) return anchorDay === 1 ? startOn.slice(0, 7) : startOn;
  const month = (((start - (firstMonth - 1)) % 12) + 12) % 12;
  const year = Math.floor((start - month) / 12);
  const name = firstMonth === 1 && anchorDay === 1 ? String(year) : `FY${year}`;
  const n = month / MONTHS[kind] + 1;
  if (kind === 'year') return name;
  return kind === 'month' ? `${name}-P${String(n).padStart(2, '0')}` : `${name}-${kind === 'quarter' ? 'Q' : 'H'}${n}`;
}
