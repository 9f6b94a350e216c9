/** What may be moved from one budget or period into another, and what stands in the ledger then. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topUp, transfer } from '../../src/budgets/move-money.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { available } from '../../src/domain/budgets/balance.ts';
import type { NewBudget } from '../../src/domain/budgets/budget.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

let setup: OrdersSetup;
let books: BudgetsSetup;
beforeAll(async () => {
  setup = await setupOrders({ now: '2026-07-10T09:00:00Z' });
  books = aroundBudgets(setup.db, setup.clock);
});
afterAll(async () => expect(await books.wrongSums()).toEqual([]));

const budget = (change: Partial<NewBudget> = {}) => books.budget({ companyId: setup.id('A-1'), amount: 100_000, ...change });
const greta = { ownerKind: 'person', ownerCode: null } as const;
let moves = 0;

/** `budget` or `budget day`: its running period, or that of a day. By Ines, the administrator. */
async function move(from: string, to: string, amount: number, who = 'P-4') {
  moves += 1;
  const told = { amount, personId: setup.id(who), reason: 'trade fair', key: `test ${moves}` };
  return setup.db.transaction((trx) => transfer(trx, { ...told, from: purse(from), to: purse(to) }, setup.clock.now));
}

function purse(told: string) {
  const [budgetId = '', on] = told.split(' ');
  return { budgetId, day: on === undefined ? { at: setup.clock.now } : { on } };
}

describe('what gives money', () => {
  it('is the running period or the next one, neither one that is closed nor one further ahead', async () => {
    setup.clock.now = new Date('2026-07-10T09:00:00Z');
    const [giver, taker] = [await budget({ code: 'GIVER' }), await budget()];
    setup.clock.now = new Date('2026-08-03T09:00:00Z');
    await openPeriods(setup.db, setup.clock.now);
    await expect(move(`${giver} 2026-07-10`, taker, 1)).rejects.toThrow('period 2026-07 of GIVER is closed; only the running period and');
    setup.clock.now = new Date('2026-08-20T09:00:00Z');
    await openPeriods(setup.db, setup.clock.now);
    await expect(move(`${giver} 2026-07-10`, taker, 1)).rejects.toMatchObject({ code: 'BUDGET_INVALID' });
    const back = { to: purse(`${giver} 2026-07-10`), amount: -1, personId: setup.id('P-4'), reason: 'back', key: 'back' };
    await expect(setup.db.transaction((trx) => topUp(trx, back, setup.clock.now))).rejects.toThrow('is closed');
    await expect(move(`${giver} 2026-10-10`, taker, 1)).rejects.toThrow('period 2026-10 of GIVER is further ahead than the next one');
    expect(await move(`${giver} 2026-09-10`, giver, 40_000)).toMatchObject({ from: { period: '2026-09', available: 60_000 } });
    expect((await books.periods(giver)).map(({ key, adjusted }) => [key, adjusted])).toEqual([
      ...[['2026-07', 0], ['2026-08', 40_000], ['2026-09', -40_000]], // biome-ignore format: one line a list
    ]);
  });

  it('is not the next month of a personal budget at the word of the person whose it is', async () => {
    const own = await budget({ ...greta, ownerId: setup.id('P-1') });
    const next = `${own} 2026-09-10`;
    await expect(move(next, own, 1, 'P-1')).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining('their own') });
    await move(next, own, 1, 'P-4');
    await move(own, await budget(), 1, 'P-1');
  });
});

describe('between a budget and those above it', () => {
  const lines = async (id: string) =>
    (await setup.rows<{ line: string }>(`select type || ' ' || amount as line from budget_movements where budget_id = ? and type like 'TRANSFER%' order by id`, [id])).map(({ line }) => line); // biome-ignore format: one query
  const free = async (...ids: string[]) => Promise.all(ids.map(async (id) => available((await books.periods(id))[0] ?? expect.fail())));
  const family = async (change: Partial<NewBudget> = {}) => {
    const top = await budget({ rollUp: 'enforced', amount: 300_000, code: `TOP ${++moves}` });
    const [north, south] = [await budget({ parentId: top, rollUp: 'enforced' }), await budget({ parentId: top, rollUp: 'enforced' })];
    return { top, north, south, leaf: await budget({ parentId: north, ...change }), other: await budget({ parentId: south }) };
  };

  it('nothing leaves what is charged with both, whose statement tells of it all the same', async () => {
    const { top, north } = await family();
    expect(await move(top, north, 50_000)).toMatchObject({ from: { available: 300_000 }, to: { available: 150_000 } });
    await move(north, top, 20_000);
    expect(await free(top, north)).toEqual([300_000, 130_000]);
    expect([await lines(top), await lines(north)]).toEqual([
      ['TRANSFER_OUT 0', 'TRANSFER_IN 0'],
      ['TRANSFER_IN 50000', 'TRANSFER_OUT -20000'],
    ]);
    const [{ reason }] = await setup.rows<{ reason: string }>(`select reason from budget_movements where budget_id = ? and type = 'TRANSFER_OUT'`, [top]) as [{ reason: string }]; // biome-ignore format: one query
    expect(reason).toMatch(/^trade fair; 500\.00 EUR stay here, where B-\d+ is charged as well$/);
    await expect(move(top, north, 300_001)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    await expect(move(top, north, 1, 'P-1')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('what is charged with one side gives or gets as much, from whoever has authority over all that give', async () => {
    const { top, north, south, leaf, other } = await family({ ...greta, ownerId: setup.id('P-1') });
    await expect(move(leaf, other, 1_000, 'P-1')).rejects.toThrow(/no authority over B-/);
    await move(leaf, other, 30_000);
    expect(await free(top, north, south, leaf, other)).toEqual([300_000, 70_000, 130_000, 70_000, 130_000]);
    await books.reserve(1, [north, 70_000]);
    await expect(move(leaf, other, 1)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
  });

  it('leaves what can be spent in all as it was, whatever moves in whatever tree', async () => {
    const anyBudget = fc.record({
      parent: fc.nat(5),
      rollUp: fc.constantFrom('enforced', 'enforced', 'informative'),
      kind: fc.constantFrom('month', 'quarter'),
      limitKind: fc.constantFrom('amount', 'amount', 'amount', 'unlimited'),
    } as const);
    const anyMove = fc.record({
      from: fc.nat(5),
      to: fc.nat(5),
      isNext: fc.tuple(fc.boolean(), fc.boolean()),
      amount: fc.integer({ min: 1, max: 60_000 }),
    });
    const done = { moved: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyBudget, { minLength: 3, maxLength: 6 }),
        fc.array(anyMove, { minLength: 3, maxLength: 8 }),
        async (tree, all) => {
          const made: Array<{ id: string; isBelow: boolean; isBound: boolean }> = [];
          for (const { parent, rollUp, kind, limitKind } of tree) {
            const above = made[parent % Math.max(made.length, 1)];
            const periodRule = { kind, firstMonth: 1, anchorDay: 1 };
            const id = await budget({
              parentId: above?.id ?? null,
              rollUp,
              limitKind,
              periodRule,
              amount: limitKind === 'amount' ? 100_000 : null,
            });
            made.push({
              id,
              isBound: rollUp === 'enforced' && limitKind === 'amount',
              isBelow: above !== undefined && (above.isBelow || above.isBound),
            });
          }
          for (const { from, to, isNext, amount } of all) {
            const place = (n: number, next: boolean) => `${made[n % made.length]?.id}${next ? ' 2026-10-15' : ''}`;
            await move(place(from, isNext[0]), place(to, isNext[1]), amount).then(() => (done.moved += 1), expectRefusal);
          }
          // A limit that is enforced bounds all that is below it: in all there is what those have that none is above of.
          const periods = (await Promise.all(made.map(({ id }) => books.periods(id)))).flat();
          const tops = new Set(made.filter(({ isBelow }) => !isBelow).map(({ id }) => id));
          const moved = periods.filter(({ budgetId }) => tops.has(budgetId)).reduce((sum, { adjusted }) => sum + adjusted, 0);
          expect([moved, periods.filter(({ overridden }) => overridden > 0)]).toEqual([0, []]);
        },
      ),
      { numRuns: 30, endOnFailure: true },
    );
    expect(done.moved).toBeGreaterThan(30);
  });

  const expectRefusal = (error: { code?: string }) => expect(['BUDGET_INVALID', 'BUDGET_EXCEEDED']).toContain(error.code);
});
