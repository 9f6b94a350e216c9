/** Sales orders in both versions: how they wait for their release, what it does when others work on them, and what is not said of these others. */
import { describe, expect, it } from 'vitest';
import { orderBody } from '../../connectors/sap-s4hana/order-body.ts';
import { placedOrder } from '../../connectors/sap-s4hana/placed-order.ts';
import { sapSettings } from '../../connectors/sap-s4hana/settings.ts';
import { verdicts } from '../../connectors/sap-s4hana/verdicts.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import type { Dialect, SimAnswer, SimRequest } from '../simulator/server.ts';
import type { World } from '../simulator/world.ts';
import { ORDER, SETTINGS, stage } from './sap-s4hana-stage.ts';

const BLOCK = { orderBlock: { delivery: 'Z1', billing: 'Z2' } };

/** Something happens to the first change, before it arrives. */
function beforeChange(happens: (world: World, request: SimRequest) => SimRequest): (dialect: Dialect) => Dialect {
  return (dialect) => {
    let isDone = false;
    return {
      ...dialect,
      handle(request, world, context) {
        if (request.method !== 'PATCH' || isDone) return dialect.handle(request, world, context);
        isDone = true;
        return dialect.handle(happens(world, request), world, context);
      },
    };
  };
}

describe.each(['v2', 'v4'] as const)('an order that waits for its release, %s', (salesOrders) => {
  const settings = { ...BLOCK, salesOrders };

  it('is made with its blocks, and freed of them once it was found again', async () => {
    const { world, session, orders, simulator } = await stage(settings);
    await orders.create(session, ORDER);
    const [waiting] = await orders.find(session, ORDER.reference);
    expect(waiting).toMatchObject({ state: 'placed', stateThere: expect.stringContaining('blocked Z1/Z2') });
    expect(world.rows('order').map(({ state }) => state)).toEqual(['draft']);
    const { placed } = await placeOrder(orders, session, ORDER);
    expect(placed).toMatchObject({ state: 'accepted', stateThere: expect.not.stringContaining('blocked') });
    expect(world.rows('order').map(({ state }) => state)).toEqual(['confirmed']);
    expect(simulator.requests.filter(({ on }) => on === 'write').map(({ method, status }) => [method, status])).toEqual([
      ['POST', 201],
      ['PATCH', 204],
    ]);
  });

  it('that somebody changes at that moment is left to him, looked at again, and then released', async () => {
    const between = beforeChange((world, request) => {
      for (const { id } of world.rows('order')) world.change('order', id, { shipTo: 'by a colleague' });
      return request;
    });
    const { world, session, orders, simulator } = await stage(settings, { between });
    await expect(placeOrder(orders, session, ORDER)).rejects.toMatchObject({ name: 'RetryLaterError', code: 'ERP_CONFLICT' });
    expect(world.rows('order')).toMatchObject([{ state: 'draft', shipTo: 'by a colleague' }]);
    await placeOrder(orders, session, ORDER);
    expect(world.rows('order')).toMatchObject([{ state: 'confirmed', shipTo: 'by a colleague' }]);
    expect(simulator.requests.filter(({ method }) => method === 'PATCH').map(({ status }) => status)).toEqual([412, 204]);
  });

  it('whose ETag was lost on the way is not changed blindly', async () => {
    const between = beforeChange((_, { method, path, query, headers: { 'if-match': _lost, ...headers }, body, ...request }) => ({
      ...{ ...request, method, path, query, headers, body },
      json: () => JSON.parse(body.toString()),
    }));
    const { world, session, orders, simulator } = await stage(settings, { between });
    await expect(placeOrder(orders, session, ORDER)).rejects.toMatchObject({ name: 'RetryLaterError', code: 'ERP_CONFLICT' });
    expect(world.rows('order').map(({ state }) => state)).toEqual(['draft']);
    expect(simulator.requests.at(-1)).toMatchObject({ method: 'PATCH', status: 428 });
  });

  it('that comes without an ETag is not changed at all', async () => {
    const { world, session, orders, open } = await stage(settings);
    await orders.create(session, ORDER);
    const [waiting] = await orders.find(session, ORDER.reference);
    if (!waiting) throw new Error('it is not there');
    const { http, ...rest } = open();
    const bare = async (request: Parameters<typeof http.send>[0]) => {
      const answer = await http.send(request);
      const json = JSON.parse(JSON.stringify(answer.json).replaceAll(/"(__metadata|@odata\.etag)"/g, '"gone"'));
      return { ...answer, json, headers: {} };
    };
    await expect(orders.steps[0]?.run({ ...rest, http: { send: bare } }, waiting)).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE' });
    expect(world.rows('order').map(({ state }) => state)).toEqual(['draft']);
  });

  it('that somebody has released already is not touched again', async () => {
    const { session, orders, simulator } = await stage(settings);
    await orders.create(session, ORDER);
    const [waiting] = await orders.find(session, ORDER.reference);
    await placeOrder(orders, session, ORDER);
    simulator.requests.length = 0;
    if (waiting) await orders.steps[0]?.run(session, waiting);
    expect(simulator.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('keeps a block that is none of ours', async () => {
    const { session, orders, open, simulator } = await stage(settings);
    await orders.create(session, ORDER);
    const other = open({ orderBlock: { delivery: '01' } });
    const { placed } = await placeOrder(orders, other, ORDER);
    expect(placed).toMatchObject({ state: 'accepted', stateThere: expect.stringContaining('blocked Z1/Z2') });
    const half = open({ orderBlock: { delivery: 'Z1', billing: '01' } });
    expect((await placeOrder(orders, half, ORDER)).placed.stateThere).toContain('blocked -/Z2');
    expect(simulator.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it('waits no longer when the setting is gone, and is made without blocks', async () => {
    const { world, session, orders, simulator } = await stage({ salesOrders });
    expect((await placeOrder(orders, session, ORDER)).placed.state).toBe('accepted');
    expect(world.rows('order').map(({ state }) => state)).toEqual(['confirmed']);
    expect(simulator.requests.some(({ method }) => method === 'PATCH')).toBe(false);
  });

  it('that a colleague holds open is tried again, and his name is told to nobody', async () => {
    const said = 'Sales document 1 is currently being processed by user MUELLERK';
    const message = salesOrders === 'v2' ? { lang: 'en', value: said } : said;
    const held: SimAnswer = { status: 400, json: { error: { code: 'V1/333', message } } };
    const { session, orders } = await stage(settings, { instead: ({ method }) => (method === 'PATCH' ? held : undefined) });
    const failure = await placeOrder(orders, session, ORDER).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'RetryLaterError',
      code: 'ERP_UNREACHABLE',
      message: expect.stringContaining('Sales document 1 is currently being processed by user ***'),
    });
  });
});

describe('words of SAP', () => {
  const wordsOf = (value: string, code = 'X/1', status = 400) => {
    const json = { error: { code, message: { lang: 'en', value }, innererror: { errordetails: [{ message: value }] } } };
    return judge({ status, json, headers: {}, text: '', serverAt: null }, verdicts, new Date(0));
  };

  it.each([
    ['Object requested is currently locked by user SMITH_J', 'MC/601', 'busy', 'MC/601 Object requested is currently locked by user ***'],
    ['Objet demandé actuellement bloqué : DUPONT', 'MC/601', 'busy', 'MC/601 (somebody has locked the object)'],
    ['Beleg 12 wird gerade von MUELLER bearbeitet', 'X/1', 'busy', 'X/1 Beleg 12 wird gerade von *** bearbeitet'],
    ['Beleg 12 ist durch Benutzer CB9980000012 gesperrt', 'X/1', 'busy', 'X/1 Beleg 12 ist durch Benutzer *** gesperrt'],
    ['Order 12 was locked by SMITH', 'X/1', 'busy', 'X/1 Order 12 was locked by ***'],
    ['User SMITH has no authorization', 'X/1', 'refused', 'X/1 User *** has no authorization'],
    ['The user has no authorization for VKORG 1010', 'X/1', 'refused', 'X/1 The user has no authorization for VKORG 1010'],
    ['Customer 1 is blocked by credit management', 'X/1', 'refused', 'X/1 Customer 1 is blocked by credit management'],
    ['Kunde 1 ist gesperrt', 'X/1', 'refused', 'X/1 Kunde 1 ist gesperrt'],
  ])('"%s" (%s) are told as %s without the person', (said, code, verdict, words) => {
    expect(wordsOf(said, code)).toMatchObject({ verdict, words });
  });

  it.each([
    [403, 'denied'],
    [404, 'missing'],
    [409, 'conflict'],
    [412, 'conflict'],
    [428, 'conflict'],
    [500, 'unavailable'],
    [501, 'refused'],
  ])('name nobody with status %i either', (status, verdict) => {
    expect(wordsOf('Created by SMITH', 'X/1', status)).toMatchObject({ verdict, words: 'X/1 Created by ***' });
  });
});

describe('the service of version 4', () => {
  const config = sapSettings.parse({ ...SETTINGS, ...BLOCK, salesOrders: 'v4' });

  it('is told an order in its own words, with dates and lists as they are there', () => {
    const lines = [{ ...ORDER.lines[0], reference: '1', unit: 'PC', text: 'Agreed' } as (typeof ORDER.lines)[number]];
    expect(orderBody({ ...ORDER, shipTo: '1000002', note: 'Gate 3', requestedDeliveryOn: '2026-04-01', lines }, config)).toEqual({
      SalesOrderType: 'OR',
      SalesOrganization: '1010',
      DistributionChannel: '10',
      OrganizationDivision: '00',
      SoldToParty: '1000001',
      PurchaseOrderByCustomer: 'ORD-1',
      CustomerPurchaseOrderDate: '2026-03-02',
      RequestedDeliveryDate: '2026-04-01',
      TransactionCurrency: 'EUR',
      DeliveryBlockReason: 'Z1',
      HeaderBillingBlockReason: 'Z2',
      _Item: [
        {
          SalesOrderItem: '10',
          Product: 'P-1',
          RequestedQuantity: '3',
          RequestedQuantitySAPUnit: 'PC',
          SalesOrderItemText: 'Agreed',
          PurchaseOrderByCustomer: '1',
          _ItemPricingElement: [
            {
              ConditionType: 'PMP0',
              ConditionRateAmount: '249.90',
              ConditionCurrency: 'EUR',
              ConditionQuantity: '1',
              ConditionQuantitySAPUnit: 'PC',
            },
          ],
        },
      ],
      _Partner: [{ PartnerFunction: 'SH', Customer: '1000002' }],
      _Text: [{ Language: 'EN', LongTextID: 'TX01', LongText: 'Gate 3' }],
    });
  });

  it('is understood with decimals as exact texts, and as numbers where it does not know them', () => {
    const order = (quantity: string | number, rate: string | number) => ({
      SalesOrder: '1',
      _Item: [{ Product: 'P', RequestedQuantity: quantity, _ItemPricingElement: [{ ConditionType: 'PMP0', ConditionRateAmount: rate }] }],
    });
    const line = [{ product: 'P', quantity: '12.5', unitPrice: '0.75' }];
    expect(placedOrder(order('12.500', '0.750000000'), config).lines).toEqual(line);
    expect(placedOrder(order(12.5, 0.75), config).lines).toEqual(line);
  });

  it('asks about many orders in one batch, too', async () => {
    const { session, orders, simulator } = await stage({ salesOrders: 'v4', filterSize: 1 });
    const ids = [await orders.create(session, ORDER), await orders.create(session, { ...ORDER, reference: 'ORD-2' })].map(({ id }) => id);
    simulator.requests.length = 0;
    expect((await orders.status(session, ids)).map(({ reference, lines }) => [reference, lines[0]?.unitPrice])).toEqual([
      ['ORD-1', '249.9'],
      ['ORD-2', '249.9'],
    ]);
    expect(simulator.requests.map(({ path }) => path.split('/').slice(-2).join('/'))).toEqual(['0001/$batch']);
  });

  /** Two places of one customer, of which the first is the standard address. */
  const fill = (world: World) => {
    world.add('product', { number: 'P-1' });
    const { id } = world.add('account', { name: 'Kiel' });
    for (const city of ['Kiel', 'Lübeck']) world.add('address', { accountId: id, city, roles: ['ship_to'] });
  };

  it('takes the standard address without its number', async () => {
    const { world, session, orders } = await stage({ salesOrders: 'v4' }, { fill });
    await orders.create(session, { ...ORDER, shipTo: '1000001/3000001/ship_to', billTo: '1000001' });
    expect(world.rows('order')).toMatchObject([{ reference: 'ORD-1', shipTo: null }]);
  });

  it.each(['1000001/3000002/ship_to', '1000001/4711/ship_to', '77/3000001/ship_to'])(
    'would lose the number of another address (%s), so the order is not sent',
    async (shipTo) => {
      const { world, session, orders } = await stage({ salesOrders: 'v4' }, { fill });
      await expect(orders.create(session, { ...ORDER, shipTo })).rejects.toMatchObject({
        code: 'ERP_REFUSED',
        message: expect.stringContaining('salesOrders: v2'),
      });
      expect(world.rows('order')).toEqual([]);
    },
  );
});
