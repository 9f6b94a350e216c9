/** Sales that are changed and cancelled afterwards. */
import { expect, it } from 'vitest';
import { tryton } from '../../connectors/tryton/index.ts';
import type { OrderTarget, OrderToPlace } from '../../src/connector/orders.ts';
import { cancelOrder, placeOrder, reviseOrder } from '../../src/connector/place-order.ts';
import { trytonScene } from './tryton-setup.ts';

const orders = tryton.orders as OrderTarget<unknown>;
const ORDER: OrderToPlace = {
  reference: 'ORD-1',
  soldTo: '1',
  orderedOn: '2026-03-02',
  currency: 'EUR',
  lines: [{ reference: 'L-1', product: 'A-1', quantity: '3', unitPrice: '249.9' }],
};
const MORE: OrderToPlace = { ...ORDER, lines: ORDER.lines.map((line) => ({ ...line, quantity: '5' })) };

async function placed(settings: Record<string, unknown>, order = ORDER) {
  const scene = await trytonScene({ queue: true, settings });
  scene.world.add('account', { name: 'Buyer' });
  scene.world.add('address', { accountId: '1', roles: ['ship_to', 'bill_to'] });
  for (const number of ['A-1', 'FREIGHT']) scene.world.add('product', { number, unit: 'PCE' });
  await placeOrder(orders, scene.session, order);
  return { ...scene, sale: () => scene.world.rows('order')[0] };
}

it.each(['draft', 'quotation', 'confirmed'])('a sale that went as far as %s is changed, and is that far again', async (ordersUpTo) => {
  const { session, sale } = await placed({ ordersUpTo });
  const before = sale()?.state;
  expect(await reviseOrder(orders, session, MORE)).toMatchObject({ placed: { state: 'accepted' }, changed: true });
  expect(sale()).toMatchObject({ state: before, lines: [{ quantity: '5' }] });
});

it.each(['draft', 'quotation', 'confirmed'])('a sale that went as far as %s is cancelled', async (ordersUpTo) => {
  const { session, sale } = await placed({ ordersUpTo });
  expect(await cancelOrder(orders, session, ORDER)).toMatchObject({ placed: { state: 'cancelled' } });
  expect(sale()?.state).toBe('cancelled');
});

it.each([
  ['changed', () => reviseOrder],
  ['cancelled', () => cancelOrder],
])('a sale that is being processed is not %s, which Tryton would pass over in silence', async (done, run) => {
  const { session, sale } = await placed({ ordersUpTo: 'processing' });
  await expect(run()(orders, session, MORE)).rejects.toMatchObject({
    code: 'ERP_REFUSED',
    message: expect.stringContaining(`be ${done} once`),
  });
  expect(sale()).toMatchObject({ state: 'processing', lines: [{ quantity: '3' }] });
});

it('a change that cannot be said leaves the sale as it is', async () => {
  const { session, sale } = await placed({ ordersUpTo: 'confirmed' });
  const strange = { ...MORE, lines: MORE.lines.map((line) => ({ ...line, product: 'B-9' })) };
  await expect(reviseOrder(orders, session, strange)).rejects.toThrow('B-9');
  expect(sale()?.state).toBe('confirmed');
});

it('shipping cost is a line of the product that is named for it', async () => {
  const { session, sale } = await placed({ shippingItem: 'FREIGHT', ordersUpTo: 'confirmed' }, { ...ORDER, shippingCost: '12.50' });
  expect(sale()?.lines).toMatchObject([{ product: 'A-1' }, { product: 'FREIGHT', unitPrice: '12.50' }]);
  expect(await reviseOrder(orders, session, MORE)).toMatchObject({ placed: { shippingCost: '0', lines: [{ quantity: '5' }] } });
});
