import { describe, expect, it } from 'vitest';
import { announceAbsences } from '../../src/approvals/announce-absences.ts';
import { findGaps } from '../../src/approvals/coverage.ts';
import { recordAbsences } from '../../src/store/work-calendars/absences.ts';
import { desk } from './order-desk.ts';

/** Monday, 10:00 in Berlin. Greta's order waits for Jens. */
async function office(stages?: readonly object[]) {
  const setup = await desk(stages);
  const { db, id, clock, rows } = setup;
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
    gaps: async (accountId: string | null = null) =>
      (await findGaps(db, { accountId, weeks: 4 }, clock.now)).gaps.map(
        ({ week, days, of, unit, requester, because }) => `${week} ${days}/${of} ${unit}, ${requester}: ${because}`,
      ),
    announceAt: (when: string) => announceAbsences(db, new Date(when)),
    told: async () =>
      rows<{ person_id: string; facts: object }>(`select person_id, facts from notifications where event = 'absence.handover'`),
  };
}

describe('coverage', () => {
  it('names weeks in which whoever may decide and all who could stand in are away', async () => {
    const { away, gaps, id } = await office([{ approvers: [{ role: 'purchasing_manager', in: 'company' }] }]);
    await away('P-3', '2026-12-01T00:00:00Z', '2026-12-12T00:00:00Z');
    expect(await gaps()).toEqual([]);
    await away('P-4', '2026-12-10T00:00:00Z', '2026-12-20T00:00:00Z');
    expect(await gaps(id('A-2'))).toEqual(['2026-12-07 2/5 Hansa Nord, null: away: Maren Timm']);
    expect(await gaps(id('B-1'))).toEqual([]);
  });

  it('asks about superiors for those who have the same one, and not about days that are over', async () => {
    const { away, gaps, clock, id } = await office();
    for (const who of ['P-2', 'P-3', 'P-4']) await away(who, '2026-11-23T00:00:00Z', '2026-11-29T00:00:00Z');
    clock.now = new Date('2026-11-26T09:00:00Z');
    expect(await gaps(id('A-2'))).toEqual([
      '2026-11-23 2/2 Hansa Nord, Jens Brandt: away: Maren Timm',
      '2026-11-23 2/2 Hansa Nord, Greta Brandt: away: Jens Brandt',
    ]);
  });

  it('names a stage for which there is nobody at all in every week', async () => {
    const { gaps, id, alter } = await office([{ mode: 'n_of_m', n: 2, approvers: [{ role: 'purchasing_manager', in: 'company' }] }]);
    const found = await gaps(id('A-2'));
    expect(found).toHaveLength(4);
    expect(found[0]).toContain('2 must approve, and only 1 may: Maren Timm');
    await alter('P-4', { roles: ['purchasing_manager'] });
    expect(await gaps(id('A-2'))).toEqual([]);
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
