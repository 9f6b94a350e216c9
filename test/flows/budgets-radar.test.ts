/** What of budgets nobody brings on by itself: alerts that nobody is there to be told, and lists of periods that come to their end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { putBudgets } from '../../src/budgets/put-budgets.ts';
import { putFiscalCalendar } from '../../src/budgets/put-calendar.ts';
import { budgetSchema } from '../../src/domain/budgets/definition.ts';
import { tellOfRadar } from '../../src/orders/tell-radar.ts';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { loadRadar } from '../../src/store/views/radar.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

let setup: OrdersSetup;
let books: BudgetsSetup;
beforeAll(async () => {
  setup = await setupOrders({ now: '2026-07-10T09:00:00Z' });
  books = aroundBudgets(setup.db, setup.clock);
});

const radar = async () =>
  (await loadRadar(setup.db, { now: setup.clock.now, limit: 10 })).items.map(({ kind, account, what, state, reason, cure }) => {
    expect(kind).toBe('budget');
    return { account, what, state, reason, cure };
  });
const telling = () => tellOfRadar({ ...setup.context, settings: { ...setup.settings, approvals: { radarAddress: 'ops@seller.example' } } });
const told = (event: string) =>
  setup.rows<{ reader: string; facts: Record<string, unknown> }>('select reader, facts from notifications where event = ? order by id', [event]); // biome-ignore format: one query

describe('an alert that nobody is there to be told', () => {
  it('stands on the radar without amounts, is told to the named address once, and to whoever is there later', async () => {
    const id = await books.budget({
      ...{ code: 'HOLM', companyId: setup.id('B-1'), ownerKind: 'unit', ownerId: setup.id('B-1'), ownerCode: null },
      ...{ amount: 100_000, alertPercents: [50, 80], enforcement: 'warn' },
    });
    await books.reserve(1, [id, 85_000]);
    expect(await told('budget.alert')).toEqual([]);
    expect(await radar()).toEqual([
      {
        account: 'Holm',
        what: 'HOLM',
        state: 'untold',
        reason: '80 % of 2026-07 are used, and nobody is there to be told: neither an owner of the budget nor an administrator above',
        cure: expect.stringContaining('budget_owner'),
      },
    ]);
    expect([await telling(), await telling()]).toEqual([1, 0]);
    const [notice] = await told('radar.listed');
    expect(notice).toMatchObject({
      reader: 'ops@seller.example',
      facts: { what: 'HOLM', since: '2026-07-10T09:00:00.000Z', about: { percent: 80, period: '2026-07' } },
    });
    expect(JSON.stringify(notice)).not.toMatch(/850|1000|100000|85000/);
    await tendBudgets(setup.context);
    expect(await told('budget.alert')).toEqual([]);
    await setup.alter('P-9', { roles: ['Administrator'] });
    for (const _ of [1, 2]) await tendBudgets(setup.context);
    expect(await told('budget.alert')).toMatchObject([
      { reader: setup.id('P-9'), facts: { budget: 'HOLM', percent: 80, usedText: '850.00' } },
    ]);
    expect(await radar()).toEqual([]);
    await books.reserve(2, [id, 5_000]);
    expect(await told('budget.alert')).toHaveLength(1);
  });

  it('leaves the radar with its period', async () => {
    await setup.alter('P-9', { roles: ['buyer'] });
    const id = await books.budget({ companyId: setup.id('B-1'), ownerCode: 'GONE', amount: 100_000, alertPercents: [80] });
    await books.reserve(3, [id, 80_000]);
    expect(await radar()).toHaveLength(1);
    setup.clock.now = new Date('2026-08-03T09:00:00Z');
    await books.reserve(4, [id, 1_000]);
    expect(await radar()).toEqual([]);
  });
});

describe('a list of periods that comes to its end', () => {
  const put = (code: string, change: object = {}) => {
    const document = { code, project: code, company: 'A-1', currency: 'EUR', limit: '5000.00', from: '2026-01-01', ...change };
    const given = [{ place: 'a.yaml:1', definition: budgetSchema.parse(document) }];
    return setup.db.transaction((trx) => putBudgets(trx, { what: 'a.yaml', given, bad: [], by: 'test' }, setup.clock.now));
  };
  const putCalendar = (name: string, ...ends: string[]) => {
    const periods = ends.slice(1).map((endOn, n) => ({ key: `${name} ${n}`, startOn: String(ends[n]), endOn }));
    return setup.db.transaction((trx) => putFiscalCalendar(trx, { name, rule: { kind: 'list', periods }, by: 'test' }, setup.clock.now));
  };

  it('is told a month ahead, by calendar and by budget, with the last day and what to do; and again while it has ended', async () => {
    setup.clock.now = new Date('2026-09-01T09:00:00Z');
    await putCalendar('erp', '2026-08-01', '2026-09-01', '2026-10-15');
    await putCalendar('long', '2026-08-01', '2027-10-15');
    for (const n of [1, 2, 3, 4, 5, 6, 7]) await put(`ERP-${n}`, { period: { calendar: 'erp' } });
    await put('LONG', { period: { calendar: 'long' } });
    await put('UNTIL', { period: { calendar: 'erp' }, until: '2026-10-15' });
    await put('OWN', { period: { dates: [{ from: '2026-08-01', to: '2026-10-20' }] } });
    expect(await radar()).toEqual([]);
    setup.clock.now = new Date('2026-09-16T09:00:00Z');
    expect(await radar()).toMatchObject([
      { account: 'Hansa', what: 'calendar erp', state: 'ends', reason: 'its last period ends on 2026-10-14; 7 budgets go on and will have none: ERP-1, ERP-2, ERP-3, ERP-4, ERP-5 and 2 more', cure: expect.stringContaining('`kontor budgets calendars put erp FILE`') },
    ]); // biome-ignore format: one item
    expect([await telling(), await telling()]).toEqual([1, 0]);
    setup.clock.now = new Date('2026-10-21T09:00:00Z');
    expect(await radar()).toMatchObject([
      { what: 'calendar erp', state: 'ended', reason: expect.stringMatching(/^its last period ended on 2026-10-14; 7 budgets go on and have none: ERP-1,/) },
      { what: 'OWN', state: 'ended', reason: 'its last period ended on 2026-10-20, and it goes on and has none', cure: expect.stringContaining('`kontor budgets put FILE`') },
    ]); // biome-ignore format: two items
    expect([await telling(), await telling()]).toEqual([1, 0]);
    expect((await told('radar.listed')).slice(-2)).toMatchObject([
      { facts: { what: 'calendar erp', state: 'ends', about: { calendar: 'erp', lastOn: '2026-10-14', budgets: 7, codes: ['ERP-1', 'ERP-2', 'ERP-3', 'ERP-4', 'ERP-5'] } } },
      { facts: { what: 'OWN', state: 'ended', about: { calendar: null, lastOn: '2026-10-20', budgets: 1 } } },
    ]); // biome-ignore format: two items
    await putCalendar('erp', '2026-10-15', '2027-10-15');
    await put('OWN', { period: { dates: [{ from: '2026-08-01', to: '2026-10-20' }] }, until: '2026-10-21' });
    expect(await radar()).toEqual([]);
  });
});
