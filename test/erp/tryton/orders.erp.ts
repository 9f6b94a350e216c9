import { describe, expect, it } from 'vitest';
import { tryton } from '../../../connectors/tryton/index.ts';
import type { OrderToPlace, PlacedOrder } from '../../../src/connector/orders.ts';
import { placeOrder } from '../../../src/connector/place-order.ts';
import { RetryLaterError } from '../../../src/errors.ts';
import { proxied, type Scene, told, trytonScene } from './scene.ts';

const ORDERS = Number(process.env.ERP_ORDERS ?? 500);
const orders = tryton.orders;

function orderOf(turn: number, soldTo: string, prefix: string): OrderToPlace {
  const lines = [
    { reference: `${turn}-1`, product: 'SKU-100', quantity: String(1 + (turn % 9)), unitPrice: '249.9' },
    { reference: `${turn}-2`, product: 'SKU-300', quantity: '1000', unitPrice: '0.0125' },
  ];
  return { reference: `${prefix}-${String(turn).padStart(6, '0')}`, soldTo, orderedOn: '2026-03-02', currency: 'EUR', lines };
}

/** As the hand-off would: looked up and gone on with, never repeated blindly. */
async function push(session: Scene['session'], order: OrderToPlace): Promise<PlacedOrder> {
  if (!orders) throw new Error('the connector takes no orders');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await placeOrder(orders, session, order)).placed;
    } catch (error) {
      if (!(error instanceof RetryLaterError) || attempt >= 60) throw error;
    }
  }
}

async function customer(scene: Scene): Promise<string> {
  const values = { name: 'Buyer GmbH', addresses: [['create', [{ street: 'Kai 1', city: 'Hamburg', invoice: true, delivery: true }]]] };
  const [id] = (await scene.rpc('model.party.party.create', [[values as never]])) as number[];
  return String(id);
}

describe.skipIf(!told())('a real Tryton', () => {
  it(`receives ${ORDERS} orders through accidents: none lost, none doubled, every step done`, async () => {
    const scene = trytonScene();
    const soldTo = await customer(scene);
    const proxy = await proxied();
    const { session } = trytonScene({ url: proxy.url });
    const prefix = `ORD${Date.now()}`;
    proxy.accidents.storm({ seed: 11, rate: 0.12 });

    const all = Array.from({ length: ORDERS }, (_, turn) => orderOf(turn, soldTo, prefix));
    const queue = [...all];
    const worker = async (): Promise<void> => {
      for (let order = queue.shift(); order; order = queue.shift()) {
        expect(await push(session, order)).toMatchObject({ state: 'accepted', stateThere: 'processing' });
      }
    };
    await Promise.all([worker(), worker(), worker()]);

    const found = (await scene.rpc('model.sale.sale.search_read', [
      [['reference', 'like', `${prefix}-%`]],
      0,
      null,
      [['reference', 'ASC']],
      ['reference', 'state', 'lines.quantity', 'tax_amount', 'untaxed_amount'],
    ])) as Array<{
      reference: string;
      state: string;
      'lines.': Array<{ quantity: number }>;
      tax_amount: { decimal: string };
      untaxed_amount: { decimal: string };
    }>;
    expect(found.map(({ reference }) => reference)).toEqual(all.map(({ reference }) => reference));
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['processing']));
    expect(found.map((sale) => sale['lines.'].map(({ quantity }) => String(quantity)).sort())).toEqual(
      all.map(({ lines }) => lines.map(({ quantity }) => quantity).sort()),
    );
    for (const sale of found) {
      expect(Number(sale.tax_amount.decimal)).toBeCloseTo(Number(sale.untaxed_amount.decimal) * 0.19, 1);
    }
    expect(new Set(proxy.accidents.names()).size).toBeGreaterThan(5);
  });

  it('tells a refused order in its own words, and leaves nothing behind', async () => {
    const scene = trytonScene();
    const order = { ...orderOf(1, await customer(scene), `REF${Date.now()}`) };
    const tooFine = { ...order, lines: order.lines.map((line) => ({ ...line, unitPrice: '1.123456789' })) };

    await expect(push(scene.session, tooFine)).rejects.toThrow(/number of digits.*Unit Price.*exceeds the limit/);

    expect(await orders?.find(scene.session, order.reference)).toEqual([]);
  });
});
