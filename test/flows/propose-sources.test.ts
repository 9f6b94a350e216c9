import { expect, it } from 'vitest';
import type { OrderContent } from '../../src/domain/orders/order.ts';
import { proposeSources } from '../../src/orders/propose-sources.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { loadProposal } from '../../src/store/orders/proposals.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

const SITES = {
  HL: { country: 'DE', postalCode: '23552', latitude: 53.87, longitude: 10.69, leadDays: 1, cost: 0 },
  M: { country: 'DE', postalCode: '80331', leadDays: 2, cost: 0 },
};

async function place(setup: OrdersSetup, content: Partial<OrderContent> = {}): Promise<string> {
  const lines = [
    { reference: '1', product: '4711', productName: null, quantity: '10', unit: 'PCE', unitPrice: '12', amount: 120_00, category: null },
  ].map((line) => ({ ...line, supplier: null, text: null }));
  const whole: OrderContent = {
    soldTo: setup.id('A-2'),
    shipTo: setup.id('D-1'),
    billTo: null,
    currency: 'EUR',
    orderedOn: '2026-11-23',
    requestedDeliveryOn: null,
    purchaseOrderNumber: null,
    costCentre: null,
    paymentTerms: null,
    paymentMethod: null,
    note: null,
    shippingCost: 0,
    lines,
    ...content,
  };
  const order = {
    ...{ origin: 'test', reference: 'R-1', keyPrefix: 'KO-', submittedDigest: 'x', materialHash: 'x', total: 120_00, onBehalfOfId: null },
    ...{ accountId: setup.id('A-2'), companyId: setup.id('A-1'), orderedById: setup.id('P-1'), content: whole },
  };
  const inserted = await setup.db.transaction((trx) => insertOrder(trx, order, setup.clock.now));
  return inserted?.id ?? '';
}

it('names the nearest site with stock for every line, keeps the reason, and asks the stock of the moment', async () => {
  const setup = await setupOrders({ orders: { sites: SITES } });
  await setup.stock('S-1', { site: 'M', product: '4711', available: '50' });
  await setup.stock('S-2', { site: 'HL', product: '4711', available: '10' });
  const orderId = await place(setup);
  expect(await proposeSources(setup.db, setup.settings, { orderId, n: 1 }, setup.clock.now)).toEqual(new Map([['1', 'HL']]));
  await setup.alter('S-2', { available: '0' });
  expect(await proposeSources(setup.db, setup.settings, { orderId, n: 1 }, setup.clock.now)).toEqual(new Map([['1', 'M']]));
  expect(await loadProposal(setup.db, orderId)).toMatchObject({
    revision: 1,
    proposal: { reason: 'from M (by country), the nearest that has the goods', sites: [{ site: 'M', leadDays: 2 }] },
  });
});

it('keeps a proposal once however often it is asked for', async () => {
  const setup = await setupOrders({ orders: { sites: SITES } });
  const orderId = await place(setup);
  for (const _ of [1, 2]) expect(await proposeSources(setup.db, setup.settings, { orderId, n: 1 }, setup.clock.now)).toEqual(new Map());
  expect(await setup.rows('select revision from fulfilment_proposals')).toHaveLength(1);
});

it('believes the source that tells least of a place, and takes the default ship-to where the order names none', async () => {
  const setup = await setupOrders({ orders: { sites: SITES } });
  await setup.alter('D-1', { is_default: true });
  await setup.stock('S-1', { site: 'HL', product: '4711', available: '10' });
  const other = await setup.stock('S-2', { site: 'HL', product: '4711', available: '4' });
  await setup.db.raw(`insert into sources (connection, entity) values ('sheets', 'stock')`);
  await setup.db.raw(`update links set source_id = (select id from sources where connection = 'sheets') where local_id = ?`, [other]);
  const orderId = await place(setup, { shipTo: null });
  await proposeSources(setup.db, setup.settings, { orderId, n: 1 }, setup.clock.now);
  expect(await loadProposal(setup.db, orderId)).toMatchObject({
    proposal: { lines: [{ parts: [{ site: 'HL', quantity: '4' }], missing: '6' }], sites: [{ by: 'coordinates' }] },
  });
});
