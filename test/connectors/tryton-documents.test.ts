/** What is odd about sales, shipments and invoices in Tryton. */
import { expect, it } from 'vitest';
import type { Draft } from '../../src/connector/contract.ts';
import type { World } from '../simulator/world.ts';
import { trytonScene } from './tryton-setup.ts';

function sell(world: World): void {
  const account = world.add('account', { name: 'Hansa' });
  world.add('product', { number: 'P-1', name: 'Ladle' });
  world.add('product', { number: 'SHIP', name: 'Freight' });
  const base = { accountId: account.id, datedOn: '2026-02-03' };
  const sale = world.add('document', { ...base, kind: 'order', number: 'SO12', reference: 'KO-7', state: 'shipped' });
  const shipment = world.add('document', {
    ...base,
    kind: 'shipment',
    number: 'CUS1',
    aboutId: sale.id,
    state: 'shipped',
    trackingNumber: 'JJD1',
  });
  const invoice = world.add('document', { ...base, kind: 'invoice', number: 'INV1', aboutId: sale.id });
  const credit = world.add('document', { ...base, kind: 'credit_note', number: 'INV2', aboutId: sale.id, state: 'paid' });
  for (const documentId of [sale.id, shipment.id, invoice.id, credit.id])
    world.add('documentLine', { documentId, product: 'P-1', quantity: '5', unitPrice: '12.5000' });
  world.add('documentLine', { documentId: sale.id, product: 'SHIP', quantity: '1', unitPrice: '9' });
}

const byKind = (drafts: readonly Draft[]) => Object.fromEntries(drafts.map((draft) => [draft.values.kind as string, draft]));

it('reads sales, shipments and invoices, each about the sale it belongs to, amounts to the cent', async () => {
  const { world, read } = await trytonScene();
  sell(world);
  const { order, shipment, invoice, credit_note: credit } = byKind(await read('document'));
  expect(order).toMatchObject({
    externalId: expect.stringMatching(/^sale\.sale\/\d+$/),
    values: { number: 'SO12', reference: 'KO-7', purchaseOrderNumber: '4500012', state: 'shipped', total: 10_000, datedOn: '2026-02-03' },
  });
  expect(shipment?.values).toMatchObject({ about: order?.externalId, state: 'shipped', trackingNumber: 'JJD1' });
  expect(invoice?.values).toMatchObject({ about: order?.externalId, state: 'open', stateThere: 'posted', openAmount: 11_900 });
  expect(credit?.values).toMatchObject({ about: order?.externalId, state: 'paid', total: -10_000 });
});

it('reads lines about the sold line; a note of several lines is no mark of ours, and shipping cost is no goods', async () => {
  const { world, read } = await trytonScene({ settings: { shippingItem: 'SHIP' } });
  sell(world);
  const lines = await read('documentLine');
  const [sold, ...followers] = lines;
  expect(lines.map(({ externalId }) => externalId.split('/')[0])).toEqual([
    'sale.line',
    'stock.move',
    'account.invoice.line',
    'account.invoice.line',
  ]);
  expect(sold?.values).toMatchObject({
    product: 'P-1',
    productName: 'Ladle',
    quantity: '5',
    unit: 'PCE',
    unitPrice: '12.5',
    reference: null,
  });
  expect(followers.map(({ values }) => values.about)).toEqual(Array(3).fill(sold?.externalId));
});

it('leaves out kinds that are not wanted', async () => {
  const { world, read } = await trytonScene();
  sell(world);
  expect((await read('document', { kinds: ['order', 'invoice'] })).map(({ values }) => values.kind)).toEqual([
    'order',
    'invoice',
    'credit_note',
  ]);
});
