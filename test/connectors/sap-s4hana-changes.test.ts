/** Sales orders that are changed and cancelled: what becomes of their items, partners and texts, and what is left alone. */
import { describe, expect, it } from 'vitest';
import type { OrderToPlace } from '../../src/connector/orders.ts';
import { cancelOrder, placeOrder, reviseOrder } from '../../src/connector/place-order.ts';
import type { Dialect, SimAnswer, SimRequest } from '../simulator/server.ts';
import type { World } from '../simulator/world.ts';
import { ORDER, stage } from './sap-s4hana-stage.ts';

const REASON = { rejectionReason: '50' };
const BLOCK = { orderBlock: { delivery: 'Z1' } };

const line = (product: string, quantity: string, unitPrice: string, reference = product) => ({ reference, product, quantity, unitPrice });
const FIRST: OrderToPlace = { ...ORDER, note: 'Gate 3', lines: [line('P-1', '3', '249.90'), line('P-2', '1', '10')] };

const fill = (world: World) => {
  for (const number of ['P-1', 'P-2', 'P-3']) world.add('product', { number });
  for (const name of ['Kiel', 'Bremen']) world.add('account', { name });
};

/** Ours alone, in their order: method, status and what they were sent to. */
function writes({ requests }: { requests: readonly { on: string; method: string; status?: number | null; path: string }[] }): string[] {
  return requests
    .filter(({ on, path }) => on === 'write' && !path.endsWith('$batch'))
    .map(
      ({ method, status, path }) =>
        `${method} ${decodeURIComponent(path)
          .split('/')
          .slice(-2)
          .join('/')
          .replace(/^.*(?:SRV|0001)\//, '')} ${status}`,
    );
}

describe.each(['v2', 'v4'] as const)('a sales order, %s,', (salesOrders) => {
  it('is cancelled by rejecting each item with the reason that is set, and stays to be looked at', async () => {
    const { world, session, orders, simulator } = await stage({ ...REASON, salesOrders }, { fill });
    await placeOrder(orders, session, FIRST);
    simulator.requests.length = 0;
    const { placed, changed } = await cancelOrder(orders, session, FIRST);
    expect([placed?.state, changed, placed?.lines.length]).toEqual(['cancelled', true, 2]);
    expect(world.rows('order').map(({ state }) => state)).toEqual(['cancelled']);
    expect(writes(simulator).map((one) => one.replace(/A_/, ''))).toEqual([
      "PATCH SalesOrderItem(SalesOrder='1',SalesOrderItem='10') 204".replace("'1'", `'${placed?.id}'`),
      "PATCH SalesOrderItem(SalesOrder='1',SalesOrderItem='20') 204".replace("'1'", `'${placed?.id}'`),
    ]);
  });

  it('is not cancelled while no reason for it is set, and says what to set', async () => {
    const { world, session, orders } = await stage({ salesOrders }, { fill });
    await placeOrder(orders, session, FIRST);
    await expect(cancelOrder(orders, session, FIRST)).rejects.toMatchObject({
      code: 'HANDOFF_UNSUPPORTED',
      message: expect.stringContaining('settings.rejectionReason'),
    });
    expect(world.rows('order').map(({ state }) => state)).toEqual(['confirmed']);
  });

  it.each([
    [
      'rejects',
      REASON,
      [
        ['10', ''],
        ['20', '50'],
        ['30', ''],
      ],
    ],
    [
      'deletes',
      {},
      [
        ['10', ''],
        ['30', ''],
      ],
    ],
  ] as const)('%s an item that a change leaves out, and gives no number twice', async (_, settings, items) => {
    const { session, orders, simulator, open } = await stage({ ...settings, salesOrders }, { fill });
    await placeOrder(orders, session, FIRST);
    const wanted = { ...FIRST, lines: [line('P-1', '5', '249.90'), line('P-3', '2', '7.5')] };
    const { placed } = await reviseOrder(orders, session, wanted);
    expect(placed.lines).toEqual([
      { product: 'P-1', quantity: '5', unitPrice: '249.9' },
      { product: 'P-3', quantity: '2', unitPrice: '7.5' },
    ]);
    const set =
      salesOrders === 'v2'
        ? 'odata/sap/API_SALES_ORDER_SRV/A_SalesOrderItem'
        : 'odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001/SalesOrderItem';
    const { json } = await open().http.send({ path: set });
    const rows = (json as { d?: { results: Item[] }; value?: Item[] }).d?.results ?? (json as { value: Item[] }).value;
    expect(rows.map(({ SalesOrderItem, SalesDocumentRjcnReason }) => [SalesOrderItem, SalesDocumentRjcnReason])).toEqual(items);
    expect(simulator.accidents.happened).toEqual([]);
  });

  it('is sent elsewhere, with another note, and only what differs is written', async () => {
    const { world, session, orders, simulator } = await stage({ salesOrders }, { fill });
    const wanted = { ...FIRST, shipTo: '1000002' };
    await placeOrder(orders, session, wanted);
    simulator.requests.length = 0;
    await reviseOrder(orders, session, {
      ...wanted,
      note: 'Gate 4',
      shipTo: ORDER.soldTo,
      lines: [line('P-1', '3', '249.90'), line('P-2', '1', '11')],
    });
    expect(world.rows('order')).toMatchObject([{ shipTo: ORDER.soldTo, lines: [{ unitPrice: '249.90' }, { unitPrice: '11' }] }]);
    expect(writes(simulator).map((one) => one.replace(/^(\w+) (?:A_)?SalesOrder(\w*).* (\d+)$/, '$1 $2 $3'))).toEqual([
      'PATCH  204',
      salesOrders === 'v2' ? 'PATCH HeaderPartner 204' : 'PATCH Partner 204',
      'PATCH Text 204',
      salesOrders === 'v2' ? 'PATCH ItemPrElement 204' : 'PATCH ItemPricingElement 204',
    ]);
  });

  it('that somebody changes at that moment is left to him, and looked at again', async () => {
    const between = beforeFirst('PATCH', (world) => {
      for (const { id } of world.rows('order')) world.change('order', id, { billTo: 'by a colleague' });
    });
    const { world, session, orders } = await stage({ salesOrders }, { fill, between });
    await placeOrder(orders, session, FIRST);
    const wanted = { ...FIRST, lines: [line('P-1', '5', '249.90')] };
    await expect(reviseOrder(orders, session, wanted)).rejects.toMatchObject({ name: 'RetryLaterError', code: 'ERP_CONFLICT' });
    expect(world.rows('order')).toMatchObject([{ billTo: 'by a colleague', lines: [{ quantity: '3' }, { quantity: '1' }] }]);
    await reviseOrder(orders, session, wanted);
    expect(world.rows('order')).toMatchObject([{ billTo: 'by a colleague', lines: [{ quantity: '5' }] }]);
  });

  it('is blocked again while it is changed, and freed at its end', async () => {
    const states: string[] = [];
    const between = (dialect: Dialect): Dialect => ({
      ...dialect,
      handle(request, world, context) {
        if (request.method === 'DELETE') states.push(...world.rows('order').map(({ state }) => state));
        return dialect.handle(request, world, context);
      },
    });
    const { world, session, orders } = await stage({ ...BLOCK, salesOrders }, { fill, between });
    await placeOrder(orders, session, FIRST);
    await reviseOrder(orders, session, { ...FIRST, lines: [line('P-1', '3', '249.90')] });
    expect(states).toEqual(['draft']);
    expect(world.rows('order').map(({ state }) => state)).toEqual(['confirmed']);
  });

  it('of which a part was delivered is neither changed nor cancelled', async () => {
    const partly = (answer: SimAnswer): SimAnswer =>
      answer.json === undefined
        ? answer
        : { ...answer, json: JSON.parse(JSON.stringify(answer.json).replaceAll('"DeliveryStatus":"A"', '"DeliveryStatus":"B"')) };
    const between = (dialect: Dialect): Dialect => ({
      ...dialect,
      handle: (request: SimRequest, world, context) => partly(dialect.handle(request, world, context) as SimAnswer),
    });
    const { world, session, orders, simulator } = await stage({ ...REASON, salesOrders, batch: false }, { fill, between });
    await placeOrder(orders, session, FIRST);
    simulator.requests.length = 0;
    const refused = { code: 'ERP_REFUSED', message: expect.stringContaining('deliveries or invoices') };
    await expect(cancelOrder(orders, session, FIRST)).rejects.toMatchObject(refused);
    await expect(reviseOrder(orders, session, { ...FIRST, lines: [line('P-1', '5', '249.90')] })).rejects.toMatchObject(refused);
    expect(writes(simulator)).toEqual([]);
    expect(world.rows('order').map(({ state }) => state)).toEqual(['confirmed']);
  });
});

describe('an order with what SAP has no field for', () => {
  it('carries it in its header text, and the number of the buyer only where its field is too short', async () => {
    const { session, orders, open } = await stage({}, { fill });
    const order: OrderToPlace = {
      ...FIRST,
      purchaseOrderNumber: 'PO-'.padEnd(40, '7'),
      costCentre: 'CC-7',
      shippingCost: '12.50',
      approvals: ['Ada approved on 2 March'],
    };
    await orders.create(session, order);
    const { json } = await open().http.send({ path: 'odata/sap/API_SALES_ORDER_SRV/A_SalesOrderText' });
    const [text] = (json as { d: { results: Array<{ LongText: string }> } }).d.results;
    expect(text?.LongText.split('\n')).toEqual([
      'Gate 3',
      'Cost centre: CC-7',
      'Shipping cost: 12.50 EUR',
      'Ada approved on 2 March',
      `Purchase order number: ${order.purchaseOrderNumber}`,
    ]);
  });
});

interface Item {
  readonly SalesOrderItem: string;
  readonly SalesDocumentRjcnReason: string;
}

/** Something happens before the first such request arrives. */
function beforeFirst(method: string, happens: (world: World) => void): (dialect: Dialect) => Dialect {
  return (dialect) => {
    let isDone = false;
    return {
      ...dialect,
      handle(request, world, context) {
        if (request.method === method && !isDone) {
          isDone = true;
          happens(world);
        }
        return dialect.handle(request, world, context);
      },
    };
  };
}
