import { beforeAll, describe, expect, it } from 'vitest';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { available } from '../../src/domain/budgets/balance.ts';
import { type BudgetsSetup, setupBudgets } from './budgets-setup.ts';
import { actual, adjust, external } from './ledger/charge.ts';

let setup: BudgetsSetup;

beforeAll(async () => {
  setup = await setupBudgets();
});

const balance = async (id: string, n = 0) => (await setup.periods(id)).at(n);

describe('a budget as a ledger', () => {
  it('lets one of two orders of the same instant in when both do not fit, and keeps both entries of one that is declined', async () => {
    const id = await setup.budget();
    const outcomes = await Promise.all([setup.reserve(1, [id, 300_000]), setup.reserve(2, [id, 250_000])]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['refused', 'reserved']);
    const winner = outcomes[0]?.outcome === 'reserved' ? 1 : 2;
    const amount = winner === 1 ? 300_000 : 250_000;
    expect(outcomes[winner === 1 ? 1 : 0]?.budgets).toMatchObject([{ available: 500_000 - amount, excess: 50_000, periodKey: '2026-07' }]);
    await setup.release(winner);
    const period = await balance(id);
    expect(period && available(period)).toBe(500_000);
    expect(await setup.lines(id)).toEqual(['ALLOCATE 500000', `RESERVE ${amount}`, `RELEASE -${amount}`]);
  });

  it('does everything once, however often it is told', async () => {
    const id = await setup.budget();
    for (let time = 0; time < 3; time += 1) await setup.reserve(11, [id, 1_000]);
    for (let time = 0; time < 3; time += 1) await setup.commit(11);
    for (let time = 0; time < 3; time += 1) await setup.release(11);
    expect(await setup.lines(id)).toEqual(['ALLOCATE 500000', 'RESERVE 1000', 'COMMIT 1000']);
    expect(await balance(id)).toMatchObject({ reserved: 0, committed: 1_000 });
  });

  it('lets a new revision take the place of the old one, and counts what that had as free', async () => {
    const id = await setup.budget();
    await setup.reserve(21, [id, 400_000]);
    expect(await setup.reserve(21, [id, 500_000], { revision: 2 })).toMatchObject({
      outcome: 'reserved',
      budgets: [{ available: 500_000 }],
    });
    expect(await setup.reserve(21, [id, 500_001], { revision: 3 })).toMatchObject({ outcome: 'refused', budgets: [{ excess: 1 }] });
    expect(await setup.lines(id)).toEqual(['ALLOCATE 500000', 'RESERVE 400000', 'RELEASE -400000', 'RESERVE 500000']);
  });

  it('passes what a budget only warns of with an OVERRIDE that names the rule, and takes it back when it is needed no longer', async () => {
    const id = await setup.budget({ code: 'WARNS', enforcement: 'warn' });
    await setup.reserve(31, [id, 450_000]);
    await setup.reserve(32, [id, 80_000]);
    expect(await balance(id)).toMatchObject({ reserved: 530_000, overridden: 30_000 });
    await setup.release(31);
    expect(await setup.lines(id)).toEqual([
      ...['ALLOCATE 500000', 'RESERVE 450000', 'RESERVE 80000', 'OVERRIDE 30000', 'RELEASE -450000', 'OVERRIDE -30000'],
    ]);
    const [{ reason }] = await setup.db('budget_movements').where({ budget_id: id, type: 'OVERRIDE', amount: 30_000 }).select('reason');
    expect(reason).toBe('enforcement warn of WARNS lets orders exceed it: 300.00 EUR over');
  });

  it('reserves nothing over a budget that requires approval until somebody answers for it', async () => {
    const id = await setup.budget({ enforcement: 'require_approval' });
    await setup.reserve(41, [id, 100_000]);
    expect(await setup.reserve(41, [id, 600_000], { revision: 2 })).toMatchObject({ outcome: 'held', budgets: [{ excess: 100_000 }] });
    expect(await balance(id)).toMatchObject({ reserved: 0 });
    await setup.reserve(41, [id, 600_000], { revision: 2, over: { by: 'person:4', reason: 'trade fair' } });
    expect(await balance(id)).toMatchObject({ reserved: 600_000, overridden: 100_000 });
    const [row] = await setup.db('budget_movements').where({ budget_id: id, type: 'OVERRIDE' });
    expect(row).toMatchObject({ by: 'person:4', reason: 'trade fair', order_id: '41' });
  });

  it('charges what enforces above, once, and fits only if it fits everywhere', async () => {
    const top = await setup.budget({ rollUp: 'enforced', amount: 100_000 });
    const looks = await setup.budget({ parentId: top, limitKind: 'unlimited' });
    const one = await setup.budget({ parentId: looks, ownerKind: 'cost_centre' });
    const other = await setup.budget({ parentId: looks, ownerKind: 'cost_centre' });
    const person = await setup.budget({ parentId: top, ownerKind: 'project', limitKind: 'inherit' });
    const charges = [
      { budgetId: one, amount: 40_000 },
      { budgetId: other, amount: 30_000 },
      { budgetId: person, amount: 70_000 },
    ];
    expect(await setup.reserve(51, charges)).toMatchObject({ outcome: 'reserved' });
    expect(await balance(top)).toMatchObject({ reserved: 70_000 });
    expect(await balance(looks)).toMatchObject({ reserved: 0 });
    const refused = await setup.reserve(52, [one, 30_001]);
    expect(refused).toMatchObject({
      outcome: 'refused',
      budgets: [{ excess: 0 }, { budgetId: top, isAbove: true, available: 30_000, excess: 1 }],
    });
    expect(await balance(one)).toMatchObject({ reserved: 40_000 });
  });

  it('follows what the ERP says: other amounts, spending elsewhere and invoices, above the limit too', async () => {
    const id = await setup.budget();
    await setup.reserve(61, [id, 400_000]);
    await setup.commit(61);
    const facts = { charges: [{ budgetId: id, amount: 450_000 }], orderId: '61', day: { at: setup.clock.now } };
    const tell = (act: typeof external, key: string, amount: number) =>
      setup.db.transaction((trx) => act(trx, { ...facts, charges: [{ budgetId: id, amount }], key, orderId: '61' }, setup.clock.now));
    await setup.db.transaction((trx) => adjust(trx, { ...facts, key: 'SO-1 v2' }, setup.clock.now));
    await setup.db.transaction((trx) => adjust(trx, { ...facts, key: 'SO-1 v2' }, setup.clock.now));
    await tell(external, 'SO-9', 70_000);
    await tell(actual, 'INV-1/1', 450_000);
    expect(await balance(id)).toMatchObject({ committed: 520_000, overridden: 20_000, actual: 450_000 });
    expect(await setup.db('budget_movements').where({ budget_id: id, type: 'OVERRIDE' })).toMatchObject([{ by: 'erp', amount: '20000' }]);
  });

  it('knows no limit, a limit of zero and a limit from above as three things', async () => {
    const none = await setup.budget({ limitKind: 'unlimited' });
    const zero = await setup.budget({ amount: 0 });
    const above = await setup.budget({ parentId: zero, limitKind: 'inherit' });
    expect(await setup.reserve(71, [none, 9_999_999])).toMatchObject({ outcome: 'reserved', budgets: [{ available: null }] });
    expect(await setup.reserve(72, [zero, 1])).toMatchObject({ outcome: 'refused', budgets: [{ available: 0, excess: 1 }] });
    expect(await setup.reserve(73, [above, 1])).toMatchObject({ outcome: 'refused', budgets: [{ available: null }, { available: 0 }] });
  });

  it('plans a period ahead for a delivery there, which begins when its time comes', async () => {
    const id = await setup.budget();
    expect(await setup.reserve(81, [id, 1_000], { day: { on: '2026-09-15' } })).toMatchObject({ budgets: [{ periodKey: '2026-09' }] });
    expect((await setup.periods(id)).map(({ key, state }) => `${key} ${state}`)).toEqual([
      '2026-07 open',
      '2026-08 planned',
      '2026-09 planned',
    ]);
    await openPeriods(setup.db, new Date('2026-09-02T00:00:00Z'));
    expect((await setup.periods(id)).map(({ key, state, reserved, allocated }) => [key, state, reserved, allocated])).toEqual([
      ['2026-07', 'closed_final', 0, 500_000],
      ['2026-08', 'closed_provisional', 0, 500_000],
      ['2026-09', 'open', 1_000, 500_000],
    ]);
  });
});

it('keeps sums that the movements give when summed from zero', async () => {
  expect(await setup.wrongSums()).toEqual([]);
  await setup.db.raw('update budget_periods set actual = actual + 1 where id = (select min(id) from budget_periods)');
  expect(await setup.wrongSums()).toHaveLength(1);
});
