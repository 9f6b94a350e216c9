import { describe, expect, it } from 'vitest';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { recordAbsences, removeAbsence } from '../../src/store/work-calendars/absences.ts';
import { clockDesk, tend } from './escalation-setup.ts';

async function office(stage: object = {}) {
  const setup = await clockDesk(stage);
  const { db, id, clock, rows } = setup;
  return {
    ...setup,
    /** Days in UTC. */
    away: (who: string, from: string, until: string) =>
      db.transaction((trx) =>
        recordAbsences(
          trx,
          'test',
          [
            {
              personId: id(who),
              externalId: `${who} ${from}`,
              startsAt: new Date(`${from}T00:00:00Z`),
              endsAt: new Date(`${until}T00:00:00Z`),
            },
          ],
          clock.now,
        ),
      ),
    async tendAt(when: string) {
      clock.now = new Date(`${when}:00Z`);
      await tend(setup);
    },
    skipped: async () =>
      (
        await rows<{ skipped: string[] }>(
          `select array(select c ->> 'skipped' from jsonb_array_elements(facts -> 'considered') c where c ->> 'skipped' is not null) as skipped
           from order_log where kind = 'step_assigned' order by id desc limit 1`,
        )
      )[0]?.skipped,
  };
}

describe('an order that waits for somebody who goes on leave', () => {
  it('moves to the superior when the leave begins, and returns when it ends', async () => {
    const { away, held, tendAt, skipped, told, approve } = await office();
    await away('P-2', '2026-11-24', '2026-11-26');
    await tendAt('2026-11-23T23:59');
    expect(await held()).toBe('active: P-2');
    await tendAt('2026-11-24T00:00');
    expect(await held()).toBe('active: P-3 for P-2');
    expect(await skipped()).toEqual(['is away; Maren Timm stands in']);
    expect(await told()).toEqual(['approval.asked P-2', 'approval.asked P-3']);
    await tendAt('2026-11-26T00:00');
    expect(await held()).toBe('active: P-2');
    expect((await approve('P-2')).order).toBe('approved');
  });

  it('goes to the deputy if one is named, also when that happens later', async () => {
    const { away, held, tendAt, delegate } = await office();
    await away('P-2', '2026-11-24', '2026-11-30');
    await delegate('P-2', 'P-5', '2026-11-25T08:00', '2026-11-27T00:00');
    await tendAt('2026-11-24T00:00');
    expect(await held()).toBe('active: P-3 for P-2');
    await tendAt('2026-11-25T08:00');
    expect(await held()).toBe('active: P-5 for P-2');
    await tendAt('2026-11-27T00:00');
    expect(await held()).toBe('active: P-3 for P-2');
  });

  it('moves on when who stands in goes on leave, too, and stays with the first when everybody is', async () => {
    const { away, held, tendAt, skipped } = await office();
    await away('P-2', '2026-11-24', '2026-11-30');
    await away('P-3', '2026-11-25', '2026-11-30');
    await away('P-4', '2026-11-26', '2026-11-30');
    await tendAt('2026-11-24T08:00');
    expect(await held()).toBe('active: P-3 for P-2');
    await tendAt('2026-11-25T08:00');
    expect(await held()).toBe('active: P-4 for P-2');
    await tendAt('2026-11-26T08:00');
    expect(await held()).toBe('active: P-2');
    expect(await skipped()).toEqual(['is away, and so is everybody who could stand in']);
  });

  it('is decided in both names, and never by who ordered', async () => {
    const { away, held, tendAt, alter, id, approve, rows } = await office();
    await alter('P-2', { superior_id: id('P-1') });
    await alter('P-1', { superior_id: id('P-2') });
    await away('P-2', '2026-11-24', '2026-11-30');
    await tendAt('2026-11-24T08:00');
    expect(await held()).toBe('active: P-2');
    await alter('P-2', { superior_id: id('P-3') });
    await tendAt('2026-11-24T08:01');
    await approve('P-3');
    expect(await rows('select person_id, for_person_id from decisions')).toEqual([{ person_id: id('P-3'), for_person_id: id('P-2') }]);
  });

  it('escalates to the superior of the original while a deputy decides', async () => {
    const { away, held, tendAt, delegate, at } = await office({ clock: { escalateAfter: '1 business day' } });
    await delegate('P-2', 'P-5', '2026-11-24T00:00', '2026-12-24T00:00');
    await away('P-2', '2026-11-24', '2026-12-24');
    await tendAt('2026-11-24T00:00');
    expect(await held()).toBe('active: P-5 for P-2');
    await at('2026-11-26T08:00');
    expect(await held()).toBe('active: P-5 for P-2, P-3');
  });

  it('returns at once when the absence is taken back', async () => {
    const { away, held, tendAt, db, rows, clock } = await office();
    await away('P-2', '2026-11-23', '2026-11-30');
    await tendAt('2026-11-23T10:00');
    expect(await held()).toBe('active: P-3 for P-2');
    const [absence] = await rows<{ id: string }>('select id from absences');
    await db.transaction((trx) => removeAbsence(trx, String(absence?.id), clock.now));
    await tendAt('2026-11-23T10:01');
    expect(await held()).toBe('active: P-2');
  });
});

describe('steps that are looked after', () => {
  it('do not wait behind those of a company whose rules nobody can read', async () => {
    const { away, clock, context, rows, submit, put } = await office();
    const second = await submit({ reference: 'R-2' });
    await put({ mode: 'own', rules: [{ name: 'later', effect: 'require', when: {}, stages: [{ approvers: [{ superior: 1 }] }] }] });
    const third = await submit({ reference: 'R-3' });
    await rows(`update policies set document = '{"mode":"own","rules":[{"name":"from a later version"}]}' where version = 1`);
    await away('P-2', '2026-11-23', '2026-11-30');
    clock.now = new Date('2026-11-23T10:00:00Z');
    expect(await tendSteps(context)).toMatchObject({
      stuck: [{ code: 'RULES_INVALID', stepIds: [expect.any(String), expect.any(String)] }],
    });
    const held = await rows<{ order_id: string; for_person_id: string | null }>(
      'select s.order_id, h.for_person_id from step_holders h join approval_steps s on s.id = h.step_id order by 1',
    );
    expect(held.filter(({ for_person_id }) => for_person_id !== null).map(({ order_id }) => order_id)).toEqual([third.order.id]);
    expect(held.map(({ order_id }) => order_id)).toContain(second.order.id);
  });
});
