import { describe, expect, it } from 'vitest';
import { announceAbsences } from '../../src/approvals/announce-absences.ts';
import { findGaps } from '../../src/approvals/coverage.ts';
import { recordAbsences } from '../../src/store/work-calendars/absences.ts';
import { assignCalendar, putCalendar } from '../../src/store/work-calendars/calendars.ts';
import { desk } from './order-desk.ts';

/** Monday, 10:00 in Berlin. Greta's order waits for Jens. `more` goes into the rules. */
async function office(stages?: readonly object[], more?: object) {
  const setup = await desk(stages, more);
  const { db, id, clock, rows, settings } = setup;
  const { rateMaxAgeDays } = settings.orders;
  const look = (accountId: string | null) => findGaps(db, { accountId, weeks: 4, rateMaxAgeDays }, clock.now);
  return {
    ...setup,
    away: (who: string, from: string, until: string) =>
      db.transaction((trx) =>
        recordAbsences(
          trx,
          'test',
          [{ personId: id(who), externalId: `${who} ${from}`, startsAt: new Date(from), endsAt: new Date(until) }],
          clock.now,
        ),
      ),
    async works(who: string, definition: object) {
      await db.transaction((trx) => putCalendar(trx, { name: who, definition, by: 'test' }, clock.now));
      await db.transaction((trx) => assignCalendar(trx, { kind: 'person', id: id(who) }, { calendar: who, by: 'test' }, clock.now));
    },
    gaps: async (accountId: string | null = null) =>
      (await look(accountId)).gaps.map(({ week, unit, requester, because }) => `${week} ${unit}, ${requester}: ${because}`),
    limitsLeftOut: async () => (await look(id('A-2'))).limitsLeftOut,
    announceAt: (when: string) => announceAbsences(db, new Date(when)),
    told: async () =>
      rows<{ person_id: string; facts: object }>(`select person_id, facts from notifications where event = 'absence.handover'`),
  };
}

const MANAGER = { approvers: [{ role: 'purchasing_manager', in: 'company' }] };

describe('coverage', () => {
  it('names weeks in which whoever may decide and all who could stand in are away', async () => {
    const { away, gaps, id } = await office([MANAGER]);
    await away('P-3', '2026-12-01T00:00:00Z', '2026-12-12T00:00:00Z');
    expect(await gaps()).toEqual([]);
    await away('P-4', '2026-12-10T00:00:00Z', '2026-12-20T00:00:00Z');
    // Ines, who could stand in, works from Monday to Wednesday.
    expect(await gaps()).toEqual([]);
    await away('P-4', '2026-12-05T00:00:00Z', '2026-12-10T00:00:00Z');
    expect(await gaps(id('A-2'))).toEqual(['2026-12-07 Hansa Nord, null: away: Maren Timm']);
    expect(await gaps(id('B-1'))).toEqual([]);
  });

  it('asks about superiors for those who have the same one, and not about days that are over', async () => {
    const { away, gaps, clock, id } = await office();
    for (const who of ['P-2', 'P-3', 'P-4']) await away(who, '2026-11-26T00:00:00Z', '2026-11-29T00:00:00Z');
    expect(await gaps()).toEqual([]);
    clock.now = new Date('2026-11-26T09:00:00Z');
    expect(await gaps(id('A-2'))).toEqual([
      '2026-11-23 Hansa Nord, Jens Brandt: away: Maren Timm',
      '2026-11-23 Hansa Nord, Greta Brandt: away: Jens Brandt',
    ]);
    clock.now = new Date('2026-11-28T09:00:00Z');
    expect(await gaps()).toEqual([]);
  });

  it('names a stage for which there is nobody at all in every week', async () => {
    const { gaps, id, alter } = await office([{ mode: 'n_of_m', n: 2, ...MANAGER }]);
    const found = await gaps(id('A-2'));
    expect(found).toHaveLength(4);
    expect(found[0]).toContain('2 must approve, and only 1 may: Maren Timm');
    await alter('P-4', { roles: ['purchasing_manager'] });
    expect(await gaps(id('A-2'))).toEqual([]);
  });

  it('counts who has any hours in a week, by their own calendar and without public holidays, whom nobody stands in for', async () => {
    const { works, away, gaps, clock, id } = await office([MANAGER]);
    clock.now = new Date('2026-12-07T09:00:00Z');
    await works('P-3', { zone: 'Europe/Berlin', hours: { fri: '09:00-13:00' }, country: 'DE' });
    // Christmas and New Year are Fridays.
    expect(await gaps(id('A-2'))).toEqual([
      '2026-12-21 Hansa Nord, null: no working hours: Maren Timm',
      '2026-12-28 Hansa Nord, null: no working hours: Maren Timm',
    ]);
    await works('P-3', { zone: 'Europe/Berlin', hours: { 'thu-sat': '09:00-13:00' }, country: 'DE' });
    expect(await gaps(id('A-2'))).toEqual([]);
    await away('P-3', '2026-12-30T23:00:00Z', '2027-01-02T23:00:00Z');
    await works('P-4', { zone: 'Europe/Berlin', hours: { fri: '09:00-13:00' }, country: 'DE' });
    expect(await gaps(id('A-2'))).toEqual(['2026-12-28 Hansa Nord, null: no working hours: Ines Paulsen']);
  });

  it('counts only those whose own approve limit covers the smallest order of the rule, and names rules without one', async () => {
    const approve = (maren: number | string) => ({
      limits: {
        approve: {
          default: { amount: 0, currency: 'EUR', per: 'order' },
          people: { 'P-3': typeof maren === 'string' ? maren : { amount: maren, currency: 'EUR', per: 'order' } },
        },
      },
    });
    const rules = (bounds: object) => [
      { name: 'ask', effect: 'require', when: { orderTotal: { currency: 'EUR', ...bounds } }, stages: [MANAGER] },
    ];
    const { put, gaps, limitsLeftOut, id } = await office();
    const say = async (bounds: object, limit: number | string) => {
      await put({ mode: 'own', rules: rules(bounds), ...approve(limit) });
      return gaps(id('A-2'));
    };
    expect(await say({ gt: 15_000 }, 10_000)).toHaveLength(4);
    expect((await gaps(id('A-2')))[0]).toMatch(/^2026-11-23 Hansa Nord, null: nobody may decide/);
    // Up to and including the limit passes, and the smallest order is a cent above.
    expect(await say({ gt: 15_000 }, 15_000)).toHaveLength(4);
    expect(await say({ gte: 15_000 }, 15_000)).toEqual([]);
    expect(await say({ gt: 15_000 }, 'unlimited')).toEqual([]);
    expect(await limitsLeftOut()).toEqual([]);
    expect(await say({ lt: 500 }, 0)).toEqual([]);
    expect(await limitsLeftOut()).toEqual([{ account: 'Hansa', rule: 'ask' }]);
    await put({ mode: 'own', rules: rules({ lt: 500 }) });
    expect(await limitsLeftOut()).toEqual([]);
  });
});

describe('before an absence', () => {
  it('who goes is told what waits and who could take it, once, when two hours of work are left', async () => {
    const { away, announceAt, told, id } = await office();
    // From Monday on; the last working day is Friday.
    await away('P-2', '2026-11-29T23:00:00Z', '2026-12-04T23:00:00Z');
    expect(await announceAt('2026-11-27T13:59:00Z')).toBe(0);
    expect(await announceAt('2026-11-27T14:00:00Z')).toBe(1);
    expect(await announceAt('2026-11-27T14:10:00Z')).toBe(0);
    expect(await told()).toEqual([
      {
        person_id: id('P-2'),
        facts: { startsAt: '2026-11-29T23:00:00.000Z', endsAt: '2026-12-04T23:00:00.000Z', waiting: 1, deputies: ['Maren Timm'] },
      },
    ]);
  });

  it('without an end nobody counts the days until the end of time', async () => {
    const { away, announceAt, told, id } = await office();
    // As SAP writes it.
    await away('P-2', '2026-11-29T23:00:00Z', '9999-12-30T23:00:00Z');
    expect(await announceAt('2026-11-27T14:00:00Z')).toBe(1);
    expect(await told()).toMatchObject([{ person_id: id('P-2'), facts: { endsAt: '9999-12-30T23:00:00.000Z' } }]);
  });

  it('of an hour, or with nothing that waits, nobody is told', async () => {
    const { away, announceAt } = await office();
    await away('P-2', '2026-11-24T09:00:00Z', '2026-11-24T11:00:00Z');
    await away('P-4', '2026-11-24T00:00:00Z', '2026-11-28T00:00:00Z');
    expect(await announceAt('2026-11-23T15:30:00Z')).toBe(0);
  });
});
