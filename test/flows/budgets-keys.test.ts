/** What periods are called when a name comes again. */
import { beforeAll, expect, it } from 'vitest';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { previewPeriods } from '../../src/budgets/preview.ts';
import { putFiscalCalendar } from '../../src/budgets/put-calendar.ts';
import type { ListedPeriod } from '../../src/domain/budgets/period-list.ts';
import { loadBudgets } from '../../src/store/budgets/budgets.ts';
import { type BudgetsSetup, setupBudgets } from './budgets-setup.ts';

let setup: BudgetsSetup;
beforeAll(async () => {
  setup = await setupBudgets();
});

const at = (iso: string) => {
  setup.clock.now = new Date(iso);
  return openPeriods(setup.db, setup.clock.now);
};
const keys = async (id: string) => (await setup.periods(id)).map(({ key }) => key);
const preview = async (id: string, count: number) => {
  const budget = (await loadBudgets(setup.db, [id])).get(id);
  return budget ? (await previewPeriods(setup.db, budget, count)).map(({ key }) => key) : [];
};
const putCalendar = (...periods: ListedPeriod[]) =>
  setup.db.transaction((trx) => putFiscalCalendar(trx, { name: 'erp', rule: { kind: 'list', periods }, by: 'test' }, setup.clock.now));

it('tells the rest of a month that was cut short, and goes on after all, by its first day', async () => {
  const id = await setup.budget({ validUntil: '2026-07-20' });
  await setup.change(id, { validUntil: null });
  expect(await preview(id, 2)).toEqual(['2026-07 from 2026-07-20', '2026-08']);
  await at('2026-08-02T00:00:00Z');
  expect(await keys(id)).toEqual(['2026-07', '2026-07 from 2026-07-20', '2026-08']);
});

it('tells P1 of the next fiscal year from that of this one, and plans it so', async () => {
  setup.clock.now = new Date('2026-07-10T09:00:00Z');
  await putCalendar({ key: 'P1', startOn: '2026-07-01', endOn: '2026-08-01' }, { key: 'P2', startOn: '2026-08-01', endOn: '2026-09-01' });
  const id = await setup.budget({ periodRule: { kind: 'calendar', name: 'erp' } });
  await at('2026-08-10T00:00:00Z');
  await putCalendar({ key: 'P1', startOn: '2026-09-01', endOn: '2026-10-01' }, { key: 'P2', startOn: '2026-10-01', endOn: '2026-11-01' });
  const next = ['P1 from 2026-09-01', 'P2 from 2026-10-01'];
  expect(await preview(id, 3)).toEqual(next);
  expect(await setup.reserve(1, [id, 1_000], { day: { on: '2026-09-15' } })).toMatchObject({ budgets: [{ periodKey: next[0] }] });
  expect(await preview(id, 3)).toEqual(next);
  await at('2026-10-02T00:00:00Z');
  expect(await keys(id)).toEqual(['P1', 'P2', ...next]);
});

it('lets every other budget have its month when one cannot, and names that one until it can', async () => {
  const id = await setup.budget({ code: 'FINE' });
  const bad = await setup.budget({ code: 'BAD' });
  const mend = (zone: string) => setup.db('budgets').where({ id: bad }).update({ zone });
  await mend('Mars/Olympus');
  await expect(at('2026-12-02T00:00:00Z')).rejects.toThrow(/bring up to date: BAD\. Everything else was done/);
  expect((await keys(id)).at(-1)).toBe('2026-12');
  await mend('Europe/Berlin');
  await at('2026-12-02T00:01:00Z');
  expect((await keys(bad)).at(-1)).toBe('2026-12');
});
