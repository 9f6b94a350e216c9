/** What an account has ordered, here and elsewhere, and ordering it again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reorder } from '../../src/orders/reorder.ts';
import { submitOrder } from '../../src/orders/submit.ts';
import { takeFeedback } from '../../src/orders/take-feedback.ts';
import { orderHistory } from '../../src/store/views/order-history.ts';
import { storeDocument } from './feedback-setup.ts';
import { type HandoffSetup, line, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

const history = (account: string, limit = 10, after?: string) => orderHistory(setup.db, { accountId: setup.id(account), limit, after });

async function placedElsewhere(account: string, number: string, datedOn: string) {
  const order = { kind: 'order', number, state: 'open', dated_on: datedOn, currency: 'EUR', total: 37_49, account_id: setup.id(account) };
  const lines = [
    { product: '4711', product_name: 'Ladle', quantity: '3', unit: 'PCE', unit_price: '12.5' },
    { product: '9999', quantity: '1', unit_price: '1' },
  ];
  return storeDocument(setup.db, setup.clock.now, { ...order, lines });
}

describe('the history of an account', () => {
  it('lists orders of ours and those placed elsewhere, of its units too, newest first, with what followed them', async () => {
    const { handoffId, orderId, externalKey } = await setup.release('W-1', {
      purchaseOrderNumber: '4500012',
      lines: [line('1', '4711', '2', '12.50', 2_500)],
    });
    await setup.push(handoffId);
    await takeFeedback(setup.context);
    const number = setup.there(externalKey)[0]?.number;
    const ours = { kind: 'order', reference: externalKey, number, account_id: setup.id('A-2') };
    const pulled = await storeDocument(setup.db, setup.clock.now, ours);
    const about = { about_id: pulled.id, state: 'shipped' };
    await storeDocument(setup.db, setup.clock.now, { kind: 'shipment', number: 'LS-1', carrier: 'DHL', tracking_number: 'JJD1', ...about });
    await storeDocument(setup.db, setup.clock.now, {
      kind: 'invoice',
      number: 'RE-1',
      about_id: pulled.id,
      state: 'open',
      open_amount: 25_00,
    });
    const foreign = await placedElsewhere('A-3', 'SO-9', '2026-11-24');
    await storeDocument(setup.db, setup.clock.now, {
      ...{ kind: 'shipment', number: 'LS-2', state: 'shipped', about_id: foreign.id },
      lines: [{ about_id: foreign.lines[0], quantity: '2' }],
    });
    await placedElsewhere('B-1', 'SO-10', '2026-11-24');

    const { orders, next } = await history('A-1');
    expect(next).toBeNull();
    expect(orders).toMatchObject([
      {
        source: 'elsewhere',
        numbers: ['SO-9'],
        account: 'Hansa Süd',
        orderedOn: '2026-11-24',
        lines: [
          { product: '4711', quantity: '3', progress: { shipped: '2', open: '1' } },
          { product: '9999', progress: { open: '1' } },
        ],
        shipments: [{ number: 'LS-2' }],
      },
      {
        source: 'ours',
        id: orderId,
        key: externalKey,
        numbers: [number],
        state: 'confirmed',
        purchaseOrderNumber: '4500012',
        total: 25_00,
        lines: [{ reference: '1', product: '4711', quantity: '2', progress: { confirmed: '2', open: '2' } }],
        shipments: [{ number: 'LS-1', carrier: 'DHL', trackingNumber: 'JJD1' }],
        invoices: [{ number: 'RE-1', state: 'open', openAmount: 25_00 }],
      },
    ]);
    expect((await history('A-2')).orders).toHaveLength(1);
  });

  it('goes on page by page without a gap and without a repeat', async () => {
    for (const day of ['20', '21', '21', '22', '23']) await placedElsewhere('A-2', `SO-${day}`, `2026-11-${day}`);
    await setup.release('W-1');
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const { orders, next } = await history('A-2', 2, after);
      seen.push(...orders.map(({ source, orderedOn }) => `${orderedOn} ${source}`));
      if (next === null) break;
      after = next;
    }
    const days = ['23', '22', '21', '21', '20'].map((day) => `2026-11-${day} elsewhere`);
    expect(seen).toEqual(['2026-11-23 ours', ...days]);
  });
});

describe('ordering again', () => {
  it("takes the goods and places of an order at today's contract prices, and can be submitted as it is", async () => {
    const { orderId } = await setup.release('W-1', { shipTo: setup.id('D-1'), lines: [line('1', '4711', '2', '12.50', 2_500)] });
    await setup.alter('K-1', { unit_price: '13.10' });
    const made = await reorder(setup.context, { source: 'ours', id: orderId, as: 'P-1', reference: 'W-2' });
    expect(made).toMatchObject({
      submission: { reference: 'W-2', shipTo: `id:${setup.id('D-1')}`, lines: [{ product: '4711', quantity: '2', unitPrice: '13.1' }] },
      changed: [{ product: '4711', was: '12.50', is: '13.1' }],
      unpriced: [],
    });
    const { order } = await submitOrder(setup.context, 'test', made.submission);
    expect(order).toMatchObject({ reference: 'W-2', accountId: setup.id('A-2'), total: 26_20 });
  });

  it('of an order placed elsewhere says which goods have no price, and is refused for them', async () => {
    const { id } = await placedElsewhere('A-2', 'SO-9', '2026-11-20');
    const made = await reorder(setup.context, { source: 'elsewhere', id, as: 'P-1', reference: 'W-2' });
    expect(made).toMatchObject({
      unpriced: ['9999'],
      changed: [],
      submission: { currency: 'EUR', lines: [{ unitPrice: '12.5' }, { unitPrice: null }] },
    });
    await expect(submitOrder(setup.context, 'test', made.submission)).rejects.toMatchObject({ code: 'ORDER_INVALID' });
    await expect(reorder(setup.context, { source: 'elsewhere', id: '1', as: 'P-1', reference: 'W-3' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
