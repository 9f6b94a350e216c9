import { beforeAll, describe, expect, it } from 'vitest';
import { createBudgets } from '../../src/budgets/create-budgets.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import type { NewBudget } from '../../src/domain/budgets/budget.ts';
import type { CarryRule } from '../../src/domain/budgets/carry.ts';
import { aroundBudgets, type BudgetsSetup, budgetDefinition } from './budgets-setup.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

let setup: OrdersSetup;
let books: BudgetsSetup;

beforeAll(async () => {
  setup = await setupOrders({ now: '2026-07-10T09:00:00Z' });
  books = aroundBudgets(setup.db, setup.clock);
  await setup.person('P-6', { name: 'Karl Budde', account: 'A-2', roles: ['Budget_Owner'] });
  await setup.person('P-7', { name: 'Lene Voss', account: 'A-3', roles: ['cost_centre_owner'], cost_centre: '7700' });
});

async function budget(change: Partial<NewBudget>): Promise<string> {
  const definition = budgetDefinition({
    companyId: setup.id('A-1'),
    amount: 100_000,
    alertPercents: [80, 100],
    enforcement: 'warn',
    ...change,
  });
  return String((await setup.db.transaction((trx) => createBudgets(trx, [definition], 'test', setup.clock.now))).get(definition.code));
}

const told = async (code: string) =>
  (
    await setup.rows<{ reader: string; percent: number }>(
      `select l.external_id as reader, (n.facts ->> 'percent')::int as percent from notifications n
     join links l on l.local_id = n.person_id where n.event = 'budget.alert' and n.facts ->> 'budget' = ? order by n.id`,
      [code],
    )
  ).map(({ reader, percent }) => `${reader} ${percent}`);

it('tells the owner of a unit once per period and percentage when a movement crosses it', async () => {
  const id = await budget({ code: 'UNIT', ownerKind: 'unit', ownerId: setup.id('A-2'), ownerCode: null });
  await books.reserve(1, [id, 79_999]);
  expect(await told('UNIT')).toEqual([]);
  await books.reserve(2, [id, 1]);
  expect(await told('UNIT')).toEqual(['P-6 80']);
  await books.release(2);
  await books.reserve(3, [id, 30_000]);
  expect(await told('UNIT')).toEqual(['P-6 80', 'P-6 100']);
  setup.clock.now = new Date('2026-08-03T09:00:00Z');
  await openPeriods(setup.db, setup.clock.now);
  await books.reserve(4, [id, 90_000]);
  expect(await told('UNIT')).toEqual(['P-6 80', 'P-6 100', 'P-6 80']);
  const [notice] = await setup.db('notifications').where({ event: 'budget.alert' }).orderBy('id');
  expect(notice.facts).toMatchObject({
    budget: 'UNIT',
    period: '2026-07',
    percent: 80,
    currency: 'EUR',
    used: 80_000,
    limitedTo: 100_000,
    usedText: '800.00',
  });
});

it('tells the highest of those that one movement crosses, and has all of them down as crossed', async () => {
  const id = await budget({ code: 'LEAP', ownerKind: 'person', ownerId: setup.id('P-1'), ownerCode: null, alertPercents: [50, 80, 100] });
  await books.reserve(31, [id, 60_000]);
  await books.reserve(32, [id, 50_000]);
  expect(await told('LEAP')).toEqual(['P-1 50', 'P-1 100']);
  const crossed = await setup.rows(
    'select percent from budget_alerts where period_id in (select id from budget_periods where budget_id = ?)',
    [id],
  );
  expect(crossed).toEqual([{ percent: 50 }, { percent: 80 }, { percent: 100 }]);
  await books.release(32);
  await books.reserve(33, [id, 25_000]);
  expect(await told('LEAP')).toHaveLength(2);
});

it('tells the person, the owner of a cost centre, or else the administrators above', async () => {
  await books.reserve(11, [await budget({ code: 'PERSON', ownerKind: 'person', ownerId: setup.id('P-1'), ownerCode: null }), 80_000]);
  await books.reserve(12, [await budget({ code: 'CENTRE', ownerKind: 'cost_centre', ownerCode: '7700' }), 80_000]);
  await books.reserve(13, [await budget({ code: 'NOBODY', ownerKind: 'unit', ownerId: setup.id('A-3'), ownerCode: null }), 80_000]);
  expect([await told('PERSON'), await told('CENTRE'), await told('NOBODY')]).toEqual([['P-1 80'], ['P-7 80'], ['P-4 80']]);
});

it('says nothing of money that is carried away when a period closes', async () => {
  const carryRule = { mode: 'full', rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'forgive' } as const;
  const id = await budget({ code: 'QUIET', carryRule });
  await books.reserve(21, [id, 50_000]);
  setup.clock.now = new Date('2026-09-03T09:00:00Z');
  await openPeriods(setup.db, setup.clock.now);
  expect((await books.periods(id)).map(({ carriedOut }) => carriedOut)).toEqual([-50_000, 0]);
  expect(await told('QUIET')).toEqual([]);
});

describe('a change of the budget', () => {
  const nord = (change: Partial<NewBudget>) => {
    setup.clock.now = new Date('2026-07-10T09:00:00Z');
    return budget({ ownerKind: 'unit', ownerId: setup.id('A-2'), ownerCode: null, ...change });
  };

  it('to an amount of which a percentage is used already is told', async () => {
    const id = await nord({ code: 'TO-AMOUNT', limitKind: 'unlimited', amount: null });
    await books.reserve(51, [id, 85_000]);
    expect(await told('TO-AMOUNT')).toEqual([]);
    await books.change(id, { limitKind: 'amount', amount: 100_000 });
    expect(await told('TO-AMOUNT')).toEqual(['P-6 80']);
  });

  it('to other percentages tells the highest of those that have been passed, and none a second time', async () => {
    const id = await nord({ code: 'PERCENTS', alertPercents: [100] });
    await books.reserve(53, [id, 85_000]);
    await books.change(id, { alertPercents: [50, 80, 100] });
    expect(await told('PERCENTS')).toEqual(['P-6 80']);
    await books.change(id, { amount: 90_000 });
    await books.change(id, { name: 'Percentages', alertPercents: [50, 90, 100] });
    expect(await told('PERCENTS')).toEqual(['P-6 80', 'P-6 90']);
    await books.change(id, { name: 'Again' });
    expect(await told('PERCENTS')).toHaveLength(2);
  });
});

describe('the clock', () => {
  const full: CarryRule = { mode: 'full', rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'forgive' };
  const at = (iso: string) => {
    setup.clock.now = new Date(iso);
    return openPeriods(setup.db, setup.clock.now);
  };
  const beginInJuly = (change: Partial<NewBudget>) => {
    setup.clock.now = new Date('2026-07-10T09:00:00Z');
    return budget({ ownerKind: 'unit', ownerId: setup.id('A-2'), ownerCode: null, ...change });
  };

  it('tells when the final close takes back of what was carried over, and says it once', async () => {
    const id = await beginInJuly({ code: 'CLOSE', carryRule: full });
    await at('2026-08-02T09:00:00Z');
    await books.reserve(41, [id, 150_000]);
    await books.reserve(42, [id, 50_000], { day: { at: new Date('2026-07-20T09:00:00Z') } });
    expect(await told('CLOSE')).toEqual([]);
    await at('2026-08-20T09:00:00Z');
    await at('2026-08-21T09:00:00Z');
    expect(await told('CLOSE')).toEqual(['P-6 100']);
  });

  it('tells when carried money expires', async () => {
    const id = await beginInJuly({ code: 'EXPIRE', carryRule: { ...full, expiresAfter: { days: 15 } }, alertPercents: [45] });
    await at('2026-08-02T09:00:00Z');
    await books.reserve(43, [id, 85_000]);
    expect(await told('EXPIRE')).toEqual([]);
    await at('2026-08-20T09:00:00Z');
    expect(await told('EXPIRE')).toEqual(['P-6 45']);
  });

  it('tells when a period begins that orders for later days have filled already, and not before', async () => {
    const id = await beginInJuly({ code: 'AHEAD' });
    await books.reserve(44, [id, 90_000], { day: { on: '2026-08-10' } });
    expect(await told('AHEAD')).toEqual([]);
    await at('2026-08-02T09:00:00Z');
    await books.reserve(45, [id, 1_000]);
    expect(await told('AHEAD')).toEqual(['P-6 80']);
  });

  it('does and tells, or neither: what fails in between is done and told with the next look', async () => {
    const id = await beginInJuly({ code: 'NEITHER' });
    await books.reserve(46, [id, 90_000], { day: { on: '2026-08-10' } });
    await setup.db.raw(`alter table budget_alerts add constraint no_alerts check (at is null) not valid`);
    await expect(at('2026-08-02T09:00:00Z')).rejects.toThrow('NEITHER');
    expect((await books.periods(id)).map(({ state }) => state)).toEqual(['open', 'planned']);
    await setup.db.raw('alter table budget_alerts drop constraint no_alerts');
    await at('2026-08-02T09:01:00Z');
    expect((await books.periods(id)).map(({ state }) => state)).toEqual(['closed_provisional', 'open']);
    expect(await told('NEITHER')).toEqual(['P-6 80']);
  });
});
