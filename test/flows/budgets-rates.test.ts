/** Movements in another currency keep the rate they were made with, whatever is corrected afterwards. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { importRates } from '../../src/store/rates.ts';
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

/** Longer than the job looks back for what committed late. */
const later = () => {
  setup.clock.now = new Date(setup.clock.now.getTime() + 3_600_000);
  return tendBudgets(setup.context);
};
/** One unit of `from` is so many of `to`, from 2026-11-19. Told again, it corrects. */
const rate = (from: string, to: string, value: string) =>
  setup.db.transaction((trx) => importRates(trx, [{ from, to, on: '2026-11-19', rate: value, source: 'ECB' }], setup.clock.now));
const change = (id: string, set: string) =>
  setup.rows(`update documents set ${set}, version = coalesce(version, '1') || '+', updated_at = ? where id = ?`, [setup.clock.now, id]);
/** `TYPE amount of original CUR at rate`. */
const movements = async (where: string) =>
  (
    await setup.rows<{ line: string }>(
      `select concat_ws(' ', type, amount, case when rate is not null then concat_ws(' ', 'of', original_amount, original_currency, 'at', trim_scale(rate)) end)
         as line from budget_movements where ${where} and type not in ('ALLOCATE', 'OVERRIDE') order by id`,
    )
  ).map(({ line }) => line);

describe('a document of the ERP', () => {
  const outside = (more: object = {}) =>
    storeDocument(setup.db, setup.clock.now, {
      ...{ kind: 'order', number: 'SO-9', state: 'open', account_id: setup.id('A-2'), dated_on: '2026-11-20', currency: 'USD' },
      ...{ total: 70_000, ...more },
    });

  it('is counted by the rate of its day once, and by the same one when it changes after that was corrected', async () => {
    await setup.nord({ actualsSource: 'both' });
    await rate('USD', 'EUR', '0.9');
    const { id } = await outside();
    await later();
    await rate('USD', 'EUR', '0.8');
    expect(await later()).toMatchObject({ outside: 0 });
    await change(id, 'total = 100000');
    await later();
    const other = await outside({ number: 'SO-10' });
    await later();
    await change(id, `state = 'cancelled'`);
    await later();
    expect(await movements(`document_id = ${id}`)).toEqual([
      'EXTERNAL 63000 of 70000 USD at 0.9',
      'EXTERNAL 27000 of 30000 USD at 0.9',
      'EXTERNAL -90000 of -100000 USD at 0.9',
    ]);
    expect(await movements(`document_id = ${other.id}`)).toEqual(['EXTERNAL 56000 of 70000 USD at 0.8']);
  });

  it('comes to the same by a rate that is quoted the other way round, however often it is looked at', async () => {
    await setup.nord({ actualsSource: 'both' });
    await rate('EUR', 'USD', '1.2');
    const { id } = await outside({ total: 3 });
    await later();
    await change(id, `number = 'SO-11'`);
    expect(await later()).toMatchObject({ outside: 0 });
    expect(await movements(`document_id = ${id}`)).toEqual(['EXTERNAL 3 of 3 USD at 0.83333333333333333333']);
  });

  it('that turns out to be in another currency is taken back as it was counted, and counted anew', async () => {
    const budget = await setup.nord({ actualsSource: 'both' });
    await rate('USD', 'EUR', '0.9');
    const { id } = await outside();
    await later();
    await change(id, `currency = 'EUR'`);
    await later();
    await change(id, `number = 'SO-12'`);
    expect(await later()).toMatchObject({ outside: 0 });
    expect((await setup.sums(budget)).committed).toBe(70_000);
    expect(await movements(`document_id = ${id}`)).toEqual([
      ...['EXTERNAL 63000 of 70000 USD at 0.9', 'EXTERNAL -63000 of -70000 USD at 0.9', 'EXTERNAL 70000'],
    ]);
  });
});

describe('an order', () => {
  /** 500.00 USD. */
  const order = async () => {
    setup.world.add('product', { number: 'USD-1', name: 'USD-1' });
    await setup.price('K-8', { product: 'USD-1', unit_price: '100', currency: 'USD' });
    const taken = await setup.order(1, { currency: 'USD', lines: [{ product: 'USD-1', quantity: '5' }] });
    return taken.order;
  };
  /** The ERP takes it, and confirms it at 110.00 each. */
  const confirmDearer = async ({ id, externalKey }: { id: string; externalKey: string }) => {
    await setup.handOff(id);
    const there = setup.there(externalKey)[0]?.id ?? '';
    const lines = setup.world.row('order', there)?.lines ?? [];
    setup.world.change('order', there, { lines: lines.map((line) => ({ ...line, unitPrice: '110' })) });
    await setup.feedback();
    return there;
  };

  it('is committed, adjusted and credited by the rate it was judged by, though that is corrected in between', async () => {
    await setup.nord();
    await rate('USD', 'EUR', '0.9');
    const taken = await order();
    await rate('USD', 'EUR', '0.5');
    expect(await later()).toMatchObject({ settled: 0 });
    const there = await confirmDearer(taken);
    await rate('USD', 'EUR', '0.6');
    await later();
    setup.world.change('order', there, { state: 'cancelled' });
    await setup.feedback();
    expect(await movements(`order_id = ${taken.id}`)).toEqual([
      'RESERVE 45000 of 50000 USD at 0.9',
      'COMMIT 45000 of 50000 USD at 0.9',
      'ADJUST 4500 of 5000 USD at 0.9',
      'ADJUST -4500 of -5000 USD at 0.9',
      'CREDIT -45000 of -50000 USD at 0.9',
    ]);
  });

  it('that was taken by a rate that came late keeps that one, too', async () => {
    await setup.nord();
    const taken = await order();
    await setup.approve(taken.id);
    await rate('EUR', 'USD', '1.25');
    await later();
    await rate('EUR', 'USD', '2');
    expect(await later()).toMatchObject({ settled: 0 });
    await confirmDearer(taken);
    expect(await movements(`order_id = ${taken.id}`)).toEqual([
      ...['RESERVE 40000 of 50000 USD at 0.8', 'COMMIT 40000 of 50000 USD at 0.8', 'ADJUST 4000 of 5000 USD at 0.8'],
    ]);
  });
});

describe('a rate of the day an order came in', () => {
  it('is that of the day its company had, whatever day it was in the zone of a budget', async () => {
    setup.clock.now = new Date('2026-11-23T12:00:00Z');
    await setup.nord({ zone: 'Pacific/Auckland' });
    await setup.price('K-8', { product: 'USD-1', unit_price: '100', currency: 'USD' });
    const { order } = await setup.order(1, { currency: 'USD', lines: [{ product: 'USD-1', quantity: '5' }] });
    await setup.approve(order.id);
    const rates = [['2026-11-23', '0.9'], ['2026-11-24', '0.8']].map(([on = '', rate = '']) => ({ from: 'USD', to: 'EUR', on, rate, source: 'ECB' })); // biome-ignore format: one table
    await setup.db.transaction((trx) => importRates(trx, rates, setup.clock.now));
    await later();
    expect(await movements(`order_id = ${order.id}`)).toEqual(['RESERVE 45000 of 50000 USD at 0.9']);
  });
});

describe('a rate that comes long after its day', () => {
  const long = () => {
    setup.clock.now = new Date(setup.clock.now.getTime() + 100 * 86_400_000);
    return tendBudgets(setup.context);
  };

  it('charges an order that was approved without one, and a document of then, and leaves alone what it is too old for', async () => {
    await setup.nord({ actualsSource: 'both' });
    await setup.price('K-8', { product: 'USD-1', unit_price: '100', currency: 'USD' });
    const { order } = await setup.order(1, { currency: 'USD', lines: [{ product: 'USD-1', quantity: '5' }] });
    await setup.approve(order.id);
    const document = { kind: 'order', state: 'open', account_id: setup.id('A-2'), currency: 'USD', total: 70_000 };
    await storeDocument(setup.db, setup.clock.now, { ...document, number: 'SO-9', dated_on: '2026-11-26' });
    await storeDocument(setup.db, setup.clock.now, { ...document, number: 'SO-10', dated_on: '2026-11-27' });
    await long();
    await rate('USD', 'EUR', '0.9');
    expect(await later()).toMatchObject({ settled: 1, outside: 1 });
    expect(await movements('true')).toEqual(['RESERVE 45000 of 50000 USD at 0.9', 'EXTERNAL 63000 of 70000 USD at 0.9']);
  });
});
