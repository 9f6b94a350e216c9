import { describe, expect, it } from 'vitest';
import { type SpendPer, spendPeriod } from '../../src/domain/policy/spend-period.ts';

describe('periods of spend', () => {
  it.each([
    ['month', '2026-03-15T12:00:00Z', 'Europe/Berlin', '2026-02-28T23:00Z', '2026-03-31T22:00Z'],
    ['month', '2026-11-15T12:00:00Z', 'America/New_York', '2026-11-01T04:00Z', '2026-12-01T05:00Z'],
    ['day', '2026-04-24T12:00:00Z', 'Africa/Cairo', '2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ['day', '2026-11-01T20:00:00Z', 'America/Havana', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
    ['day', '2026-11-01T04:30:00Z', 'America/Havana', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
    ['week', '2026-12-31T12:00:00Z', 'UTC', '2026-12-28T00:00Z', '2027-01-04T00:00Z'],
    ['quarter', '2026-06-30T18:31:00Z', 'Asia/Kolkata', '2026-06-30T18:30Z', '2026-09-30T18:30Z'],
    ['year', '2026-12-31T23:30:00Z', 'Europe/Berlin', '2026-12-31T23:00Z', '2027-12-31T23:00Z'],
  ] as Array<[SpendPer, string, string, string, string]>)('a %s at %s in %s goes from %s to %s', (per, at, zone, from, before) => {
    const span = spendPeriod(per, new Date(at), zone);
    expect([span.from, span.before]).toEqual([new Date(from), new Date(before)]);
  });
});
