/** Orders of Odoo that are changed and cancelled afterwards, and what may not be taken for "there is none". */
import { describe, expect, it } from 'vitest';
import { odoo } from '../../connectors/odoo/index.ts';
import type { OrderTarget, OrderToPlace } from '../../src/connector/orders.ts';
import { cancelOrder, placeOrder, reviseOrder } from '../../src/connector/place-order.ts';
import { sapNumber } from '../simulator/ids.ts';
import { World } from '../simulator/world.ts';
import { methodsOf, orderFor, setup } from './odoo-setup.ts';

const orders = odoo.orders as OrderTarget<unknown>;
const seeded = () => new World({ newId: sapNumber }).seed({ accounts: 3, products: 4 });

/** With the line of another product in place of its own. */
function other(order: OrderToPlace, world: World): OrderToPlace {
  const product = world.rows('product')[1]?.number ?? '';
  return { ...order, lines: order.lines.map((line) => ({ ...line, product, quantity: '2' })) };
}

describe('a search by external id', () => {
  it.each([17, 19] as const)('that a page of something in between answered is not taken for none (%i)', async (version) => {
    const { session, dialect } = await setup({ version });
    const handle = dialect.handle.bind(dialect);
    dialect.handle = (request, ...rest) =>
      request.body.includes('order_ORD-1')
        ? { status: 404, headers: { 'content-type': 'text/html' }, text: '<h1>Not here</h1>' }
        : handle(request, ...rest);
    await expect(orders.find(session, 'ORD-1')).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE' });
  });

  it.each([17, 19] as const)('that Odoo itself answers with nothing is none (%i)', async (version) => {
    expect(await orders.find((await setup({ version })).session, 'ORD-1')).toEqual([]);
  });
});

describe('a line that becomes another', () => {
  it('is removed from a quotation', async () => {
    const { session, world } = await setup({ version: 17 }, { ordersUpTo: 'quotation' }, seeded());
    const order = orderFor(world);
    await placeOrder(orders, session, order);
    await reviseOrder(orders, session, other(order, world));
    expect(world.rows('order')[0]?.lines).toMatchObject([{ product: world.rows('product')[1]?.number, quantity: '2' }]);
  });

  it('is emptied in a confirmed order, which loses none, and filled again when it is wanted again', async () => {
    const { session, world } = await setup({ version: 17 }, {}, seeded());
    const order = orderFor(world);
    await placeOrder(orders, session, order);
    const changed = await reviseOrder(orders, session, other(order, world));
    const quantities = () => world.rows('order')[0]?.lines.map(({ quantity }) => quantity);
    expect([changed.placed.lines.length, quantities()]).toEqual([1, ['0', '2']]);
    await reviseOrder(orders, session, order);
    expect(quantities()).toEqual(['3', '0']);
  });
});

describe('an order of which something has left', () => {
  it.each(['cancel', 'revise'] as const)('is refused, though Odoo would let it happen (%s)', async (what) => {
    const simulator = await setup({ version: 17 }, {}, seeded());
    const { session, world } = simulator;
    const order = orderFor(world);
    const { placed } = await placeOrder(orders, session, order);
    world.stepOrder(placed.id, 'shipped');
    simulator.bodies.length = 0;
    // As it was seen a moment before the goods left.
    await expect(orders[what]?.(session, placed, other(order, world))).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringMatching(/delivered/),
    });
    expect(methodsOf(simulator)).not.toContain('action_cancel');
  });
});

it('is cancelled without the form that Odoo shows to people', async () => {
  const { session, world } = await setup({ version: 17 });
  const order = orderFor(world);
  await placeOrder(orders, session, order);
  expect(await cancelOrder(orders, session, order)).toMatchObject({ placed: { state: 'cancelled', stateThere: 'cancel' }, changed: true });
});

describe('shipping cost', () => {
  it('is a line of the product that is named for it, and no goods', async () => {
    const world = seeded();
    const freight = world.rows('product')[3]?.number ?? '';
    const { session } = await setup({ version: 17 }, { shippingItem: freight }, world);
    const order = { ...orderFor(world), shippingCost: '12.50' };
    const { placed } = await placeOrder(orders, session, order);
    expect(placed).toMatchObject({ shippingCost: '12.5', lines: [{ quantity: '3' }] });
    expect(world.rows('order')[0]?.lines).toMatchObject([{}, { product: freight, quantity: '1', unitPrice: '12.5' }]);
    expect(await placeOrder(orders, session, order)).toMatchObject({ adopted: true });
    const less = await reviseOrder(orders, session, { ...order, shippingCost: '0' });
    expect(less.placed).toMatchObject({ shippingCost: '0' });
  });

  it('else stands in the note, with what else has no field', async () => {
    const simulator = await setup({ version: 19 });
    const { session, world, bodies } = simulator;
    await orders.create(session, {
      ...orderFor(world),
      note: 'Ring',
      costCentre: 'CC-7',
      shippingCost: '12.50',
      approvals: ['approved by D. Weiß'],
    });
    const { fields, data } = bodies.at(-1) as { fields: string[]; data: string[][] };
    expect(data[0]?.[fields.indexOf('note')]).toBe('Ring<br>Cost centre: CC-7<br>approved by D. Weiß<br>Shipping cost: 12.50 EUR');
  });
});
