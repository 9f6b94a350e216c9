/** Fiscal years of 52 or 53 whole weeks: 4-4-5 and its sisters, and thirteen periods of four weeks. */
import { dayInMonth, dayNumber, dayText, monthNumber } from './civil-days.ts';
import type { ListedPeriod } from './period-list.ts';
import type { WeeksRule } from './period-rule.ts';

const YEAR_DAYS = 364;

export function weekPeriodOn(rule: WeeksRule, on: string): ListedPeriod {
  const { year, start } = fiscalYearOf(rule, dayNumber(on));
  const lengths = rule.kind === '13x4' ? Array<number>(13).fill(4) : Array<number[]>(4).fill(rule.kind.split('-').map(Number)).flat();
  let from = start;
  for (const [n, weeks] of lengths.entries()) {
    const isLast = n === lengths.length - 1;
    // A 53rd week lengthens the last period.
    const until = isLast ? yearStart(rule, year + 1) : from + weeks * 7;
    if (dayNumber(on) < until)
      return { key: `FY${year}-P${String(n + 1).padStart(2, '0')}`, startOn: dayText(from), endOn: dayText(until) };
    from = until;
  }
  throw new RangeError(`${on} is in no period of ${rule.kind} from ${rule.anchor}`);
}

function fiscalYearOf(rule: WeeksRule, day: number): { year: number; start: number } {
  let year = anchorYear(rule) + Math.floor((day - dayNumber(rule.anchor)) / 365.25);
  while (yearStart(rule, year) > day) year -= 1;
  while (yearStart(rule, year + 1) <= day) year += 1;
  return { year, start: yearStart(rule, year) };
}

/** Number of the first day of the fiscal year that is called by this calendar year. */
function yearStart(rule: WeeksRule, year: number): number {
  const anchor = dayNumber(rule.anchor);
  const since = year - anchorYear(rule);
  if (rule.week53 === 'never') return anchor + since * YEAR_DAYS;
  if (rule.week53 === 'nearest') return nearest(rule.anchor, year);
  const [from, to] = since < 0 ? [year, anchorYear(rule)] : [anchorYear(rule), year];
  const long = new Set(rule.week53.years.filter((named) => named >= from && named < to)).size;
  return anchor + since * YEAR_DAYS + (since < 0 ? -7 : 7) * long;
}

/** The anchor's weekday that is nearest to the anchor's day and month in that year. */
function nearest(anchor: string, year: number): number {
  const day = dayNumber(dayInMonth(year * 12 + (monthNumber(anchor) % 12), Number(anchor.slice(8))));
  const off = (((dayNumber(anchor) - day) % 7) + 7) % 7;
  return day + (off > 3 ? off - 7 : off);
}

function anchorYear({ anchor }: WeeksRule): number {
  return Number(anchor.slice(0, 4));
}
