/** What is odd about orders, deliveries and invoices in Odoo. */
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../src/connector/contract.ts';
import { sapNumber } from '../simulator/ids.ts';
import { World } from '../simulator/world.ts';
import { setup } from './odoo-setup.ts';

function placedElsewhere(): World {
  const world = new World({ newId: sapNumber });
  const account = world.add('account', { name: 'Hansa' });
  world.add('product', { number: 'P-1', name: 'Ladle' });
  world.add('product', { number: 'SHIP', name: 'Freight' });
  const base = { accountId: account.id, datedOn: '2026-02-03' };
  const order = world.add('document', { ...base, kind: 'order', number: 'S00012', reference: 'KO-7' });
  const shipment = world.add('document', {
    ...base,
    kind: 'shipment',
    number: 'WH/OUT/1',
    aboutId: order.id,
    state: 'shipped',
    trackingNumber: 'JJD1',
  });
  const invoice = world.add('document', { ...base, kind: 'invoice', number: 'INV/1', aboutId: order.id, state: 'paid' });
  for (const documentId of [order.id, shipment.id, invoice.id])
    world.add('documentLine', { documentId, product: 'P-1', quantity: '5', unitPrice: '12.5' });
  return world;
}

const byKind = (drafts: readonly Draft[]) => Object.fromEntries(drafts.map((draft) => [draft.values.kind as string, draft]));

describe.each([14, 16, 17, 19] as const)('documents of Odoo %i', (version) => {
  it('are orders, deliveries and invoices, each about the order it belongs to', async () => {
    const world = placedElsewhere();
    const { drafts } = await setup({ version }, {}, world);
    const { order, shipment, invoice } = byKind((await drafts('document')).drafts);
    expect(order).toMatchObject({
      externalId: expect.stringMatching(/^sale\.order\/8\d+$/),
      values: { number: 'S00012', reference: 'KO-7', state: 'open', stateThere: 'sale', datedOn: '2026-02-03', total: 10_000 },
    });
    expect(shipment?.values).toMatchObject({ about: order?.externalId, state: 'shipped', carrier: 'Post', trackingNumber: 'JJD1' });
    expect(invoice?.values).toMatchObject({ about: order?.externalId, state: 'paid', stateThere: 'posted, paid', openAmount: 0 });
  });

  it('have lines about the ordered line: what really went out, and prices after discount; taxes are none', async () => {
    const { drafts } = await setup({ version }, {}, placedElsewhere());
    const lines = (await drafts('documentLine')).drafts;
    expect(lines.map(({ values }) => [values.quantity, values.unitPrice, values.product])).toEqual([
      ['5', '12.5', 'P-1'],
      ['5', null, 'P-1'],
      ['5', '12.5', 'P-1'],
    ]);
    const [ordered, moved, billed] = lines;
    expect([moved?.values.about, billed?.values.about]).toEqual([ordered?.externalId, ordered?.externalId]);
    expect(moved?.values.state).toBe('shipped');
  });
});

it('leaves out kinds whose module is not installed, and says of a missing one which', async () => {
  const world = placedElsewhere();
  const { session } = await setup({ version: 17, without: ['account.move', 'account.move.line'] }, {}, world);
  const { sources } = await import('../../connectors/odoo/read.ts');
  const read = async (kinds: ('order' | 'shipment' | 'invoice')[]) => {
    const all: unknown[] = [];
    for await (const page of sources.document.read(session, { kinds }, null)) all.push(...page.records);
    return all.length;
  };
  expect(await read(['order', 'shipment'])).toBe(2);
  await expect(read(['invoice'])).rejects.toThrow(/account\.move/);
});

it('takes the line of shipping cost for no goods', async () => {
  const world = placedElsewhere();
  const [order] = world.rows('document');
  world.add('documentLine', { documentId: order?.id ?? '', product: 'SHIP', quantity: '1', unitPrice: '9' });
  const { drafts } = await setup({ version: 17 }, { shippingItem: 'SHIP' }, world);
  expect((await drafts('documentLine')).drafts.map(({ values }) => values.product)).toEqual(['P-1', 'P-1', 'P-1']);
});

it('goes on in each table where it was, by the stamps of that table', async () => {
  const world = placedElsewhere();
  const { drafts } = await setup({ version: 17 }, {}, world);
  const { cursor } = await drafts('document');
  world.tick(5 * 86_400_000);
  const invoice = world.rows('document').find(({ kind }) => kind === 'invoice');
  world.change('document', invoice?.id ?? '', { number: 'INV/2' });
  const delta = await drafts('document', cursor);
  expect(delta.drafts.map(({ values }) => values.number)).toContain('INV/2');
  expect(Object.keys(cursor as object)).toEqual(['order', 'shipment', 'invoice']);
});
