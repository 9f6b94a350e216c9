import { describe, expect, it } from 'vitest';
import { dueInstants, slotsOwed } from '../../src/domain/schedule.ts';

const berlin = { zone: 'Europe/Berlin' };

function due(cron: string, zone: string, after: string, until: string): string[] {
  const question = { cron, zone, after: new Date(after), until: new Date(until), limit: 1_000 };
  return dueInstants(question).map((instant) => instant.toISOString().slice(0, 16));
}

/** The same stretch asked for in small steps, each from the last instant found or the last step, as ticks do. */
function dueInSteps(cron: string, zone: string, after: string, until: string): string[] {
  const found: string[] = [];
  let from = after;
  for (let at = Date.parse(after); at <= Date.parse(until); at += 10 * 60_000) {
    found.push(...due(cron, zone, from, new Date(at).toISOString()));
    from = new Date(at).toISOString();
  }
  return found;
}

describe('due instants', () => {
  it('lie after the first bound and up to the second', () => {
    expect(due('0 6 * * *', 'UTC', '2026-01-01T06:00Z', '2026-01-03T06:00Z')).toEqual(['2026-01-02T06:00', '2026-01-03T06:00']);
  });

  it('follow the wall clock of their zone', () => {
    expect(due('0 6 * * *', berlin.zone, '2026-03-27T00:00Z', '2026-03-30T12:00Z')).toEqual([
      '2026-03-27T05:00',
      '2026-03-28T05:00',
      '2026-03-29T04:00',
      '2026-03-30T04:00',
    ]);
  });

  const changes = [
    {
      change: 'a wall time that spring skips is due after the change',
      cron: '30 2 * * *',
      zone: berlin.zone,
      after: '2026-03-28T12:00Z',
      until: '2026-03-30T12:00Z',
      expected: ['2026-03-29T01:30', '2026-03-30T00:30'],
    },
    {
      change: 'a wall time that autumn repeats is due once, the first time',
      cron: '30 2 * * *',
      zone: berlin.zone,
      after: '2026-10-24T12:00Z',
      until: '2026-10-26T12:00Z',
      expected: ['2026-10-25T00:30', '2026-10-26T01:30'],
    },
    {
      change: 'an hourly schedule goes on by the hour through spring',
      cron: '0 * * * *',
      zone: berlin.zone,
      after: '2026-03-28T23:30Z',
      until: '2026-03-29T03:10Z',
      expected: ['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00', '2026-03-29T03:00'],
    },
    {
      change: 'an hourly schedule goes on by the hour through autumn',
      cron: '0 * * * *',
      zone: berlin.zone,
      after: '2026-10-24T23:30Z',
      until: '2026-10-25T03:10Z',
      expected: ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00', '2026-10-25T03:00'],
    },
    {
      change: 'a day without a midnight begins its daily schedule at one',
      cron: '0 0 * * *',
      zone: 'Africa/Cairo',
      after: '2026-04-23T00:00Z',
      until: '2026-04-25T12:00Z',
      expected: ['2026-04-23T22:00', '2026-04-24T21:00'],
    },
    {
      change: 'a day with two midnights begins its daily schedule once',
      cron: '0 0 * * *',
      zone: 'Africa/Cairo',
      after: '2026-10-29T00:00Z',
      until: '2026-10-31T12:00Z',
      expected: ['2026-10-29T22:00', '2026-10-30T22:00'],
    },
  ];

  it.each(changes)('$change', ({ cron, zone, after, until, expected }) => {
    expect(due(cron, zone, after, until)).toEqual(expected);
  });

  it.each(changes)('$change, also when asked in steps of ten minutes', ({ cron, zone, after, until, expected }) => {
    expect(dueInSteps(cron, zone, after, until)).toEqual(expected);
  });

  it('stop at their limit, so that a long absence is caught up in portions', () => {
    const question = { cron: '* * * * *', zone: 'UTC', after: new Date('2026-01-01'), until: new Date('2026-02-01'), limit: 3 };
    expect(dueInstants(question).map((instant) => instant.toISOString())).toEqual([
      '2026-01-01T00:01:00.000Z',
      '2026-01-01T00:02:00.000Z',
      '2026-01-01T00:03:00.000Z',
    ]);
  });
});

describe('after three missed days of a daily schedule', () => {
  const question = { cron: '0 6 * * *', zone: 'UTC', after: new Date('2026-01-01T06:00Z'), now: new Date('2026-01-04T06:00:20Z') };
  const at = (day: string) => new Date(`${day}T06:00Z`);

  it('catch-up "all" owes each of them, oldest first, the missed ones late', () => {
    expect(slotsOwed({ ...question, catchUp: 'all' })).toEqual([
      { dueAt: at('2026-01-02'), state: 'due', late: true },
      { dueAt: at('2026-01-03'), state: 'due', late: true },
      { dueAt: at('2026-01-04'), state: 'due', late: false },
    ]);
  });

  it('catch-up "latest" owes the last one only', () => {
    const now = new Date('2026-01-04T18:00Z');
    expect(slotsOwed({ ...question, now, catchUp: 'latest' })).toEqual([{ dueAt: at('2026-01-04'), state: 'due', late: true }]);
  });

  it('catch-up "none" owes what is due now', () => {
    expect(slotsOwed({ ...question, catchUp: 'none' })).toEqual([{ dueAt: at('2026-01-04'), state: 'due', late: false }]);
  });

  it('catch-up "none" skips what was due while nobody looked, and goes on from there', () => {
    const now = new Date('2026-01-04T18:00Z');
    expect(slotsOwed({ ...question, now, catchUp: 'none' })).toEqual([{ dueAt: at('2026-01-04'), state: 'skipped', late: true }]);
  });
});

it('the latest slot of a year missed by the minute is found without walking the year', () => {
  const year = { cron: '* * * * *', zone: 'Europe/Berlin', after: new Date('2025-01-01'), now: new Date('2026-01-01T00:00:30Z') };
  const before = process.cpuUsage();
  expect(slotsOwed({ ...year, catchUp: 'latest' })).toEqual([{ dueAt: new Date('2026-01-01T00:00Z'), state: 'due', late: false }]);
  // Work, not time: however long other programs kept the machine from us.
  const { user, system } = process.cpuUsage(before);
  expect(user + system).toBeLessThan(1_000_000);
});

it('the latest slot of a rare schedule is found however long ago', () => {
  const rare = { cron: '0 0 29 2 *', zone: 'UTC', after: new Date('2023-01-01'), now: new Date('2026-01-01') };
  expect(slotsOwed({ ...rare, catchUp: 'latest' })).toEqual([{ dueAt: new Date('2024-02-29'), state: 'due', late: true }]);
});
