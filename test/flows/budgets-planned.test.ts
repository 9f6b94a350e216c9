/** Periods to come: how far ahead they are planned, and what becomes of them when their budget changes. */
import { beforeAll, expect, it } from 'vitest';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { previewPeriods } from '../../src/budgets/preview.ts';
import { putBudgets } from '../../src/budgets/put-budgets.ts';
import { putFiscalCalendar } from '../../src/budgets/put-calendar.ts';
import { budgetSchema } from '../../src/domain/budgets/definition.ts';
import type { Period } from '../../src/domain/budgets/periods.ts';
import { loadBudgets } from '../../src/store/budgets/budgets.ts';
import { requireBudget } from '../../src/store/budgets/find-budget.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { weigh } from './ledger/reserve.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

let setup: OrdersSetup;
let books: BudgetsSetup;
beforeAll(async () => {
  setup = await setupOrders({ now: '2026-07-10T09:00:00Z' });
  books = aroundBudgets(setup.db, setup.clock);
});

/** As `kontor budgets put` takes it. Answers the id. */
async function put(code: string, change: object = {}): Promise<string> {
  const document = { code, project: code, company: 'A-1', currency: 'EUR', limit: '5000.00', from: '2026-01-01', ...change };
  const given = [{ place: 'a.yaml:1', definition: budgetSchema.parse(document) }];
  await setup.db.transaction((trx) => putBudgets(trx, { what: 'a.yaml', given, bad: [], by: 'test' }, setup.clock.now));
  return (await requireBudget(setup.db, code)).id;
}

const keys = async (id: string) => (await books.periods(id)).map(({ key }) => key);
const need = (id: string, on: string, orderId: number) => books.reserve(orderId, [id, 100], { day: { on } });
/** Plans, and takes nothing. */
const ask = (id: string, on: string) => {
  const asked = { orderId: '99', revision: 1, charges: [{ budgetId: id, amount: 100 }], day: { on }, by: 'test' };
  return books.locked(99, (trx) => weigh(trx, asked, setup.clock.now));
};

it('are planned 400 days ahead; what is asked for later has none, and freezes nothing', async () => {
  const id = await put('AHEAD', { enforcement: 'allow' });
  expect(await ask(id, '2055-01-01')).toMatchObject({ budgets: [{ periodKey: null }] });
  expect(await keys(id)).toEqual(['2026-07']);
  expect(await ask(id, '2027-08-14')).toMatchObject({ budgets: [{ periodKey: '2027-08' }] });
  setup.clock.now = new Date('2026-07-27T09:00:00Z');
  expect(await ask(id, '2027-09-01')).toMatchObject({ budgets: [{ periodKey: null }] });
});

it('go when their budget changes and they hold nothing, and stay up to the last one that holds something', async () => {
  const id = await put('SHORT');
  await need(id, '2026-09-10', 11);
  await books.release(11);
  await ask(id, '2026-12-10');
  await put('SHORT', { until: '2026-10-20' });
  expect(await keys(id)).toEqual(['2026-07', '2026-08', '2026-09']);
  await expect(put('SHORT', { until: '2026-09-20' })).rejects.toThrow('2026-09 lasts until 2026-10-01; say until: 2026-10-01 or later');
  await expect(put('SHORT', { from: '2026-08-01' })).rejects.toThrow('2026-07 begins on 2026-07-01; say from: 2026-07-01 or earlier');
});

it('are cut anew by a new rule, or another calendar, and allocated once', async () => {
  const id = await put('ANEW');
  await ask(id, '2026-10-10');
  await put('ANEW', { period: 'quarter', limit: '6000.00' });
  await ask(id, '2026-10-10');
  expect((await books.periods(id)).map(({ key, startOn, allocated }) => [key, startOn, allocated])).toEqual([
    ['2026-07', '2026-07-01', 600_000],
    ['2026-Q3', '2026-08-01', 600_000],
    ['2026-Q4', '2026-10-01', 600_000],
  ]);
  expect(await books.wrongSums()).toEqual([]);
});

const putCalendar = (...ends: string[]) => {
  const periods = ends.slice(1).map((endOn, n) => ({ key: `P${n}`, startOn: String(ends[n]), endOn }));
  return setup.db.transaction((trx) =>
    putFiscalCalendar(trx, { name: 'own', rule: { kind: 'list', periods }, by: 'test' }, setup.clock.now),
  );
};

it('are refused where a list would leave days without one behind those that have begun', async () => {
  await putCalendar('2026-07-01', '2026-08-01');
  await put('GAP', { period: { calendar: 'own' } });
  await expect(putCalendar('2026-09-01', '2026-10-01')).rejects.toThrow(
    /calendar own leaves days without a period .*\nGAP: 2026-08-01 to 2026-08-31/,
  );
  const dates = (from: string) => put('GAP', { period: { dates: [{ from, to: '2026-12-31' }] } });
  await expect(dates('2026-08-02')).rejects.toThrow('the periods leave a gap: none holds 2026-08-01 to 2026-08-01');
  await dates('2026-08-01');
  await put('GAP', { period: { calendar: 'own' } });
  await putCalendar('2026-08-01', '2026-10-01');
  expect((await requireBudget(setup.db, 'GAP')).nextOpensOn).toBe('2026-08-01');
});

it('of a fiscal calendar go with it', async () => {
  await putCalendar('2026-07-01', '2026-08-01', '2026-09-01');
  const id = await put('LISTED', { period: { calendar: 'own' } });
  await ask(id, '2026-08-10');
  await putCalendar('2026-07-01', '2026-08-01', '2026-08-20', '2026-09-10');
  await ask(id, '2026-08-10');
  expect((await books.periods(id)).map(({ endOn }) => endOn)).toEqual(['2026-08-01', '2026-08-20']);
  expect((await loadBudgets(setup.db, [id])).get(id)?.nextOpensOn).toBe('2026-08-01');
});

it('are previewed as they were cut, and open so, though their budget is cut otherwise by now', async () => {
  const id = await put('KEPT');
  await need(id, '2026-09-10', 31);
  await put('KEPT', { period: 'quarter' });
  const preview = async (count: number) => (await previewPeriods(setup.db, await requireBudget(setup.db, 'KEPT'), count)).map(boundariesOf);
  const told = await preview(4);
  expect(told.map(([key]) => key)).toEqual(['2026-08', '2026-09', '2026-Q4', '2027-Q1']);
  expect(await preview(1)).toEqual(told.slice(0, 1));
  setup.clock.now = new Date('2027-02-01T09:00:00Z');
  await openPeriods(setup.db, setup.clock.now);
  expect((await books.periods(id)).slice(1).map(boundariesOf)).toEqual(told);
});

const boundariesOf = ({ key, startOn, endOn, startAt, endAt }: Period) => [key, startOn, endOn, startAt, endAt];
