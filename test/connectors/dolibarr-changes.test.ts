/** Orders of Dolibarr that are changed and cancelled afterwards. */
import { expect, it } from 'vitest';
import { dolibarr } from '../../connectors/dolibarr/index.ts';
import { cancelOrder, placeOrder, reviseOrder } from '../../src/connector/place-order.ts';
import { dolibarrDialect } from '../simulator/dialects/dolibarr.ts';
import { type ErpOptions, erpScene } from './erp-setup.ts';

async function scene(options: ErpOptions = {}) {
  const erp = await erpScene(dolibarr, dolibarrDialect(), options);
  const buyer = erp.world.add('account', { name: 'Nordwind GmbH' });
  for (const number of ['P-1', 'P-2', 'FREIGHT']) erp.world.add('product', { number });
  const writes = () =>
    erp.heard.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.split('/orders')[1]}`);
  return { ...erp, buyer, writes };
}

it('sets a validated order back, changes what differs, and validates it again', async () => {
  const { session, target, order, buyer, world, heard, writes } = await scene();
  const given = order(buyer.id);
  await placeOrder(target, session, given);
  heard.length = 0;
  const [first] = given.lines;
  if (!first) throw new Error('no line');
  const wanted = {
    ...given,
    lines: [
      { ...first, quantity: '5' },
      { ...first, reference: '3', product: 'FREIGHT', quantity: '1', unitPrice: '7' },
    ],
  };
  expect(await reviseOrder(target, session, wanted)).toMatchObject({ placed: { state: 'accepted' }, changed: true });
  expect(writes()).toEqual([
    'POST /1/settodraft',
    'PUT /1',
    expect.stringMatching(/^PUT .1.lines/),
    expect.stringMatching(/^DELETE .1.lines/),
    'POST /1/lines',
    'POST /1/validate',
  ]);
  expect(world.rows('order')[0]).toMatchObject({ state: 'confirmed', lines: [{ product: 'P-1', quantity: '5' }, { product: 'FREIGHT' }] });
});

it('deletes what is cancelled, as a draft, and asks for it never again', async () => {
  const { session, target, order, buyer, world, writes } = await scene();
  await placeOrder(target, session, order(buyer.id));
  expect(await cancelOrder(target, session, order(buyer.id))).toMatchObject({ placed: { state: 'cancelled' }, changed: true });
  expect(await cancelOrder(target, session, order(buyer.id))).toMatchObject({ placed: null, changed: false });
  expect([writes().slice(-2), world.count('order')]).toEqual([['POST /1/settodraft', 'DELETE /1'], 0]);
});

it.each(['cancel', 'revise'] as const)('refuses to %s what is being shipped, of which Dolibarr looks at the status only', async (what) => {
  const { session, target, order, buyer, world, writes } = await scene();
  await placeOrder(target, session, order(buyer.id));
  world.stepOrder('1', 'processing');
  const sent = writes().length;
  const [placed] = await target.find(session, 'ORD-2026-000042');
  if (!placed) throw new Error('not found');
  const refused = target[what]?.(session, placed, order(buyer.id));
  await expect(refused).rejects.toMatchObject({ code: 'ERP_REFUSED', message: expect.stringContaining('"shipment in process"') });
  expect(writes()).toHaveLength(sent);
});

it('leaves an order as it is when its change cannot be said', async () => {
  const { session, target, order, buyer, world } = await scene();
  const given = order(buyer.id);
  await placeOrder(target, session, given);
  const strange = { ...given, lines: given.lines.map((line) => ({ ...line, product: 'NOT-THERE' })) };
  await expect(reviseOrder(target, session, strange)).rejects.toThrow('NOT-THERE');
  expect(world.rows('order')[0]?.state).toBe('confirmed');
});

it('says to the customer what the order says, and the rest to the seller alone', async () => {
  const { session, target, order, buyer, heard } = await scene();
  await placeOrder(
    target,
    session,
    order(buyer.id, { note: 'Ring', costCentre: 'CC-7', shippingCost: '9.90', approvals: ['approved by D. Weiß'] }),
  );
  const sent = heard.find(({ method }) => method === 'POST')?.json();
  expect(sent).toMatchObject({ note_public: 'Ring', note_private: 'Cost centre: CC-7\napproved by D. Weiß\nShipping cost: 9.90 EUR' });
});

it('carries shipping cost as a line of the product that is named for it', async () => {
  const { session, target, order, buyer, world } = await scene({ settings: { shippingItem: 'FREIGHT' } });
  const { placed } = await placeOrder(target, session, order(buyer.id, { shippingCost: '12.50' }));
  expect(placed).toMatchObject({ shippingCost: '12.5', lines: [{ product: 'P-1' }, { product: 'P-2' }] });
  expect(world.rows('order')[0]?.lines.at(-1)).toMatchObject({ product: 'FREIGHT', unitPrice: '12.50' });
});
