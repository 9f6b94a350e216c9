/** What the ERP tells of money: other amounts, credits, invoices, and what was ordered elsewhere. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewBudget } from '../../src/domain/budgets/budget.ts';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { loadDrift } from '../../src/store/budgets/drift.ts';
import { importRates } from '../../src/store/rates.ts';
import { kontorHere } from '../cli/run-here.ts';
import { makeFolder } from '../cli/run-kontor.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';
import { storeDocument } from './feedback-setup.ts';

let setup: BudgetOrders;
beforeEach(async () => {
  setup = await setupBudgetOrders();
});
afterEach(async () => {
  expect(await setup.budgets.wrongSums()).toEqual([]);
  await setup.erp.close();
});

async function accepted(ovens: number) {
  const { order } = await setup.order(ovens);
  await setup.handOff(order.id);
  const erpId = setup.there(order.externalKey)[0]?.id ?? '';
  return { ...order, erpId };
}

const later = (minutes = 2) => {
  setup.clock.now = new Date(setup.clock.now.getTime() + minutes * 60_000);
  return tendBudgets(setup.context);
};

describe('an accepted order', () => {
  it('that the ERP confirms at another price is adjusted, and back when it heals', async () => {
    const budget = await setup.nord();
    const order = await accepted(2);
    const lines = setup.world.row('order', order.erpId)?.lines ?? [];
    setup.world.change('order', order.erpId, { lines: lines.map((line) => ({ ...line, unitPrice: '1100' })) });
    await setup.feedback();
    expect(await setup.sums(budget)).toMatchObject({ committed: 220_000 });
    await setup.feedback();
    setup.world.change('order', order.erpId, { lines });
    await setup.feedback();
    expect(await setup.movements(order.id)).toEqual(['RESERVE 200000', 'COMMIT 200000', 'ADJUST 20000', 'ADJUST -20000']);
  });

  it('of which goods come back is credited once, whether by a return or by its credit note', async () => {
    const budget = await setup.nord();
    const order = await accepted(4);
    const document = await storeDocument(setup.db, setup.clock.now, {
      kind: 'order',
      reference: order.externalKey,
      state: 'shipped',
      account_id: setup.id('A-2'),
      lines: [{ reference: '1', product: '4715', quantity: '4', unit_price: '1000', amount: 400_000, currency: 'EUR' }],
    });
    const about = { state: 'closed', about_id: document.id };
    await storeDocument(setup.db, setup.clock.now, { kind: 'return', ...about, lines: [{ about_id: document.lines[0], quantity: '1' }] });
    await setup.feedback();
    expect(await setup.sums(budget)).toMatchObject({ committed: 300_000 });
    await storeDocument(setup.db, setup.clock.now, { kind: 'credit_note', ...about, currency: 'EUR', total: 100_000 });
    await setup.feedback();
    expect(await setup.sums(budget)).toMatchObject({ committed: 300_000 });
    await storeDocument(setup.db, setup.clock.now, { kind: 'credit_note', ...about, currency: 'EUR', total: 50_000 });
    await setup.feedback();
    await later();
    expect(await setup.movements(order.id)).toEqual(['RESERVE 400000', 'COMMIT 400000', 'CREDIT -100000', 'CREDIT -50000']);
  });

  it.each<[string, Partial<NewBudget>, string, number[]]>([
    ['to its month until the close of that is final', {}, '2026-12-05', [300_000, 0]],
    ['to the month of today after that', {}, '2026-12-20', [400_000, -100_000]],
    ['to its month all the same, where the budget says so', { lateCredit: 'original' }, '2026-12-20', [300_000, 0]],
    ['nowhere, where the budget takes no late credits', { lateCredit: 'none' }, '2026-12-20', [400_000, 0]],
    ['to its month where the budget has none today', { validUntil: '2026-12-01' }, '2026-12-20', [300_000]],
  ])('of which goods come back gives %s', async (_what, change, on, committed) => {
    const budget = await setup.nord(change);
    const order = await accepted(4);
    const there = { kind: 'order', reference: order.externalKey, state: 'shipped', account_id: setup.id('A-2'), total: 400_000 };
    const { id } = await storeDocument(setup.db, setup.clock.now, there);
    setup.clock.now = new Date(`${on}T09:00:00Z`);
    await storeDocument(setup.db, setup.clock.now, { kind: 'credit_note', state: 'closed', about_id: id, currency: 'EUR', total: 100_000 });
    await setup.feedback();
    await later();
    await later(30 * 24 * 60);
    const periods = await setup.budgets.periods(budget);
    expect(periods.slice(0, committed.length).map((period) => period.committed)).toEqual(committed);
    const credits = await setup.rows(`select amount, reason from budget_movements where order_id = ? and type = 'CREDIT'`, [order.id]);
    expect(credits).toEqual([
      change.lateCredit === 'none'
        ? { amount: '0', reason: expect.stringContaining('it came after the close, and the budget takes no late credits') }
        : { amount: '-100000', reason: 'cancelled, returned or credited' },
    ]);
  });

  it('is invoiced without taking anything, and the invoice is corrected', async () => {
    const budget = await setup.nord();
    const order = await accepted(4);
    const at = setup.clock.now;
    const document = await storeDocument(setup.db, at, {
      kind: 'order',
      reference: order.externalKey,
      state: 'invoiced',
      account_id: setup.id('A-2'),
    });
    const invoice = await storeDocument(setup.db, at, {
      kind: 'invoice',
      about_id: document.id,
      state: 'open',
      currency: 'EUR',
      total: 150_000,
    });
    await later();
    await setup.rows('update documents set total = 160000, updated_at = ? where id = ?', [setup.clock.now, invoice.id]);
    expect(await later()).toMatchObject({ invoiced: 1 });
    expect(await later()).toMatchObject({ invoiced: 0 });
    const [period] = await setup.budgets.periods(budget);
    expect(period).toMatchObject({ actual: 160_000, committed: 400_000 });
  });
});

describe('an invoice that comes before what it is of', () => {
  it('is told once that is counted: an order that the ERP takes, and a document that waited for a rate', async () => {
    const budget = await setup.nord({ actualsSource: 'both' });
    const { order } = await setup.order(1);
    const at = setup.clock.now;
    const here = { kind: 'order', state: 'invoiced', account_id: setup.id('A-2'), dated_on: '2026-11-20' };
    const ours = await storeDocument(setup.db, at, { ...here, reference: order.externalKey, currency: 'EUR', total: 100_000 });
    const theirs = await storeDocument(setup.db, at, { ...here, number: 'SO-8', currency: 'USD', total: 70_000 });
    const invoice = { kind: 'invoice', state: 'open' };
    await storeDocument(setup.db, at, { ...invoice, about_id: ours.id, currency: 'EUR', total: 100_000 });
    await storeDocument(setup.db, at, { ...invoice, about_id: theirs.id, currency: 'USD', total: 70_000 });
    expect(await later(60)).toMatchObject({ invoiced: 0 });
    const rate = { from: 'USD', to: 'EUR', on: '2026-11-19', rate: '0.9', source: 'ECB' };
    await setup.db.transaction((trx) => importRates(trx, [rate], setup.clock.now));
    expect(await later(60)).toMatchObject({ outside: 1, invoiced: 1 });
    await setup.handOff(order.id);
    expect(await later(60)).toMatchObject({ invoiced: 1 });
    const [period] = await setup.budgets.periods(budget);
    expect(period).toMatchObject({ committed: 163_000, actual: 163_000 });
  });
});

describe('spend outside the shop', () => {
  const outside = (more: object = {}) =>
    storeDocument(setup.db, setup.clock.now, {
      kind: 'order',
      number: 'SO-9',
      state: 'open',
      account_id: setup.id('A-2'),
      dated_on: '2026-11-20',
      currency: 'EUR',
      total: 70_000,
      ...more,
    });

  it('is counted once, corrected when it changes, and taken back when it is cancelled', async () => {
    const budget = await setup.nord({ actualsSource: 'both' });
    const ignoring = await setup.nord({ actualsSource: 'kontor' });
    const { id } = await outside();
    await later();
    expect(await later()).toMatchObject({ outside: 0 });
    expect((await setup.sums(budget)).committed).toBe(70_000);
    await setup.rows('update documents set total = 90000, version = 2, updated_at = ? where id = ?', [setup.clock.now, id]);
    await later();
    expect((await setup.sums(budget)).committed).toBe(90_000);
    await setup.rows(`update documents set state = 'cancelled', updated_at = ? where id = ?`, [setup.clock.now, id]);
    await later();
    expect(await setup.sums(budget)).toMatchObject({ committed: 0, available: 500_000 });
    expect(await setup.sums(ignoring)).toMatchObject({ committed: 0 });
  });

  it('is counted, or not, as the budget and the one above it say by now', async () => {
    const hansa = await setup.nord({ ownerId: setup.id('A-1') });
    const nord = await setup.nord({ parentId: hansa });
    const centre = await setup.budgets.budget({ companyId: setup.id('A-1'), ownerKind: 'cost_centre', ownerCode: '4100' });
    await outside({ attributes: { costCentre: '4100' } });
    const committed = async () => {
      await later(60);
      return Promise.all([hansa, nord, centre].map(async (id) => (await setup.sums(id)).committed));
    };
    expect(await committed()).toEqual([0, 0, 0]);
    await setup.budgets.change(nord, { actualsSource: 'both' });
    expect(await committed()).toEqual([0, 70_000, 0]);
    await setup.budgets.change(centre, { actualsSource: 'erp' });
    expect(await committed()).toEqual([0, 70_000, 70_000]);
    await setup.budgets.change(hansa, { rollUp: 'enforced' });
    expect(await committed()).toEqual([70_000, 70_000, 70_000]);
    await setup.budgets.change(nord, { actualsSource: 'kontor' });
    expect(await committed()).toEqual([0, 0, 70_000]);
  });

  it('is that of exactly the unit, or of the cost centre that the document names, and of those above', async () => {
    const company = { companyId: setup.id('A-1'), actualsSource: 'erp' as const };
    const hansa = await setup.nord({ ownerId: setup.id('A-1'), rollUp: 'enforced', actualsSource: 'kontor' });
    const nord = await setup.nord({ ...company, parentId: hansa });
    const centre = await setup.budgets.budget({ ...company, ownerKind: 'cost_centre', ownerCode: 'Nord-41' });
    await outside({ attributes: { costCentre: ' nord-41' } });
    await outside({ account_id: setup.id('A-3') });
    await later();
    const committed = await Promise.all([hansa, nord, centre].map(async (id) => (await setup.sums(id)).committed));
    expect(committed).toEqual([70_000, 70_000, 70_000]);
  });

  it('in another currency waits for a rate of its day', async () => {
    const budget = await setup.nord({ actualsSource: 'both' });
    await outside({ currency: 'USD' });
    await later();
    expect((await setup.sums(budget)).committed).toBe(0);
    const rate = { from: 'USD', to: 'EUR', on: '2026-11-19', rate: '0.9', source: 'ECB' };
    setup.clock.now = new Date(setup.clock.now.getTime() + 60_000);
    await setup.db.transaction((trx) => importRates(trx, [rate], setup.clock.now));
    await later();
    expect((await setup.sums(budget)).committed).toBe(63_000);
  });

  it('is no longer outside once it carries our reference', async () => {
    const budget = await setup.nord({ actualsSource: 'both' });
    const { id } = await outside();
    await later();
    const order = await accepted(1);
    await setup.rows('update documents set reference = ?, updated_at = ? where id = ?', [order.externalKey, setup.clock.now, id]);
    await later();
    expect((await setup.sums(budget)).committed).toBe(100_000);
  });

  it('stands in the drift report with everything else that differs', async () => {
    const budget = await setup.nord();
    await outside();
    const [same, other, missing] = [await accepted(1), await accepted(1), await accepted(1)];
    const there = { kind: 'order', state: 'open', account_id: setup.id('A-2'), currency: 'EUR', dated_on: '2026-11-23' };
    await storeDocument(setup.db, setup.clock.now, { ...there, number: 'SO-1', reference: same.externalKey, total: 100_000 });
    await storeDocument(setup.db, setup.clock.now, { ...there, number: 'SO-2', reference: other.externalKey, total: 120_000 });
    const [drift] = await loadDrift(setup.db, { budgetId: budget });
    expect(drift).toMatchObject({ period: '2026-11', committed: 300_000 });
    expect(drift?.lines.map(({ kind, externalKey, documents, ledger, erp }) => [kind, externalKey, documents, ledger, erp])).toEqual([
      ['ours', same.externalKey, ['SO-1'], 100_000, { EUR: 100_000 }],
      ['ours', other.externalKey, ['SO-2'], 100_000, { EUR: 120_000 }],
      ['missing', missing.externalKey, [], 100_000, {}],
      ['outside', null, ['SO-9'], 0, { EUR: 70_000 }],
    ]);
  });
});

describe('the drift report', () => {
  /** As `kontor budgets drift --all` tells it. */
  const drift = async (...more: string[]) => {
    const { stdout } = await kontorHere(['budgets', 'drift', '--all', ...more], {
      cwd: await makeFolder(),
      env: { DATABASE_URL: setup.url },
    });
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.trim());
  };
  const there = () => ({ kind: 'order', state: 'open', account_id: setup.id('A-2'), currency: 'EUR', dated_on: '2026-11-23' });

  it('agrees with what was counted of documents without a date or a total, in another currency, and of another day by now', async () => {
    const { code } = await codeOf(await setup.nord({ actualsSource: 'both' }));
    const rate = { from: 'USD', to: 'EUR', on: '2026-11-19', rate: '0.9', source: 'ECB' };
    await setup.db.transaction((trx) => importRates(trx, [rate], setup.clock.now));
    const line = { reference: '1', product: '4715', quantity: '4', unit_price: '1000', amount: 400_00, currency: 'EUR' };
    await storeDocument(setup.db, setup.clock.now, { ...there(), number: 'SO-1', dated_on: null, total: 100_00 });
    await storeDocument(setup.db, setup.clock.now, { ...there(), number: 'SO-2', lines: [line] });
    await storeDocument(setup.db, setup.clock.now, { ...there(), number: 'SO-3', currency: 'USD', total: 500_00 });
    const { id } = await storeDocument(setup.db, setup.clock.now, { ...there(), number: 'SO-4', total: 300_00 });
    await storeDocument(setup.db, setup.clock.now, { ...there(), number: 'SO-5', currency: 'CHF', total: 100_00 });
    await later();
    await setup.rows(`update documents set dated_on = '2026-12-01' where id = ?`, [id]);
    expect((await drift(code)).slice(1)).toEqual([
      'committed EUR 1,250.00, documents EUR 1,250.00 net (counts: both)',
      'SO-1: ledger EUR 100.00, ERP EUR 100.00; agrees',
      'SO-2: ledger EUR 400.00, ERP EUR 400.00; agrees',
      'SO-3: ledger EUR 450.00, ERP USD 500.00; agrees',
      'SO-4: ledger EUR 300.00, ERP EUR 300.00; agrees',
      'SO-5: ledger EUR 0.00, ERP CHF 100.00; in another currency; it was ordered elsewhere',
    ]);
    await setup.rows(`update documents set total = 60000 where number = 'SO-3'`);
    expect(await drift(code)).toContain('SO-3: ledger EUR 450.00, ERP USD 600.00; in another currency; it was ordered elsewhere');
  });

  it('says so where no document was ever pulled that could agree', async () => {
    await setup.nord();
    await accepted(1);
    const told = async () => (await kontorHere(['budgets', 'drift'], { cwd: await makeFolder(), env: { DATABASE_URL: setup.url } })).stderr;
    expect(await told()).toContain(
      'note: no order of the ERP has been pulled; add `document` to the entities of its connection, and pull it',
    );
    await storeDocument(setup.db, setup.clock.now, { ...there(), number: 'SO-1', total: 100 });
    expect(await told()).toBe('');
  });

  it('counts credit notes, and an order that was credited after the close once, beside the period that answers for it', async () => {
    const { code } = await codeOf(await setup.nord());
    const order = await accepted(4);
    const own = await storeDocument(setup.db, setup.clock.now, {
      ...there(),
      number: 'SO-1',
      reference: order.externalKey,
      total: 400_000,
    });
    setup.clock.now = new Date('2026-12-20T09:00:00Z');
    await storeDocument(setup.db, setup.clock.now, {
      kind: 'credit_note',
      number: 'CN-1',
      state: 'closed',
      about_id: own.id,
      currency: 'EUR',
      total: 100_000,
    });
    await setup.feedback();
    await later();
    expect(await setup.movements(order.id)).toEqual(['RESERVE 400000', 'COMMIT 400000', 'CREDIT -100000']);
    const told = await drift(code);
    expect(told.filter((line) => !line.startsWith('B-'))).toEqual([
      'committed EUR 4,000.00, documents EUR 4,000.00 net (counts: kontor)',
      `${order.externalKey}  SO-1, CN-1: ledger EUR 4,000.00, ERP EUR 4,000.00; agrees`,
      'committed -EUR 1,000.00, documents -EUR 1,000.00 net (counts: kontor)',
      `${order.externalKey}  SO-1, CN-1: ledger -EUR 1,000.00, ERP -EUR 1,000.00; agrees`,
    ]);
    await setup.rows(`update documents set total = 450000 where number = 'SO-1'`);
    expect((await drift(code)).filter((line) => line.includes('difference'))).toEqual([
      `${order.externalKey}  SO-1, CN-1: ledger EUR 4,000.00, ERP EUR 4,500.00; difference -EUR 500.00; it is another amount there`,
    ]);
    expect((await drift(code, '--on', '2026-12-10')).at(-1)).toContain('ledger -EUR 1,000.00, ERP -EUR 1,000.00; agrees');
  });
});

const codeOf = async (id: string) => ({
  code: String((await setup.rows<{ code: string }>('select code from budgets where id = ?', [id]))[0]?.code),
});

describe('an order in another currency', () => {
  it('needs approval without a rate, and is charged by the one that comes afterwards, which its movement keeps', async () => {
    const budget = await setup.nord();
    await setup.price('K-8', { product: 'USD-1', unit_price: '100', currency: 'USD' });
    const { order } = await setup.order(1, { currency: 'USD', lines: [{ product: 'USD-1', quantity: '5' }] });
    expect(order.state).toBe('pending_approval');
    await setup.approve(order.id);
    expect(await setup.movements(order.id)).toEqual([]);
    const rate = { from: 'EUR', to: 'USD', on: '2026-11-20', rate: '1.25', source: 'ECB' };
    setup.clock.now = new Date(setup.clock.now.getTime() + 60_000);
    await setup.db.transaction((trx) => importRates(trx, [rate], setup.clock.now));
    await later();
    expect(await setup.sums(budget)).toMatchObject({ reserved: 40_000 });
    expect(
      await setup.rows(
        `select original_amount, original_currency, trim_scale(rate)::text as rate, rate_on::text, rate_source from budget_movements where order_id = ?`,
        [order.id],
      ),
    ).toEqual([
      { original_amount: '50000', original_currency: 'USD', rate: '0.8', rate_on: '2026-11-20', rate_source: 'ECB, inverse of 1.25' },
    ]);
  });
});
