/** At a month's boundary the clock, and whoever orders for a day ahead, want the same budgets: nobody waits for somebody who waits for them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { submitOrders } from '../../src/orders/submit.ts';
import { openDatabase } from '../../src/store/database.ts';
import { waitFor } from '../support/wait.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';

let setup: BudgetOrders;
beforeAll(async () => {
  setup = await setupBudgetOrders({ now: '2026-11-30T22:59:59Z' });
});
afterAll(() => setup.erp.close());

it('lets two orders in, of which the second is for next month, while the clock opens that month', async () => {
  const { db, url, budgets, context, nord, id } = setup;
  // Locked in the order of their ids: the project's first, which is held by somebody else for a moment.
  const project = await budgets.budget({ companyId: id('A-1'), ownerCode: 'P-1', chargeOn: 'delivery' });
  const unit = await nord({ chargeOn: 'delivery' });
  const order = (reference: string, more: object) => {
    const lines = [{ reference: '1', product: '4715', quantity: '1' }];
    return { reference, account: 'A-2', orderedBy: 'P-1', lines, ...more };
  };
  const waiting = async () => {
    const { rows } = await db.raw(
      'select pid from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0',
    );
    return rows.length;
  };
  const other = await openDatabase(url, { poolSize: 1 });
  const clocks = await openDatabase(url, { poolSize: 2 });
  const holder = await other.transaction();
  await holder.raw('select from budgets where id = ? for update', [project]);
  const both = [order('B-1', {}), order('B-2', { project: 'P-1', requestedDeliveryOn: '2026-12-10' })];
  const submitted = submitOrders(context, 'shop', both);
  await waitFor(async () => (await waiting()) === 1);
  // The first order stands in November's period of the unit; the second one waits for the project, and wants the unit's budget next.
  let isDone = false;
  const opened = openPeriods(clocks, new Date('2026-11-30T23:00:01Z')).finally(() => {
    isDone = true;
  });
  await waitFor(async () => isDone || (await waiting()) > 1);
  await holder.rollback();
  expect((await submitted).map(({ kind }) => kind)).toEqual(['taken', 'taken']);
  await opened;
  await openPeriods(clocks, new Date('2026-11-30T23:00:02Z'));
  expect((await budgets.periods(unit)).map(({ key, state, reserved }) => [key, state, reserved])).toEqual([
    ['2026-11', 'closed_provisional', 100_000],
    ['2026-12', 'open', 100_000],
  ]);
  expect((await budgets.periods(project)).map(({ key, state }) => [key, state])).toEqual([
    ['2026-11', 'closed_provisional'],
    ['2026-12', 'open'],
  ]);
  const { rows: [stat] } = await db.raw('select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()'); // biome-ignore format: one query
  expect(stat).toMatchObject({ deadlocks: '0' });
  await Promise.all([other.destroy(), clocks.destroy()]);
});
