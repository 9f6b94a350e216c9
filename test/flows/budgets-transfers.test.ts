/** What may be moved from one budget or period into another, and what stands in the ledger then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topUp, transfer } from '../../src/budgets/move-money.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
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
