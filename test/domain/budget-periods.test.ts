import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { addDays, dayText } from '../../src/domain/budgets/civil-days.ts';
import { periodOn } from '../../src/domain/budgets/civil-periods.ts';
import { type OwnPeriods, periodRuleSchema } from '../../src/domain/budgets/period-rule.ts';
import { nextPeriods } from '../../src/domain/budgets/periods.ts';
import { startOfDay } from '../../src/domain/start-of-day.ts';

const rule = (given: unknown) => periodRuleSchema.parse(given) as OwnPeriods;
const starts = (given: unknown, from: string, count: number) =>
  nextPeriods({ rule: rule(given), zone: 'UTC', from, until: null, count }).map(({ startOn }) => startOn);
const keyOn = (given: unknown, on: string) => periodOn(rule(given), on)?.key;

describe('a day begins at the first instant with that date', () => {
  it.each([
    ['Europe/Berlin', '2026-03-01', '2026-02-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-04-01', '2026-03-31T22:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['America/New_York', '2026-12-01', '2026-12-01T05:00:00.000Z'],
    ['Asia/Kolkata', '2026-04-01', '2026-03-31T18:30:00.000Z'],
    // No midnight.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00.000Z'],
    // Midnight twice: the first counts.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['America/St_Johns', '2006-10-29', '2006-10-29T02:30:00.000Z'],
    // Whole days that were skipped begin with the next one.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('in %s on %s', (zone, on, expected) => {
    expect(startOfDay(on, zone).toISOString()).toBe(expected);
  });

  it('in every zone from 2000 to 2050 around every change of its clock as a second implementation says, without overlap or gap', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const told = new Set<string>();
    const wrong = zones.flatMap((zone) => {
      const { days, table } = turnsOf(zone);
      // Most of Europe keeps one table under fifty names.
      const looked = told.has(table) ? days.slice(0, 4) : days;
      told.add(table);
      return looked.flatMap((turn) => wrongDays(zone, turn));
    });
    expect(zones.length).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });

  it('so that March 2026 in Berlin lasts 30 days and 23 hours', () => {
    const [march] = nextPeriods({ rule: rule('month'), zone: 'Europe/Berlin', from: '2026-03-01', until: null, count: 1 });
    expect(Number(march?.endAt) - Number(march?.startAt)).toBe((30 * 24 + 23) * 3_600_000);
  });
});

/** Days on which something happens to the clock, the first and the last; in between, days have 24 hours. */
function turnsOf(zone: string): { days: Temporal.PlainDate[]; table: string } {
  const days = [new Temporal.PlainDate(2000, 1, 1), new Temporal.PlainDate(2050, 12, 31)];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.from('2000-01-01T00:00Z').toZonedDateTimeISO(zone);
  let table = at.offset;
  for (;;) {
    at = at.getTimeZoneTransition('next');
    if (at === null || at.year > 2050) return { days, table };
    days.push(at.toPlainDate());
    table += ` ${at.epochMilliseconds}${at.offset}`;
  }
}

function wrongDays(zone: string, turn: Temporal.PlainDate): string[] {
  const from = turn.subtract({ days: 1 }).toString();
  const days = nextPeriods({ rule: { kind: 'day' }, zone, from, until: turn.add({ days: 2 }).toString(), count: 3 });
  return days.flatMap(({ startOn, startAt, endOn, endAt }, n) => {
    const isRight =
      startAt < endAt &&
      (n === 0 || Number(days[n - 1]?.endAt) === Number(startAt)) &&
      Number(endAt) === Temporal.PlainDate.from(endOn).toZonedDateTime({ timeZone: zone }).startOfDay().epochMilliseconds;
    return isRight ? [] : [`${zone} ${startOn}: ${startAt.toISOString()} to ${endAt.toISOString()}`];
  });
}

describe('a calendar of periods', () => {
  const anyRule = fc.oneof(
    fc.constant('day'),
    fc.constantFrom('monday', 'wednesday', 'sunday').map((firstDay) => ({ every: 'week', firstDay })),
    fc.record({
      every: fc.constantFrom('month', 'quarter', 'half_year', 'year'),
      anchorDay: fc.integer({ min: 1, max: 31 }),
      firstMonth: fc.integer({ min: 1, max: 12 }),
    }),
    fc.record({
      weeks: fc.constantFrom('4-4-5', '4-5-4', '5-4-4', '13x4'),
      anchor: fc.integer({ min: 10_957, max: 21_900 }).map(dayText),
      week53: fc.oneof(fc.constantFrom('nearest', 'never'), fc.record({ years: fc.array(fc.integer({ min: 2000, max: 2050 })) })),
    }),
  );

  it('holds every day in exactly one period, whatever the rule, and calls no two by the same key', () => {
    fc.assert(
      fc.property(anyRule, fc.integer({ min: 10_957, max: 29_584 }), (written, number) => {
        const [parsed, on] = [rule(written), dayText(number)];
        const period = periodOn(parsed, on);
        const keys = nextPeriods({ rule: parsed, zone: 'UTC', from: on, until: null, count: 60 }).map(({ key }) => key);
        expect(period && period.startOn <= on && on < period.endOn).toBe(true);
        expect(period && periodOn(parsed, period.endOn)?.startOn).toBe(period?.endOn);
        expect(period && periodOn(parsed, addDays(period.startOn, -1))?.endOn).toBe(period?.startOn);
        expect(new Set(keys).size).toBe(60);
      }),
      { numRuns: 500 },
    );
  });

  it('anchors months like a second implementation that adds months to the first, without drifting', () => {
    const steps = { month: 1, quarter: 3, half_year: 6, year: 12 } as const;
    for (const [every, months] of Object.entries(steps))
      for (let anchorDay = 1; anchorDay <= 31; anchorDay += 1) {
        const first = new Temporal.PlainDate(2000, 1, anchorDay);
        const expected = Array.from({ length: Math.floor(612 / months) }, (_, n) => first.add({ months: n * months }).toString());
        expect(starts({ every, anchorDay }, first.toString(), expected.length)).toEqual(expected);
      }
  });

  it('clamps the 31st, and comes back to it', () => {
    expect(starts({ every: 'month', anchorDay: 31 }, '2027-01-31', 4)).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30']);
  });

  it('counts ISO weeks, of which 2026 has 53', () => {
    expect(['2026-12-31', '2027-01-01', '2027-01-03', '2027-01-04'].map((on) => keyOn('week', on))).toEqual([
      ...['2026-W53', '2026-W53', '2026-W53', '2027-W01'],
    ]);
    expect(starts({ every: 'week', firstDay: 'sunday' }, '2026-07-05', 2)).toEqual(['2026-07-05', '2026-07-12']);
  });

  it('knows fiscal years from any month, and calls them by the year in which they begin', () => {
    expect(keyOn({ every: 'quarter', firstMonth: 4 }, '2027-01-15')).toBe('FY2026-Q4');
    expect(keyOn({ every: 'year', firstMonth: 7 }, '2026-06-30')).toBe('FY2025');
    expect(keyOn({ every: 'month', firstMonth: 4 }, '2026-03-31')).toBe('FY2025-P12');
    expect(['month', 'quarter', 'half-year', 'year'].map((every) => keyOn(every, '2026-08-15'))).toEqual([
      ...['2026-08', '2026-Q3', '2026-H2', '2026'],
    ]);
    expect(keyOn({ every: 'half-year', firstMonth: 4 }, '2027-01-15')).toBe('FY2026-H2');
  });

  it('counts 4-4-5 and its sisters from an anchor', () => {
    const weeks = { anchor: '2026-01-26', week53: 'nearest' };
    expect(starts({ ...weeks, weeks: '4-4-5' }, '2026-01-26', 6)).toEqual([
      ...['2026-01-26', '2026-02-23', '2026-03-23', '2026-04-27', '2026-05-25', '2026-06-22'],
    ]);
    expect(starts({ ...weeks, weeks: '5-4-4' }, '2026-01-26', 3)).toEqual(['2026-01-26', '2026-03-02', '2026-03-30']);
    expect(starts({ ...weeks, weeks: '13x4' }, '2026-01-26', 3)).toEqual(['2026-01-26', '2026-02-23', '2026-03-23']);
  });

  it('gives the 53rd week to the last period of the years that have one, by the rule that says which', () => {
    const last = (week53: unknown, year: number) => {
      const calendar = rule({ weeks: '13x4', anchor: '2026-01-26', week53 });
      const days = Array.from({ length: 372 }, (_, n) => periodOn(calendar, addDays(`${year}-02-05`, n)));
      const period = days.find((found) => found?.key === `FY${year}-P13`);
      return period && (Date.parse(period.endOn) - Date.parse(period.startOn)) / (7 * 86_400_000);
    };
    expect([2026, 2027, 2028, 2029].map((year) => last('nearest', year))).toEqual([4, 4, 5, 4]);
    expect([2026, 2027, 2028].map((year) => last({ years: [2027] }, year))).toEqual([4, 5, 4]);
    expect([2026, 2027, 2028].map((year) => last('never', year))).toEqual([4, 4, 4]);
  });

  it('takes a list as an ERP holds it, and ends where that ends', () => {
    const dates = [
      { key: 'P2', from: '2026-02-02', to: '2026-03-01' },
      { key: 'P1', from: '2026-01-01', until: '2026-02-02' },
    ];
    const found = nextPeriods({ rule: rule({ dates }), zone: 'UTC', from: '2026-01-15', until: null, count: 9 });
    expect(found.map(({ key, startOn, endOn }) => [key, startOn, endOn])).toEqual([
      ['P1', '2026-01-15', '2026-02-02'],
      ['P2', '2026-02-02', '2026-03-02'],
    ]);
  });

  it.each([
    [
      {
        dates: [
          { from: '2026-01-01', to: '2026-01-31' },
          { from: '2026-01-31', to: '2026-02-28' },
        ],
      },
      'overlap',
    ],
    [
      {
        dates: [
          { from: '2026-01-01', to: '2026-01-31' },
          { from: '2026-02-03', to: '2026-02-28' },
        ],
      },
      'no period holds 2026-02-01 to 2026-02-02',
    ],
    [
      {
        dates: [
          { key: 'A', from: '2026-01-01', to: '2026-01-31' },
          { key: 'A', from: '2026-02-01', to: '2026-02-28' },
        ],
      },
      'names A twice',
    ],
    [{ dates: [{ from: '2026-02-01', to: '2026-01-31' }] }, 'ends before it begins'],
    [{ every: 'month', anchorDay: 32 }, 'from 1 to 31'],
    [{ every: 'month', anchorDay: 0 }, 'from 1 to 31'],
    [{ every: 'day', anchorDay: 3 }, 'takes no anchorDay beside every: day'],
    [{ every: 'month', firstMonth: 13 }, 'from 1 to 12'],
    [{ weeks: '4-4-5', anchor: '2026-02-30', week53: 'never' }, 'must be a date'],
    [{ weeks: '4-4-5', anchor: '2026-01-26' }, 'week53'],
    [{ weeks: '4-4-5', week53: 'never' }, 'anchor'],
    [{ every: 'month', calendar: 'nord' }, 'exactly one of'],
    [{}, 'exactly one of'],
  ])('refuses %j with the reason', (written, reason) => {
    const parsed = periodRuleSchema.safeParse(written);
    expect(parsed.error?.issues.map(({ message }) => message).join('; ')).toContain(reason);
  });
});
