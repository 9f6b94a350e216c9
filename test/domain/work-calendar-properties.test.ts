import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WorkCalendar } from '../../src/domain/work-calendar/calendar.ts';
import type { Span } from '../../src/domain/work-calendar/span.ts';
import { addWorkTime, isWorkTime, nextWorkTime, workTimeBetween } from '../../src/domain/work-calendar/work-time.ts';
import { calendar, clockOf, type NaiveHours, naiveIsWork, naiveMinutes } from './work-calendar-setup.ts';

const MINUTE_MS = 60_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Changes by an hour, by half an hour, at midnight, none, and one that moved the date line. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Kolkata',
  'America/St_Johns',
  'Pacific/Apia',
];

const timeOfDay = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const ranges = fc
  .uniqueArray(
    fc.integer({ min: 0, max: 96 }).map((quarter) => quarter * 15),
    { maxLength: 4 },
  )
  .map((edges) => edges.sort((a, b) => a - b))
  .map((edges) => Array.from({ length: Math.floor(edges.length / 2) }, (_, n) => [edges[2 * n] ?? 0, edges[2 * n + 1] ?? 0] as const))
  .map((pairs) => pairs.map(([from, to]) => [timeOfDay(from), timeOfDay(to)] as const));

const written = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    week: fc.array(ranges, { minLength: 7, maxLength: 7 }).filter((week) => week.some((day) => day.length > 0)),
    holidays: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
  })
  .map(({ zone, week, holidays }): NaiveHours => {
    const dates = holidays.map((day) => new Date(Date.UTC(2026, 2, 25 + day)).toISOString().slice(0, 10));
    return { zone, hours: Object.fromEntries(week.map((day, n) => [String(DAYS[n]), day])), holidays: new Set(dates) };
  });

async function opened({ zone, hours, holidays }: NaiveHours): Promise<WorkCalendar> {
  return calendar({
    zone,
    hours: Object.fromEntries(Object.entries(hours).map(([day, pairs]) => [day.toLowerCase(), pairs.map((pair) => pair.join('-'))])),
    holidays: Object.fromEntries([...holidays].map((date) => [date, 'holiday'])),
  });
}

/** Within days of changes of the clock, and of Apia's lost day: further away they are seldom met. */
const CHANGES = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-04-24',
  '2026-10-04',
  '2026-10-25',
  '2026-10-29',
  '2026-11-01',
  '2011-12-30',
  '2007-03-11',
];
const instant = fc
  .record({ change: fc.constantFrom(...CHANGES), minute: fc.integer({ min: -3 * 1440, max: 2 * 1440 }) })
  .map(({ change, minute }) => new Date(Date.parse(`${change}T00:00:00Z`) + minute * MINUTE_MS));
const hours = fc.integer({ min: 1, max: 60 }).map((quarters): Span => ({ amount: quarters / 4, unit: 'business_hours' }));
const days = fc.integer({ min: 1, max: 8 }).map((amount): Span => ({ amount, unit: 'business_days' }));
const absences = fc.array(fc.tuple(fc.integer({ min: -2880, max: 20_000 }), fc.integer({ min: 0, max: 4000 })), { maxLength: 3 });
const awayFrom = (from: Date, drawn: ReadonlyArray<readonly [number, number]>) =>
  drawn.map(([start, length]) => {
    const begin = from.getTime() + start * MINUTE_MS;
    return { from: new Date(begin), until: new Date(begin + length * MINUTE_MS) };
  });

it('the interval holds exactly the asked business time, counted minute by minute by somebody else', async () => {
  await fc.assert(
    fc.asyncProperty(written, instant, hours, absences, async (naive, from, span, drawn) => {
      const away = awayFrom(from, drawn);
      const one = await opened(naive);
      const end = addWorkTime(one, from, span, away);
      expect(naiveMinutes(naive, from, end, away)).toBe(span.amount * 60);
      expect(workTimeBetween(one, from, end, away)).toBe(span.amount * 60 * MINUTE_MS);
      // The last minute of it was work: the end is the first instant that will do.
      expect(naiveMinutes(naive, new Date(end.getTime() - MINUTE_MS), end, away)).toBe(1);
    }),
    { numRuns: 30 },
  );
});

it('says of every instant whether it is work time, and when the next one is, as a look at the clock does', async () => {
  await fc.assert(
    fc.asyncProperty(written, instant, async (naive, at) => {
      const one = await opened(naive);
      const isWork = naiveIsWork(naive, clockOf(naive.zone), at.getTime());
      expect(isWorkTime(one, at)).toBe(isWork);
      const next = nextWorkTime(one, at);
      expect(naiveMinutes(naive, at, next)).toBe(0);
      expect(naiveIsWork(naive, clockOf(naive.zone), next.getTime())).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('spans add up: one after the other ends where both at once do', async () => {
  await fc.assert(
    fc.asyncProperty(written, instant, hours, hours, absences, async (naive, from, first, second, drawn) => {
      const one = await opened(naive);
      const away = awayFrom(from, drawn);
      const both: Span = { amount: first.amount + second.amount, unit: 'business_hours' };
      expect(addWorkTime(one, addWorkTime(one, from, first, away), second, away)).toEqual(addWorkTime(one, from, both, away));
    }),
    { numRuns: 200 },
  );
});

it('business days add up, but for the millisecond an instant is rounded to', async () => {
  await fc.assert(
    fc.asyncProperty(written, instant, days, days, async (naive, from, first, second) => {
      const one = await opened(naive);
      const both: Span = { amount: first.amount + second.amount, unit: 'business_days' };
      const stepwise = addWorkTime(one, addWorkTime(one, from, first), second).getTime();
      const atOnce = addWorkTime(one, from, both);
      expect(
        workTimeBetween(one, new Date(Math.min(stepwise, atOnce.getTime())), new Date(Math.max(stepwise, atOnce.getTime()))),
      ).toBeLessThan(100);
    }),
    { numRuns: 200 },
  );
});

it('who begins later does not end earlier, and who has more to do does not either', async () => {
  await fc.assert(
    fc.asyncProperty(written, instant, instant, fc.oneof(hours, days), async (naive, one, other, span) => {
      const [early, late] = one <= other ? [one, other] : [other, one];
      const work = await opened(naive);
      const end = addWorkTime(work, early, span);
      expect(end <= addWorkTime(work, late, span)).toBe(true);
      expect(end < addWorkTime(work, early, { ...span, amount: span.amount + 1 })).toBe(true);
    }),
    { numRuns: 200 },
  );
});
