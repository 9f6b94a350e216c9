/** Orders of Business Central that are changed and cancelled afterwards, and what their comments carry. */
import { expect, it } from 'vitest';
import { businessCentral } from '../../connectors/business-central/index.ts';
import { cancelOrder, placeOrder, reviseOrder } from '../../src/connector/place-order.ts';
import { businessCentralDialect } from '../simulator/dialects/business-central.ts';
import { guid } from '../simulator/ids.ts';
import { type ErpOptions, erpScene } from './erp-setup.ts';

async function scene(options: ErpOptions = {}) {
  const erp = await erpScene(businessCentral, businessCentralDialect(), { world: { newId: guid }, ...options });
  const buyer = erp.world.add('account', { name: 'Nordwind GmbH' });
  for (const number of ['P-1', 'P-2', 'FREIGHT']) erp.world.add('product', { number });
  const writes = () => erp.heard.filter(({ method, path }) => method !== 'GET' && !path.includes('oauth2'));
  return { ...erp, buyer, writes };
}

it('says in comments what has no field, in pieces that fit', async () => {
  const { session, target, order, buyer, writes } = await scene();
  const given = order(buyer.id, {
    purchaseOrderNumber: '4500017',
    costCentre: 'CC-7',
    note: 'x'.repeat(150),
    shippingCost: '9.90',
    approvals: ['approved by D. Weiß'],
  });
  await placeOrder(target, session, given);
  const sent = writes()[0]?.json() as { salesOrderLines: Array<{ lineType: string; description?: string }> } | undefined;
  expect(sent?.salesOrderLines.filter(({ lineType }) => lineType === 'Comment').map(({ description }) => description)).toEqual([
    'Purchase order number: 4500017',
    'x'.repeat(100),
    'x'.repeat(50),
    'Cost centre: CC-7',
    'Shipping cost: 9.90 EUR',
    'approved by D. Weiß',
  ]);
});

it('changes only the lines that differ, and whoever changed the order meanwhile is not overruled', async () => {
  const { session, target, order, buyer, world, writes } = await scene();
  const given = order(buyer.id);
  await placeOrder(target, session, given);
  const [first] = given.lines;
  if (!first) throw new Error('no line');
  await reviseOrder(target, session, {
    ...given,
    lines: [first, { ...first, reference: '3', product: 'FREIGHT', quantity: '1', unitPrice: '7' }],
  });
  expect(
    writes()
      .slice(1)
      .map(({ method, path, headers }) => [method, path.split('/').at(-1)?.replace(/\(.*/, ''), headers['if-match']]),
  ).toEqual([
    ['PATCH', 'salesOrders', expect.stringMatching(/^W\//)],
    ['DELETE', 'salesOrderLines', '*'],
    ['POST', 'salesOrderLines', undefined],
  ]);
  expect(world.rows('order')[0]?.lines).toMatchObject([{ product: 'P-1' }, { product: 'FREIGHT' }]);
});

it.each(['cancel', 'revise'] as const)(
  'refuses to %s an order of which something was shipped, by the number of the shipment',
  async (what) => {
    const { session, target, order, buyer, world, writes } = await scene();
    const { placed } = await placeOrder(target, session, order(buyer.id));
    world.stepOrder(world.rows('order')[0]?.id ?? '', 'shipped');
    // As it was seen a moment before.
    const refused = target[what]?.(session, placed, order(buyer.id));
    await expect(refused).rejects.toMatchObject({ code: 'ERP_REFUSED', message: expect.stringContaining('salesShipments LS-SO-1') });
    expect(writes()).toHaveLength(1);
  },
);

it('deletes what is cancelled, of which nothing is found afterwards', async () => {
  const { session, target, order, buyer } = await scene();
  await placeOrder(target, session, order(buyer.id));
  expect(await cancelOrder(target, session, order(buyer.id))).toMatchObject({
    placed: { state: 'cancelled', stateThere: 'removed' },
    changed: true,
  });
  expect(await cancelOrder(target, session, order(buyer.id))).toMatchObject({ placed: null, changed: false });
});

it('carries shipping cost as a line of the item that is named for it', async () => {
  const { session, target, order, buyer, world } = await scene({ settings: { shippingItem: 'FREIGHT' } });
  const { placed } = await placeOrder(target, session, order(buyer.id, { shippingCost: '12.50' }));
  expect(placed).toMatchObject({ shippingCost: '12.5', lines: [{ product: 'P-1' }, { product: 'P-2' }] });
  expect(world.rows('order')[0]?.lines.at(-1)).toMatchObject({ product: 'FREIGHT', unitPrice: '12.5' });
});
