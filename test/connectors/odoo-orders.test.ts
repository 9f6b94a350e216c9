/** What is odd about orders in Odoo. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineName, orderName } from '../../connectors/odoo/external-ids.ts';
import { orders } from '../../connectors/odoo/orders.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import { sapNumber } from '../simulator/ids.ts';
import { World } from '../simulator/world.ts';
import { methodsOf, orderFor, setup } from './odoo-setup.ts';

describe('an order that was made', () => {
  it('is changed, not made again, by a load that is repeated: header and lines have external ids', async () => {
    const { session, world } = await setup({ version: 16 });
    const order = orderFor(world);
    const first = await orders.create(session, order);
    const second = await orders.create(session, order);
    expect(second).toEqual(first);
    expect(world.ordersByReference(order.reference).map(({ lines }) => lines.length)).toEqual([1]);
  });

  it.each([16, 19] as const)('is found by its external id when somebody changed the reference (%i)', async (version) => {
    const { session, world } = await setup({ version });
    const order = orderFor(world);
    const { id } = (await placeOrder(orders, session, order)).placed;
    world.change('order', id, { reference: 'changed by hand' });
    expect(await orders.find(session, order.reference)).toMatchObject([{ id, reference: order.reference }]);
    await placeOrder(orders, session, order);
    expect(world.count('order')).toBe(1);
  });

  it('is not confirmed a second time, which 17 refuses, when a colleague was faster', async () => {
    const simulator = await setup({ version: 17 });
    const { session, world } = simulator;
    const order = orderFor(world);
    const { id } = await orders.create(session, order);
    world.stepOrder(id, 'confirmed');
    expect((await placeOrder(orders, session, order)).placed).toMatchObject({ id, state: 'accepted', stateThere: 'sale' });
    expect(methodsOf(simulator)).not.toContain('action_confirm');
  });

  it('stays a quotation where the settings say so', async () => {
    const { session, world } = await setup({ version: 16 }, { ordersUpTo: 'quotation' });
    expect((await placeOrder(orders, session, orderFor(world))).placed).toMatchObject({ state: 'accepted', stateThere: 'draft' });
  });

  it('is shipped, invoiced or cancelled as Odoo says', async () => {
    const { session, world } = await setup({ version: 16 });
    const { id } = (await placeOrder(orders, session, orderFor(world))).placed;
    const state = async () => (await orders.status(session, [id]))[0]?.state;
    world.stepOrder(id, 'shipped');
    const shipped = await state();
    world.post(id);
    const { placed: other } = await placeOrder(orders, session, orderFor(world, { reference: 'ORD-2' }));
    world.stepOrder(other.id, 'cancelled');
    expect([shipped, await state(), (await orders.status(session, [other.id]))[0]?.state]).toEqual(['shipped', 'invoiced', 'cancelled']);
  });
});

describe('an order that cannot be made', () => {
  it.each([
    ['a product nobody knows', { product: 'NOPE' }, /no active product "NOPE"/],
    ['another unit than the product is sold by', { unit: 'BOX' }, /sold by "PCE" there, and ordered by "BOX"/],
  ])('is refused before anything is written: %s', async (_, line, message) => {
    const { session, world, requests } = await setup({ version: 16 });
    const order = orderFor(world);
    const wrong = { ...order, lines: order.lines.map((one) => ({ ...one, ...line })) };
    await expect(placeOrder(orders, session, wrong)).rejects.toThrow(message);
    expect(requests.filter(({ on }) => on === 'write')).toEqual([]);
  });

  it('is refused when two products have the code, or one is in the drawer', async () => {
    const world = new World({ newId: sapNumber }).seed({ accounts: 2, products: 1 });
    const [product] = world.rows('product');
    const twin = world.add('product', { number: product?.number ?? '' });
    const { session } = await setup({ version: 16 }, {}, world);
    await expect(placeOrder(orders, session, orderFor(world))).rejects.toThrow(/2 products have the internal reference/);
    world.archive('product', twin.id);
    expect((await placeOrder(orders, session, orderFor(world))).placed).toMatchObject({ state: 'accepted' });
  });

  it('is refused in a currency that no price list has: the list decides the currency', async () => {
    const { session, world, requests } = await setup({ version: 16 });
    await expect(placeOrder(orders, session, orderFor(world, { currency: 'USD' }))).rejects.toThrow(/no active price list in "USD"/);
    expect(requests.filter(({ on }) => on === 'write')).toEqual([]);
  });

  it('passes on what load says among its messages', async () => {
    const { session, world } = await setup({ version: 19 });
    const refusal = placeOrder(orders, session, orderFor(world, { paymentTerms: 'NET 1000' }));
    await expect(refusal).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringMatching(/No matching record found .* 'Payment Terms'/),
    });
    expect(world.count('order')).toBe(0);
  });
});

it('carries the number of the buyer, dates, terms, texts and notes where there is room', async () => {
  const simulator = await setup({ version: 19 });
  const { session, world, bodies } = simulator;
  const order = orderFor(world, { purchaseOrderNumber: 'PO 7', requestedDeliveryOn: '2026-03-09', note: '<b>Gate 3 & 4\nRing' });
  const billTo = `${order.soldTo}/bill_to`;
  await orders.create(session, { ...order, billTo, lines: order.lines.map((line) => ({ ...line, text: 'Blue' })) });
  const { fields, data } = bodies.at(-1) as { fields: string[]; data: string[][] };
  expect(Object.fromEntries(fields.map((field, place) => [field, data[0]?.[place]]))).toMatchObject({
    id: 'kontor.order_ORD-2026-000042',
    'order_line/id': 'kontor.line_ORD-2026-000042:10:P-1',
    client_order_ref: order.reference,
    'partner_invoice_id/.id': order.soldTo,
    origin: 'PO 7',
    date_order: '2026-03-02 12:00:00',
    commitment_date: '2026-03-09 12:00:00',
    note: '&lt;b&gt;Gate 3 &amp; 4<br>Ring',
    'order_line/discount': '0',
    'order_line/name': 'Blue',
  });
});

describe('the terms of an order', () => {
  async function sent(version: 14 | 16 | 19, paymentTerms: string | null, more: { paymentTerms?: string } = {}) {
    const { session, world, bodies } = await setup({ version });
    const buyer = world.rows('account')[0];
    if (!buyer) throw new Error('the world is empty');
    world.change('account', buyer.id, { paymentTerms });
    await orders.create(session, orderFor(world, more));
    const body = bodies.at(-1) as { params?: { args: unknown[] } };
    const { fields, data } = (body.params?.args.at(-1) ?? body) as { fields: string[]; data: string[][] };
    return Object.fromEntries(fields.flatMap((field, place) => (field.startsWith('payment_term') ? [[field, data[0]?.[place]]] : [])));
  }

  it.each([14, 16] as const)("are the customer's when it names none: up to 15 Odoo fills them in for people only (%i)", async (version) => {
    expect(await sent(version, 'NET30')).toEqual({ 'payment_term_id/.id': expect.stringMatching(/^\d+$/) });
    expect(await sent(version, null)).toEqual({});
    expect(await sent(version, 'NET60', { paymentTerms: 'NET60' })).toEqual({ payment_term_id: 'NET60' });
  });

  it('are left to 19, which computes them', async () => {
    expect(await sent(19, 'NET30')).toEqual({});
  });
});

it('gives different references different external ids, which Odoo takes, for orders and lines together', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => one !== '');
  fc.assert(
    fc.property(text, text, text, text, (a, b, c, d) => {
      const names = [orderName(a), orderName(b), lineName(a, c, d), lineName(b, d, c)];
      const wanted = new Set([`o${a}`, `o${b}`, JSON.stringify([a, c, d]), JSON.stringify([b, d, c])]);
      expect(new Set(names).size).toBe(wanted.size);
      expect(names.filter((name) => /[\s.]/.test(name))).toEqual([]);
    }),
  );
});
