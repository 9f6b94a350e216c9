import { expect, it } from 'vitest';
import { assignSteps, loadHolders, type StepHolder } from '../../src/store/approvals/holders.ts';
import { clockDesk } from './escalation-setup.ts';

async function oneHolder() {
  const setup = await clockDesk();
  const { db, rows, clock } = setup;
  const [step = { id: '' }] = await rows<{ id: string }>('select id from approval_steps');
  const before = await loadHolders(db, step.id);
  const held = { stepId: step.id, state: 'active' as const, needed: 1, climbs: [], before };
  return {
    ...setup,
    before,
    written: async () => (await rows<{ xmin: string }>('select xmin from step_holders')).map(({ xmin }) => xmin),
    assign: (holders: readonly StepHolder[]) => db.transaction((trx) => assignSteps(trx, [{ ...held, holders }], clock.now)),
    holders: () => loadHolders(db, step.id),
  };
}

it.each<Partial<StepHolder>>([
  { forPersonId: '77' },
  { via: 'superior of Jens' },
  { seatId: '77' },
  { level: 2 },
  { since: new Date('2026-11-24T08:00:00Z') },
  { since: null },
  { alsoFor: [{ personId: '77', level: 1, since: new Date('2026-11-24T08:00:00Z') }] },
])('a holder of whom something has changed is written as %o', async (change) => {
  const { before, assign, holders } = await oneHolder();
  const changed = before.map((one) => ({ ...one, ...change }));
  await assign(changed);
  expect(await holders()).toEqual(changed);
});

it('a holder of whom nothing has changed is not written again when another comes', async () => {
  const { before, assign, holders, written, id } = await oneHolder();
  const [xmin] = await written();
  const other = { personId: id('P-5'), forPersonId: null, alsoFor: [], via: 'role buyer', seatId: null, level: 1, since: null };
  await assign([...before, other]);
  expect(await holders()).toHaveLength(2);
  expect(await written()).toContain(xmin);
});

it('a step of which only the holders have changed is not written again, and one of which more has is', async () => {
  const { before, rows, db, clock, assign } = await oneHolder();
  const [step] = await rows<{ id: string; xmin: string }>('select id, xmin from approval_steps');
  const now = async () => (await rows<{ xmin: string; climbs: unknown[] }>('select xmin, climbs from approval_steps'))[0];
  await assign(before.map((one) => ({ ...one, via: 'superior of Jens' })));
  expect(await now()).toEqual({ xmin: step?.xmin, climbs: [] });
  const climbs = [{ level: 1, rung: 'list' as const, at: clock.now, people: [] }];
  await db.transaction((trx) =>
    assignSteps(trx, [{ stepId: step?.id ?? '', state: 'active', needed: 1, climbs, before, holders: before }], clock.now),
  );
  expect((await now())?.climbs).toHaveLength(1);
});

it('who holds a step no longer is gone from it', async () => {
  const { assign, holders } = await oneHolder();
  await assign([]);
  expect(await holders()).toEqual([]);
});
