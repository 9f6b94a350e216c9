/** Calendars as they are written, and a second, naive count of work time: minute by minute, by the clock of Intl. */
import { openCalendar, type WorkCalendar } from '../../src/domain/work-calendar/calendar.ts';
import { calendarDefinitionSchema } from '../../src/domain/work-calendar/definition.ts';

export async function calendar(written: Record<string, unknown> = {}, name = 'test'): Promise<WorkCalendar> {
  const definition = { zone: 'Europe/Berlin', hours: { 'mon-fri': '09:00-17:00' }, ...written };
  return openCalendar(name, 1, calendarDefinitionSchema.parse(definition));
}

const MINUTE_MS = 60_000;

/** Written hours are read anew here, so that no mistake of ours is shared. */
export interface NaiveHours {
  readonly zone: string;
  /** `Mon` -> ['09:00', '17:00'], ... */
  readonly hours: Readonly<Record<string, ReadonlyArray<readonly [string, string]>>>;
  readonly holidays: ReadonlySet<string>;
}

export function naiveIsWork({ hours, holidays }: NaiveHours, format: Intl.DateTimeFormat, at: number): boolean {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  if (holidays.has(`${parts.year}-${parts.month}-${parts.day}`)) return false;
  const time = `${parts.hour}:${parts.minute}`;
  return (hours[String(parts.weekday)] ?? []).some(([from, to]) => from <= time && time < to);
}

/** Minutes of work in [from, to). */
export function naiveMinutes(naive: NaiveHours, from: Date, to: Date, away: ReadonlyArray<{ from: Date; until: Date }> = []): number {
  const format = clockOf(naive.zone);
  let minutes = 0;
  for (let at = from.getTime(); at < to.getTime(); at += MINUTE_MS) {
    const isAway = away.some((one) => one.from.getTime() <= at && at < one.until.getTime());
    if (!isAway && naiveIsWork(naive, format, at)) minutes += 1;
  }
  return minutes;
}

export function clockOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
