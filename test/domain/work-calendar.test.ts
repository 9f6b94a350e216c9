import { Settings } from 'luxon';
import { describe, expect, it, onTestFinished } from 'vitest';
import { calendarDefinitionSchema } from '../../src/domain/work-calendar/definition.ts';
import { saySpan, spanSchema } from '../../src/domain/work-calendar/span.ts';
import { instantOf } from '../../src/domain/work-calendar/wall-clock.ts';
import { addWorkTime, isWorkTime, nextWorkTime, workTimeBetween } from '../../src/domain/work-calendar/work-time.ts';
import { calendar } from './work-calendar-setup.ts';

const span = (text: string) => spanSchema.parse(text);
const at = (text: string) => new Date(text);

describe('business time in Berlin around Easter 2026', async () => {
  const berlin = await calendar({ country: 'DE', region: 'BE' });
  const add = (from: string, text: string) => addWorkTime(berlin, at(from), span(text)).toISOString();

  it('goes on after a weekend in which the clock changed', () => {
    expect(add('2026-03-27T16:00:00+01:00', '8 business hours')).toBe('2026-03-30T14:00:00.000Z');
  });

  it('leaves out Good Friday and Easter Monday', () => {
    expect(add('2026-04-02T16:00:00+02:00', '8 business hours')).toBe(at('2026-04-07T16:00:00+02:00').toISOString());
    expect(add('2026-04-02T16:00:00+02:00', '2 business days')).toBe(at('2026-04-08T16:00:00+02:00').toISOString());
    expect(berlin.holidayOn('2026-04-03')).toBe('Karfreitag');
  });

  it('runs on through all of them in calendar days, at the same time of day', () => {
    expect(add('2026-03-27T16:00:00+01:00', '3 calendar days')).toBe('2026-03-30T14:00:00.000Z');
  });

  it('begins to count with the next work when nobody is there', () => {
    expect(add('2026-04-03T12:00:00+02:00', '1 business hour')).toBe(at('2026-04-07T10:00:00+02:00').toISOString());
    expect(nextWorkTime(berlin, at('2026-04-02T17:00:00+02:00'))).toEqual(at('2026-04-07T09:00:00+02:00'));
  });

  it('ends with the day, and not with the beginning of the next', () => {
    expect(add('2026-04-07T09:00:00+02:00', '8 business hours')).toBe(at('2026-04-07T17:00:00+02:00').toISOString());
    expect(isWorkTime(berlin, at('2026-04-07T17:00:00+02:00'))).toBe(false);
    expect(isWorkTime(berlin, at('2026-04-07T16:59:59+02:00'))).toBe(true);
  });
});

describe('a business day', () => {
  it('is the work of that day, so that seven eighths of a Thursday become seven eighths of a short Friday', async () => {
    const short = await calendar({ hours: { 'mon-thu': '09:00-17:00', fri: '09:00-13:00' } });
    const friday = addWorkTime(short, at('2026-03-12T16:00:00+01:00'), span('1 business day'));
    expect(friday).toEqual(at('2026-03-13T12:30:00+01:00'));
    expect(addWorkTime(short, friday, span('1 business day'))).toEqual(at('2026-03-16T16:00:00+01:00'));
  });
});

describe('absences', () => {
  it('are no work time, and may begin in the middle of a day or overlap', async () => {
    const away = [
      { from: at('2026-03-10T12:00:00+01:00'), until: at('2026-03-11T10:00:00+01:00') },
      { from: at('2026-03-10T14:00:00+01:00'), until: at('2026-03-11T11:00:00+01:00') },
    ];
    const plain = await calendar();
    expect(addWorkTime(plain, at('2026-03-10T11:00:00+01:00'), span('2 business hours'), away)).toEqual(at('2026-03-11T12:00:00+01:00'));
    expect(workTimeBetween(plain, at('2026-03-10T09:00:00+01:00'), at('2026-03-11T17:00:00+01:00'), away)).toBe(9 * 3_600_000);
  });

  it('of somebody who never comes back are not believed, so that the clock still rings', async () => {
    const never = [{ from: at('2026-03-01T00:00:00Z'), until: at('9999-01-01T00:00:00Z') }];
    expect(addWorkTime(await calendar(), at('2026-03-10T09:00:00+01:00'), span('1 business hour'), never)).toEqual(
      at('2026-03-10T10:00:00+01:00'),
    );
  });
});

it('an absence of a hundred years is passed at once: none of its days is looked at', async () => {
  const plain = await calendar();
  const asked = new Set<string>();
  const watched = { ...plain, hoursOn: (date: string) => plain.hoursOn(asked.add(date) && date) };
  const never = [{ from: at('2026-03-10T12:00:00+01:00'), until: at('2126-12-31T00:00:00Z') }];
  const monday = at('2026-03-09T09:00:00+01:00');
  expect(workTimeBetween(watched, monday, at('2126-12-31T00:00:00Z'), never)).toBe(11 * 3_600_000);
  expect(addWorkTime(watched, monday, span('2 business days'), never)).toEqual(at('2026-03-10T17:00:00+01:00'));
  expect([...asked].sort()).toEqual(['2026-03-09', '2026-03-10']);
});

describe('a clock that changes while somebody works', () => {
  it('gives a night shift an hour less in spring and an hour more in autumn', async () => {
    const night = await calendar({ hours: { 'mon-sun': '00:00-06:00' } });
    expect(addWorkTime(night, at('2026-03-28T23:00:00Z'), span('5 business hours'))).toEqual(at('2026-03-29T04:00:00Z'));
    expect(addWorkTime(night, at('2026-10-24T22:00:00Z'), span('7 business hours'))).toEqual(at('2026-10-25T05:00:00Z'));
  });

  it('lets a calendar day that ends in the hour skipped end when it is skipped', async () => {
    expect(addWorkTime(await calendar(), at('2026-03-28T02:30:00+01:00'), span('1 calendar day'))).toEqual(at('2026-03-29T01:00:00Z'));
  });

  it('knows days without midnight', async () => {
    const cairo = await calendar({ zone: 'Africa/Cairo', hours: { 'sun-thu': '00:00-08:00', fri: '00:00-08:00' } });
    expect(nextWorkTime(cairo, at('2026-04-23T12:00:00Z'))).toEqual(at('2026-04-23T22:00:00Z'));
    expect(addWorkTime(cairo, at('2026-04-23T22:00:00Z'), span('7 business hours'))).toEqual(at('2026-04-24T05:00:00Z'));
  });
});

describe('days that are worked, or free, against the rule', () => {
  it('take the hours written for them, else those of their weekday', async () => {
    const shop = await calendar({
      country: 'DE',
      region: 'BE',
      holidays: { '2026-12-24': 'Christmas Eve' },
      workingDays: { '2026-12-19': '10:00-14:00', '2026-05-01': '08:00-09:00' },
    });
    expect(shop.holidayOn('2026-12-24')).toBe('Christmas Eve');
    expect(shop.hoursOn('2026-12-24')).toEqual([]);
    expect(shop.hoursOn('2026-12-19')).toEqual([{ from: 600, to: 840 }]);
    expect(shop.holidayOn('2026-05-01')).toBeNull();
    expect(nextWorkTime(shop, at('2026-04-30T20:00:00+02:00'))).toEqual(at('2026-05-01T08:00:00+02:00'));
  });

  it('are holidays of the region, and not of its neighbour', async () => {
    const bavaria = await calendar({ country: 'DE', region: 'BY' });
    const berlin = await calendar({ country: 'de', region: 'be' });
    expect([bavaria.holidayOn('2026-01-06'), berlin.holidayOn('2026-01-06')]).toEqual(['Heilige Drei Könige', null]);
    expect([bavaria.holidayOn('2026-03-08'), berlin.holidayOn('2026-03-08')]).toEqual([null, 'Internationaler Frauentag']);
    const augsburg = await calendar({ country: 'DE', region: 'BY-A' });
    expect(augsburg.holidayOn('2026-08-08')).not.toBeNull();
  });

  it('are all days of a feast that lasts several', async () => {
    const riyadh = await calendar({ zone: 'Asia/Riyadh', country: 'SA' });
    const days = ['2026-05-26', '2026-05-27', '2026-05-28', '2026-05-29'].map((day) => riyadh.holidayOn(day));
    expect(days.every((name) => name !== null)).toBe(true);
  });
});

describe('a calendar that cannot be used', () => {
  const problems = (written: Record<string, unknown>) =>
    calendarDefinitionSchema
      .safeParse({ zone: 'Europe/Berlin', hours: { 'mon-fri': '09:00-17:00' }, ...written })
      .error?.issues.map(({ message }) => message)
      .join('; ');

  it.each([
    [{ hours: {} }, 'no hours at all'],
    [{ hours: { 'mon-fri': [] } }, 'no hours at all'],
    [{ hours: { mon: ['09:00-13:00', '12:00-17:00'] } }, 'overlap'],
    [{ hours: { mon: '22:00-06:00' } }, 'a night is two parts'],
    [{ hours: { mon: '09:00-25:00' } }, '00:00 to 24:00'],
    [{ hours: { 'mon-fri': '09:00-17:00', wed: '09:00-12:00' } }, 'wed a second time'],
    [{ hours: { everyday: '09:00-17:00' } }, 'must be named by days'],
    [{ zone: '+01:00' }, 'IANA'],
    [{ region: 'BE' }, 'needs its country'],
    [{ workingDays: ['2026-12-19'] }, 'a day without hours'],
    [{ holidays: { '2026-02-30': 'never' } }, 'Invalid key'],
  ])('%j says what is wrong', (written, told) => {
    expect(problems(written)).toContain(told);
  });

  it('names the regions a country has', async () => {
    await expect(calendar({ country: 'DE', region: 'XX' })).rejects.toThrow(/DE has no region XX; known: BB, BE, BW/);
    await expect(calendar({ country: 'QQ' })).rejects.toThrow(/no holidays of country QQ are known/);
  });
});

describe('a span', () => {
  it.each(['4 business hours', '1 business hour', '1.5 business hours', '2 business days', '3 calendar days'])(
    'reads and says "%s"',
    (text) => {
      expect(saySpan(span(text))).toBe(text);
    },
  );

  it.each([
    ['2 days', '"2 business days" or "2 calendar days"'],
    ['24 hours', '"24 business hours"'],
    ['1 week', '"5 business days" or "7 calendar days"'],
    ['2 calendar hours', 'count hours as working time'],
    ['0 business days', 'more than zero'],
    ['1.5 business days', 'whole days'],
    ['soon', 'must be a span such as'],
  ])('"%s" is refused with the cure', (text, cure) => {
    expect(spanSchema.safeParse(text).error?.issues[0]?.message).toContain(cure);
  });
});

it.each([
  ['2026-11-01T00:00:00', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
  ['2026-04-24T00:00:00', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
])('%s in %s is the first instant at which clocks show it, in whatever season it is read', (wall, zone, instant) => {
  onTestFinished(() => void Object.assign(Settings, { now: () => Date.now() }));
  for (const today of ['2026-01-15', '2026-07-15']) {
    Settings.now = () => Date.parse(today);
    expect(instantOf(wall, zone)?.toISOString()).toBe(instant);
  }
});

it('a span that a calendar has no room for is for whoever made the calendar to mend', async () => {
  const idle = await calendar({ hours: { mon: '09:00-09:01' } });
  expect(() => addWorkTime(idle, at('2026-11-23T09:00:00Z'), span('60 business hours'))).toThrow(
    expect.objectContaining({
      code: 'CALENDAR_INVALID',
      message: expect.stringContaining('no 60 business hours in forty years; give it more hours'),
    }),
  );
});
