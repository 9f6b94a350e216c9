import { describe, expect, it } from 'vitest';
import { exactNumber } from '../../connectors/business-central/decimals.ts';
import { flattenCustomer, flattenPrice } from '../../connectors/business-central/flatten.ts';
import { businessCentral } from '../../connectors/business-central/index.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import { businessCentralDialect } from '../simulator/dialects/business-central.ts';
import { COMPANY } from '../simulator/dialects/business-central-rows.ts';
import { guid } from '../simulator/ids.ts';
import { type ErpOptions, erpScene } from './erp-setup.ts';

async function scene(options: ErpOptions = {}) {
  const one = await erpScene(businessCentral, businessCentralDialect(), { world: { newId: guid }, ...options });
  const buyer = one.world.add('account', { name: 'Nordwind GmbH' });
  for (const number of ['P-1', 'P-2']) one.world.add('product', { number });
  return { ...one, buyer };
}

describe('a company of Business Central', () => {
  it('is found by its name, and one that is not there is told with those that are', async () => {
    const { session } = await scene({ settings: { company: COMPANY.name } });
    const lost = await scene({ settings: { company: 'Contoso' } });

    await expect(businessCentral.check(session)).resolves.toEqual({
      summary: `Business Central ${COMPANY.systemVersion}, company "${COMPANY.displayName}"`,
      warnings: [],
    });
    await expect(lost.read('account')).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('"CRONUS"') });
  });

  it('needs a tenant, or the addresses of API and tokens', () => {
    const login = { company: COMPANY.id, clientId: 'x', clientSecret: 'y' };

    expect(businessCentral.config.safeParse(login).success).toBe(false);
    expect(businessCentral.http?.(businessCentral.config.parse({ ...login, tenant: 'contoso.com' }))).toMatchObject({
      baseUrl: 'https://api.businesscentral.dynamics.com/v2.0/contoso.com/production/api/v2.0',
      login: { tokenUrl: 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token' },
    });
  });
});

describe('the replica of Business Central', () => {
  it('is read in bulk, and never asked whether an order has arrived', async () => {
    const { session, target, order, buyer, read, heard } = await scene();

    await read('account');
    const intents = () =>
      heard
        .filter(({ method, path }) => method === 'GET' && /customers|sales/.test(path))
        .map(({ headers }) => headers['data-access-intent']);
    expect(intents()).toEqual(['ReadOnly']);
    heard.length = 0;
    await placeOrder(target, session, order(buyer.id));

    expect(intents()).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  it('is left alone where the settings say so', async () => {
    const { read, heard } = await scene({ settings: { readReplica: false } });

    await read('account');

    expect(heard.filter(({ headers }) => 'data-access-intent' in headers)).toEqual([]);
  });
});

describe('records of Business Central', () => {
  it('have limit and balance only where the customer has the currency they are kept in', () => {
    const customer = {
      id: 'x',
      creditLimit: 500,
      currencyId: '00000000-0000-0000-0000-000000000000',
      customerFinancialDetail: { balance: 12.5 },
    };

    expect(flattenCustomer(customer)).toMatchObject({ creditLimitInCurrency: 500, balanceInCurrency: 12.5 });
    expect(flattenCustomer({ ...customer, creditLimit: 0 })).toMatchObject({ creditLimitInCurrency: null, balanceInCurrency: 12.5 });
    expect(flattenCustomer({ ...customer, currencyId: guid('account', 7) })).toMatchObject({
      creditLimitInCurrency: null,
      balanceInCurrency: null,
      creditLimit: 500,
    });
  });

  it('give no price where none is set, and a problem where it includes tax', () => {
    expect(flattenPrice({ unitPrice: 0 }, 'EUR')).toEqual([]);
    expect(flattenPrice({ unitPrice: 9.99, priceIncludesTax: true }, 'EUR')).toEqual([
      { unitPrice: 9.99, priceIncludesTax: true, currencyCode: 'EUR', netUnitPrice: null },
    ]);
  });

  it.each([
    ['_x0020_', 'active'],
    [' ', 'active'],
    ['Ship', 'on_hold'],
    ['Invoice', 'on_hold'],
    ['All', 'blocked'],
  ])('are read with blocked "%s" as %s', async (blocked, status) => {
    const { read } = await scene({
      dialect: (one) => ({
        ...one,
        handle: async (...args) => {
          const { json, ...rest } = await one.handle(...args);
          return { ...rest, json: JSON.parse(JSON.stringify(json).replace('"_x0020_"', JSON.stringify(blocked))) };
        },
      }),
    });

    const { drafts } = await read('account');

    expect(drafts.map(({ values }) => values.status)).toEqual([status]);
  });

  it('tell in a delta which stock has moved, although no item was changed', async () => {
    const { world, session, heard } = await scene();
    const [moved] = ['P-1', 'P-2'].map((product) => world.add('stock', { site: '01', product, onHand: '5' }));
    const { stock } = businessCentral.sources;
    const pages = async (cursor: Parameters<NonNullable<typeof stock>['read']>[2]) => {
      const all = [];
      for await (const page of stock?.read(session, { site: 'ALL' }, cursor) ?? []) all.push(page);
      return all;
    };
    world.tick(86_400_000);
    const first = await pages(null);
    world.tick(86_400_000);
    world.change('stock', moved?.id ?? '', { onHand: '4' });
    heard.length = 0;

    const delta = await pages(first.at(-1)?.cursor ?? null);

    expect(delta.flatMap(({ records }) => records)).toEqual([expect.objectContaining({ number: 'P-1', inventory: 4, site: 'ALL' })]);
    expect(heard.map(({ path }) => path.split('/').at(-1))).toEqual(['token', 'itemLedgerEntries', 'items']);
  });
});

describe('an order for Business Central', () => {
  it('says that its prices are net, and whose address gets goods and bill', async () => {
    const { session, target, order, buyer, world, heard } = await scene({ settings: { costCentreDimension: 1 } });
    const site = world.add('account', { name: 'Nordwind Kiel' });
    world.add('address', { accountId: site.id, city: 'Kiel', street: 'Hafen 1' });
    const given = order(buyer.id, {
      shipTo: `${site.id}/ship_to`,
      billTo: `${site.id}/bill_to`,
      costCentre: '4711',
      requestedDeliveryOn: '2026-03-09',
    });

    await placeOrder(target, session, given);

    expect(heard.find(({ path, method }) => method === 'POST' && path.endsWith('/salesOrders'))?.json()).toEqual({
      externalDocumentNumber: 'ORD-2026-000042',
      orderDate: '2026-03-02',
      customerId: buyer.id,
      billToCustomerId: site.id,
      shipToName: 'Nordwind Kiel',
      shipToAddressLine1: 'Hafen 1',
      shipToAddressLine2: '',
      shipToCity: 'Kiel',
      shipToCountry: 'DE',
      shipToState: '',
      shipToPostCode: '20457',
      currencyCode: 'EUR',
      pricesIncludeTax: false,
      requestedDeliveryDate: '2026-03-09',
      shortcutDimension1Code: '4711',
      salesOrderLines: [
        { lineType: 'Item', lineObjectNumber: 'P-1', quantity: 3, unitPrice: 249.9 },
        { lineType: 'Item', lineObjectNumber: 'P-2', quantity: 0.5, unitPrice: 12 },
      ],
    });
  });

  it('is not sent with a reference that Business Central would turn into capitals', async () => {
    const { session, target, order, buyer, heard } = await scene();

    await expect(placeOrder(target, session, order(buyer.id, { reference: 'ord-1' }))).rejects.toMatchObject({ code: 'ERP_REFUSED' });

    expect(heard).toEqual([]);
  });

  it('is told to be shipped while it is open, and invoiced when it has left the table', async () => {
    const { session, target, order, buyer, world } = await scene();
    const { id } = (await placeOrder(target, session, order(buyer.id))).placed;
    const [there] = world.ordersByReference('ORD-2026-000042');

    world.stepOrder(there?.id ?? '', 'shipped');
    const [shipped] = await target.status(session, [id]);
    world.post(there?.id ?? '');
    const [invoiced] = await target.status(session, [id]);

    expect([shipped, invoiced]).toMatchObject([
      { id: 'SO-1', state: 'shipped', foundIn: null },
      { id: 'SO-1', state: 'invoiced', foundIn: 'salesInvoices', soldTo: buyer.id },
    ]);
  });

  it('refuses numbers that JSON would round', () => {
    expect([exactNumber('0.10', 'price'), exactNumber('1000', 'price'), exactNumber('-0.005', 'price')]).toEqual([0.1, 1000, -0.005]);
    expect(() => exactNumber('12345678901234567.89', 'price')).toThrow(/more digits/);
  });
});
