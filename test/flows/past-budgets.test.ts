/** What budgets would have said of past orders is what they said when those came in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dryRun } from '../../src/approvals/dry-run.ts';
import { loadPastBudgets } from '../../src/approvals/load-past-budgets.ts';
import type { Trace } from '../../src/approvals/trace.ts';
import { closeBudget, reopenBudget } from '../../src/budgets/close-budget.ts';
import { topUp } from '../../src/budgets/move-money.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import type { CarryRule } from '../../src/domain/budgets/carry.ts';
import type { BudgetNumbers } from '../../src/domain/policy/budget-facts.ts';
import { policySchema } from '../../src/domain/policy/schema.ts';
import { loadPastOrders } from '../../src/store/approvals/past-orders.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';

let setup: BudgetOrders;
const orders = new Map<string, string>();

const pass = (minutes = 1) => {
  setup.clock.now = new Date(setup.clock.now.getTime() + minutes * 60_000);
};
const at = (iso: string) => {
  setup.clock.now = new Date(iso);
  return openPeriods(setup.db, setup.clock.now);
};
const carryRule: CarryRule = { mode: 'full', rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'forgive' };

async function place(name: string, ovens: number, more: object = {}): Promise<string> {
  const { order } = await setup.order(ovens, more);
  orders.set(name, order.id);
  return order.id;
}

const numbersOf = (period: BudgetNumbers | null) => ({ key: period?.key ?? null, total: period?.total ?? null, available: period?.available ?? null }); // biome-ignore format: one row

/** Everything that may happen to budgets, between orders that meet them. */
beforeAll(async () => {
  setup = await setupBudgetOrders();
  const { db, clock, id } = setup;
  const hansa = await setup.nord({ ownerId: id('A-1'), code: 'HANSA', rollUp: 'enforced', amount: 2_000_000, carryRule });
  const nord = await setup.nord({ code: 'NORD', parentId: hansa, enforcement: 'require_approval', carryRule });
  await setup.nord({ ownerKind: 'cost_centre', ownerId: null, ownerCode: '4100', code: 'DEL', chargeOn: 'delivery', amount: 300_000 });
  await setup.budgets.budget({ companyId: id('A-1'), ownerCode: 'NEUBAU', code: 'NEU' });
  await setup.asksFor(10);
  pass();
  const first = await place('first', 1);
  const second = await place('at the same instant', 2);
  pass();
  await setup.approve(first);
  await setup.handOff(first);
  pass();
  await place('after a commitment', 3);
  pass();
  await setup.decline(second);
  pass();
  await place('after a decline', 1, { requestedDeliveryOn: '2027-01-15' });
  pass();
  const bring = { amount: 100_000, personId: id('P-4'), reason: 'more', key: 'more', to: { budgetId: nord, day: { at: clock.now } } };
  await db.transaction((trx) => topUp(trx, bring, clock.now));
  pass();
  await place('after a top-up', 1);
  pass();
  await place('for a project', 1, { project: 'NEUBAU' });
  pass();
  await place('far ahead', 4, { requestedDeliveryOn: '2027-03-10' });
  pass();
  await db.transaction((trx) => closeBudget(trx, { code: 'DEL', by: 'test', reason: null }, clock.now));
  await db.transaction((trx) => reopenBudget(trx, { code: 'DEL', by: 'test' }, clock.now));
  pass();
  await place('far ahead, planned anew', 1, { requestedDeliveryOn: '2027-03-12' });
  await place('farther than anybody took', 4, { requestedDeliveryOn: '2027-06-10' });
  pass();
  await db.transaction((trx) => closeBudget(trx, { code: 'NORD', by: 'test', reason: null }, clock.now));
  pass();
  await place('while one was closed', 1);
  pass();
  await db.transaction((trx) => reopenBudget(trx, { code: 'NORD', by: 'test' }, clock.now));
  await setup.budgets.change(nord, { amount: 900_000 });
  pass();
  await place('after a change of the limit', 1);
  await at('2026-12-01T09:00:00Z');
  await place('in the next month', 1, { requestedDeliveryOn: '2027-01-20' });
  pass();
  await setup.withdraw(first);
  await setup.handOff(first);
  pass();
  await place('after a credit', 1);
  await at('2026-12-20T09:00:00Z');
  await place('after the close', 20);
  pass();
  await setup.nord({ ownerKind: 'person', ownerId: id('P-1'), code: 'LATER', amount: 1 });
  pass();
  await place('after another was made', 1);
  pass();
  await db.transaction((trx) => closeBudget(trx, { code: 'DEL', by: 'test', reason: 'replaced' }, clock.now));
  pass();
  await place('before another took the place of a closed one', 1);
  pass();
  await setup.nord({ ownerKind: 'cost_centre', ownerId: null, ownerCode: '4100', code: 'DEL-2' });
  pass();
  await place('after another took the place of a closed one', 1);
});
afterAll(async () => {
  expect(await setup.budgets.wrongSums()).toEqual([]);
  await setup.erp.close();
});

/** As it was written down when it came in. */
async function judgedThen(): Promise<Map<string, Trace>> {
  const rows = await setup.rows<{ order_id: string; trace: Trace }>(
    'select distinct on (order_id) order_id, trace from evaluations order by order_id, id',
  );
  return new Map(rows.map(({ order_id, trace }) => [order_id, trace]));
}

describe('a look back', () => {
  it('finds in the budgets what every order found when it came in', async () => {
    const filter = { companyId: setup.id('A-1'), accountIds: [setup.id('A-2')], since: new Date(0), afterId: '0', limit: 100 };
    const past = await loadPastBudgets(setup.db, setup.id('A-1'), await loadPastOrders(setup.db, filter));
    const then = await judgedThen();
    for (const [name, orderId] of orders) {
      const found = past.get(orderId)?.map(({ code, lack, period }) => ({ code, lack, ...numbersOf(period) }));
      const wanted = then.get(orderId)?.budgets.map(({ code, because, period: key, total, available }) => ({ code, lack: because ?? null, key, total, available })); // biome-ignore format: one row
      expect({ name, found }).toEqual({ name, found: wanted });
    }
    expect(then.size).toBe(orders.size);
  });

  it('says of each what was said, where the rules are the same', async () => {
    const document = policySchema.parse({
      mode: 'own',
      rules: [
        { name: 'ask', effect: 'require', when: { orderTotal: { gt: 10, currency: 'EUR' } }, stages: [{ approvers: [{ superior: 1 }] }] },
      ],
    });
    const question = { accountId: setup.id('A-1'), document, since: new Date(0), now: setup.clock.now, rateMaxAgeDays: 7 };
    const { orders: told } = await dryRun(setup.db, question);
    const then = await judgedThen();
    expect(told.map(({ id, outcome, because }) => ({ id, outcome, because }))).toEqual(
      [...then].map(([id, { outcome, reasons }]) => ({ id, outcome, because: reasons })),
    );
    expect(told.find(({ id }) => id === orders.get('after the close'))?.because).toContainEqual(
      expect.stringMatching(/budget NORD .* in 2026-12: 20000\.00 EUR of .* EUR available, .* too much/),
    );
  });

  it('tells whom a rule about budgets would have asked', async () => {
    const document = policySchema.parse({
      mode: 'own',
      rules: [{ name: 'nearly used up', effect: 'warn', when: { budgetAfter: { code: 'NORD', usedPercent: { gte: 50 } } } }],
    });
    const question = { accountId: setup.id('A-1'), document, since: new Date(0), now: setup.clock.now, rateMaxAgeDays: 7 };
    const warned = (await dryRun(setup.db, question)).orders.filter(({ outcome }) => outcome === 'warn').map(({ id }) => id);
    // 3,000 of 5,000; 3,000, 4,000 and 5,000 of 6,000. What is beyond some budget waits anyway.
    expect([...orders].flatMap(([name, id]) => (warned.includes(id) ? name : []))).toEqual([
      ...['at the same instant', 'after a top-up', 'for a project', 'far ahead, planned anew'],
    ]);
  });
});
