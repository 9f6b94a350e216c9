import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { available } from '../../src/domain/budgets/balance.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { adjust, external } from './ledger/charge.ts';

let setup: BudgetsSetup;
let other: BudgetsSetup;

beforeAll(async () => {
  const { db, url } = await createTestDatabase();
  const clock = { now: new Date('2026-07-10T09:00:00Z') };
  setup = aroundBudgets(db, clock);
  // A second process has a pool of its own.
  other = aroundBudgets(await openDatabase(url, { poolSize: 6 }), clock);
  return () => other.db.destroy();
});

interface Act {
  readonly what: 'reserve' | 'revise' | 'release' | 'commit' | 'adjust' | 'external';
  readonly order: number;
  readonly budgets: readonly number[];
  readonly amount: number;
}

const anyAct: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom('reserve', 'reserve', 'reserve', 'revise', 'release', 'commit', 'adjust', 'external'),
  order: fc.integer({ min: 1, max: 12 }),
  budgets: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
  amount: fc.integer({ min: 1, max: 4_000 }),
});

it('keeps its invariants under thousands of interleavings of several processes, and never deadlocks', async () => {
  let world = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { minLength: 20, maxLength: 40 }), async (acts) => {
      world += 1;
      const top = await setup.budget({ rollUp: 'enforced', amount: 9_000, enforcement: 'block' });
      const ids = [top];
      for (const enforcement of ['block', 'warn', 'require_approval'] as const)
        ids.push(await setup.budget({ parentId: top, amount: 5_000, enforcement }));
      await Promise.all(acts.map((act, n) => play(n % 2 === 0 ? setup : other, act, ids, world)));
      const periods = (await Promise.all(ids.map((id) => setup.periods(id)))).flat();
      for (const period of periods) {
        // Invariant 1 of SEMANTICS 4.7: what exceeds is covered by OVERRIDE, exactly.
        expect(period.overridden).toBe(Math.max(0, -available(period)));
        expect(period.reserved).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
  // Invariant 2: the sums are what the movements give.
  expect(await setup.wrongSums()).toEqual([]);
  expect(Number((await setup.db('budget_movements').count('* as n'))[0]?.n)).toBeGreaterThan(300);
  // Nobody who orders exceeds a budget that blocks; facts of the ERP may.
  const excess = await setup
    .db('budget_movements as m')
    .join('budgets as b', 'b.id', 'm.budget_id')
    .where({ 'm.type': 'OVERRIDE', 'b.enforcement': 'block', 'm.by': 'test' })
    .where('m.amount', '>', 0)
    .select('m.idempotency_key', 'm.amount', 'm.reason');
  expect(excess).toEqual([]);
});

async function play(where: BudgetsSetup, { what, order, budgets, amount }: Act, ids: readonly string[], world: number): Promise<void> {
  const orderId = world * 100 + order;
  const charges = budgets.map((n) => ({ budgetId: String(ids[n]), amount }));
  const fact = { charges, day: { at: where.clock.now } };
  switch (what) {
    case 'reserve':
      await where.reserve(orderId, charges);
      return;
    case 'revise':
      await where.reserve(orderId, charges, { revision: 2, over: { by: 'person:4', reason: 'agreed' } });
      return;
    case 'release':
      return where.release(orderId);
    case 'commit':
      return where.commit(orderId);
    case 'adjust':
      await where.locked(orderId, (trx) =>
        adjust(trx, { ...fact, key: `SO-${orderId} ${amount}`, orderId: String(orderId) }, where.clock.now),
      );
      return;
    case 'external':
      await where.locked(orderId, (trx) => external(trx, { ...fact, key: `EX-${orderId}` }, where.clock.now));
  }
}
