/** People put budgets and calendars while orders are settled and the clock goes: nobody waits in a circle, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { putBudgets } from '../../src/budgets/put-budgets.ts';
import { putFiscalCalendar } from '../../src/budgets/put-calendar.ts';
import { budgetSchema } from '../../src/domain/budgets/definition.ts';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { lockSpend } from '../../src/store/approvals/period-spend.ts';
import { requireBudget } from '../../src/store/budgets/find-budget.ts';
import type { Transaction } from '../../src/store/database.ts';
import { waitFor } from '../support/wait.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';
import { reserve } from './ledger/reserve.ts';

let setup: BudgetOrders;
beforeEach(async () => {
  setup = await setupBudgetOrders();
});
afterEach(() => setup.erp.close());

const put = (...documents: object[]) => {
  const about = { company: 'A-1', currency: 'EUR', from: '2026-01-01', enforcement: 'warn' };
  const given = documents.map((one, n) => ({ place: `a.yaml:${n}`, definition: budgetSchema.parse({ ...about, ...one }) }));
  return setup.db.transaction((trx) => putBudgets(trx, { what: 'a.yaml', given, bad: [], by: 'test' }, setup.clock.now));
};
/** P0 is this month, P1 ends on the day given. */
const putCalendar = (endOn: string) => {
  const days = ['2026-11-01', '2026-12-01', endOn, '2027-02-01'];
  const periods = days.slice(1).map((day, n) => ({ key: `P${n}`, startOn: String(days[n]), endOn: day }));
  return setup.db.transaction((trx) =>
    putFiscalCalendar(trx, { name: 'erp', rule: { kind: 'list', periods }, by: 'test' }, setup.clock.now),
  );
};
const someoneWaits = () =>
  waitFor(async () => {
    const waiting = `select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())
      union all select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    return (await setup.rows(waiting)).length > 0;
  });

/** An order takes of today, somebody begins to put, and another order of the same settlement plans a day ahead. */
async function settleAround(budgetId: string, begin: () => Promise<unknown>): Promise<unknown[]> {
  let begun: Promise<unknown> = Promise.resolve();
  const take = (trx: Transaction, orderId: string, day: { at: Date } | { on: string }) =>
    reserve(trx, { orderId, revision: 1, charges: [{ budgetId, amount: 100 }], day, by: 'test' }, setup.clock.now);
  const settled = await setup.db.transaction(async (trx) => {
    await lockSpend(trx, setup.id('A-1'));
    await take(trx, '901', { at: setup.clock.now });
    begun = begin();
    begun.catch(() => undefined);
    await someoneWaits();
    return take(trx, '902', { on: '2026-12-20' });
  });
  return [settled, await begun];
}

describe('putting beside a settlement', () => {
  it('waits for it, and changes the budget after it', async () => {
    await put({ code: 'BESIDE', project: 'X', limit: 5_000 });
    const { id } = await requireBudget(setup.db, 'BESIDE');
    const [settled, done] = await settleAround(id, () => put({ code: 'BESIDE', project: 'X', limit: 6_000 }));
    expect([settled, done]).toMatchObject([{ outcome: 'reserved' }, { changed: ['BESIDE'] }]);
    expect(await setup.budgets.periods(id)).toMatchObject([
      { key: '2026-11', allocated: 600_000, reserved: 100 },
      { key: '2026-12', allocated: 600_000, reserved: 100 },
    ]);
  });

  it('a calendar waits for it, too, and leaves what holds money as it was cut', async () => {
    await putCalendar('2027-01-01');
    await put({ code: 'CUT', project: 'X', limit: 5_000, period: { calendar: 'erp' } });
    const { id } = await requireBudget(setup.db, 'CUT');
    const [settled] = await settleAround(id, () => putCalendar('2026-12-25'));
    expect(settled).toMatchObject({ outcome: 'reserved' });
    expect((await setup.budgets.periods(id)).map(({ endOn, reserved }) => [endOn, reserved])).toEqual([
      ['2026-12-01', 100],
      ['2027-01-01', 100],
    ]);
  });

  it('sees a calendar that somebody puts at the same time whole, before or after', async () => {
    await putCalendar('2026-12-20');
    setup.clock.now = new Date('2027-02-10T09:00:00Z');
    const begin = { from: '2027-01-15', project: 'X', limit: 5_000, period: { calendar: 'erp' } };
    let putting: Promise<unknown> = Promise.resolve();
    await setup.db.transaction(async (trx) => {
      const periods = [{ key: 'P9', startOn: '2027-01-01', endOn: '2027-03-01' }];
      await putFiscalCalendar(trx, { name: 'erp', rule: { kind: 'list', periods }, by: 'test' }, setup.clock.now);
      putting = put({ code: 'WHOLE', ...begin });
      putting.catch(() => undefined);
      await someoneWaits();
    });
    await putting;
    const { id } = await requireBudget(setup.db, 'WHOLE');
    expect((await setup.budgets.periods(id)).map(({ key, state }) => [key, state])).toEqual([['P9', 'open']]);
  });

  it('goes well together with orders, other puts and the clock, again and again', async () => {
    await putCalendar('2026-12-20');
    const cut = { code: 'CUT', costCentre: '4100', chargeOn: 'delivery', period: { calendar: 'erp' } };
    const both = (limit: number) => [
      { ...cut, limit },
      { code: 'NORD', unit: 'A-2', company: undefined, limit, chargeOn: 'delivery' },
    ];
    await put(...both(9_000));
    await setup.asksFor(10);
    for (const [n, day] of ['2026-12-10', '2026-12-22', '2027-01-20', '2026-12-28', '2027-01-10'].entries()) {
      setup.clock.now = new Date(setup.clock.now.getTime() + 60_000);
      const limit = 9_000 + n;
      const done = await Promise.allSettled([
        setup.order(1, { requestedDeliveryOn: day, costCentre: '4100' }),
        put(...both(limit)),
        putCalendar(`2026-12-2${n}`),
        setup.order(1, { requestedDeliveryOn: '2026-12-24', costCentre: '4100' }),
        put(...both(limit).reverse()),
        tendBudgets(setup.context),
        openPeriods(setup.db, setup.clock.now),
      ]);
      expect(done.filter(({ status }) => status === 'rejected')).toEqual([]);
      const orders = await setup.rows<{ id: string }>('select id from orders');
      expect(await setup.settle(...orders.map(({ id }) => id))).toBe(0);
      for (const code of ['CUT', 'NORD']) {
        const { id } = await requireBudget(setup.db, code);
        const periods = await setup.budgets.periods(id);
        expect(periods.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(orders.length * 100_000);
        expect(new Set(periods.map(({ allocated }) => allocated))).toEqual(new Set([limit * 100]));
      }
    }
    expect(await setup.budgets.wrongSums()).toEqual([]);
  });
});
