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

it('who holds a step no longer is gone from it', async () => {
  const { assign, holders } = await oneHolder();
  await assign([]);
  expect(await holders()).toEqual([]);
});
