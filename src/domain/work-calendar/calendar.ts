/** A working calendar to count with: when people work, and which days are free. */
import { NeedsOperatorError } from '../../errors.ts';
import { type CalendarDefinition, type TimeRange, type WeekHours, weekdayOf } from './definition.ts';
import { publicHolidays, whyNoHolidays } from './public-holidays.ts';

export interface WorkCalendar {
  readonly name: string;
  readonly version: number;
  /** IANA. */
  readonly zone: string;
  readonly hours: WeekHours;
  /** Name of the holiday a civil date (`2026-12-25`) is; `null`: none, or worked all the same. */
  holidayOn(date: string): string | null;
  /** Hours of a civil date, holidays and extra working days considered. */
  hoursOn(date: string): readonly TimeRange[];
}

/** Throws CALENDAR_INVALID for a country or region whose holidays nobody knows. */
export async function openCalendar(name: string, version: number, definition: CalendarDefinition): Promise<WorkCalendar> {
  const { zone, hours, country, region, holidays, workingDays } = definition;
  const wrong = country === undefined ? null : await whyNoHolidays(country, region);
  if (wrong !== null) throw new NeedsOperatorError('CALENDAR_INVALID', `calendar ${name}: ${wrong}`);
  const ofYear = country === undefined ? null : await publicHolidays(country, region);
  const holidayOn = (date: string): string | null => {
    if (Object.hasOwn(workingDays, date)) return null;
    return holidays[date] ?? ofYear?.(Number(date.slice(0, 4))).get(date) ?? null;
  };
  const hoursOn = (date: string): readonly TimeRange[] => {
    if (holidayOn(date) !== null) return [];
    return workingDays[date] ?? hours[weekdayOf(date)] ?? [];
  };
  return { name, version, zone, hours, holidayOn, hoursOn };
}
