/** What only S/4HANA does, and what its connector makes of it. */
import { describe, expect, it } from 'vitest';
import { flattenAccount } from '../../connectors/sap-s4hana/flatten-account.ts';
import { sapS4hana } from '../../connectors/sap-s4hana/index.ts';
import { orderBody, partnerOf } from '../../connectors/sap-s4hana/order-body.ts';
import { flattenPrices } from '../../connectors/sap-s4hana/prices.ts';
import { sapSettings } from '../../connectors/sap-s4hana/settings.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import { PARENT_CATEGORY } from '../simulator/dialects/sap-s4-partner-rows.ts';
import type { World } from '../simulator/world.ts';
import { ORDER, SETTINGS, stage } from './sap-s4hana-stage.ts';

describe('reading', () => {
  it('finds new partners that were never changed, by day and time of their creation', async () => {
    const { world, pull } = await stage();
    const { cursor } = await pull('account');
    world.tick(5 * 86_400_000);
    const { id } = world.add('account', { name: 'New' });
    expect((await pull('account', cursor)).records.map(({ Customer }) => Customer)).toContain(id);
  });

  it('asks with the client, and never for what is no customer', async () => {
    const { pull, simulator: system } = await stage();
    const { records } = await pull('account');
    expect(records).toHaveLength(9);
    expect(system.requests.every(({ query }) => query.includes('sap-client=100'))).toBe(true);
  });

  it('takes the account above from a relationship that is valid today, whose partners have numbers of their own', async () => {
    const { world, pull } = await stage({ hierarchy: { relationship: PARENT_CATEGORY } });
    const { records } = await pull('account');
    const parents = Object.fromEntries(records.map(({ Customer, parent }) => [Customer, parent || null]));
    expect(parents).toEqual(Object.fromEntries(world.rows('account').map(({ id, parentId }) => [id, parentId])));
    expect(world.rows('account').some(({ parentId }) => parentId !== null)).toBe(true);
  });

  it('gives the addresses of other customers who are ship-to or bill-to, and then no standard address in their place', async () => {
    const fill = (world: World) => {
      for (const city of ['Kiel', 'Lübeck']) {
        const { id } = world.add('account', { name: city });
        world.add('address', { accountId: id, city, roles: [] });
      }
    };
    const functions = [{ of: '1000001', is: '1000002', name: 'SH' }];
    const { pull } = await stage({}, { functions, fill });
    const { records } = await pull('address');
    expect(records.map(({ id, role, CityName }) => [id, role, CityName])).toEqual([
      ['1000001/SH/1000002', 'ship_to', 'Lübeck'],
      ['1000001/3000001/bill_to', 'bill_to', 'Kiel'],
      ['1000002/3000002/bill_to', 'bill_to', 'Lübeck'],
      ['1000002/3000002/ship_to', 'ship_to', 'Lübeck'],
    ]);
  });

  it('reads only stamped partners for their addresses where it is told to', async () => {
    const { world, pull } = await stage();
    const { cursor } = await pull('address', null, { changes: 'stamped' });
    world.tick(5 * 86_400_000);
    world.change('account', '1000003', { name: 'Changed' });
    const { records } = await pull('address', cursor, { changes: 'stamped' });
    const accounts = new Set(records.map(({ account }) => account));
    // The overlap brings others whose stamp is an hour old at most.
    expect([accounts.has('1000003'), accounts.size < 9]).toEqual([true, true]);
  });

  it('makes a price of every step of a scale, and none of a condition that was deleted', () => {
    const validity = {
      ConditionRecord: '7',
      ConditionValidityEndDate: '/Date(1798675200000)/',
      Material: 'P-1',
      to_SlsPrcgConditionRecord: { ConditionRateValue: '10.00' },
    };
    const scales = [
      { ConditionScaleQuantity: '1.000', ConditionRateValue: '10.00' },
      { ConditionScaleQuantity: '50.000', ConditionRateValue: '8.00' },
    ];
    expect(flattenPrices(validity, scales)).toMatchObject([
      { id: '7/2026-12-31/1.000', from: '1.000', unitPrice: '10.00', validTo: '2027-01-01' },
      { id: '7/2026-12-31/50.000', from: '50.000', unitPrice: '8.00' },
    ]);
    expect(flattenPrices({ ...validity, to_SlsPrcgConditionRecord: { ConditionIsDeleted: true } }, scales)).toEqual([]);
  });

  it('says nothing of a credit limit in another currency, and tells none from zero', () => {
    const config = {
      salesArea: { organization: '1010', channel: '10', division: '00' },
      companyCode: undefined,
      hierarchy: 'none',
    } as const;
    const area = { SalesOrganization: '1010', DistributionChannel: '10', Division: '00', Currency: 'EUR' };
    const partner = { BusinessPartner: '9', Customer: '1', to_Customer: { to_CustomerSalesArea: [area] } };
    const limit = (credit: Record<string, string | boolean>) => flattenAccount(partner, { config, parent: undefined, credit }).creditLimit;
    expect(limit({ CreditLimitAmount: '5.00', CreditSegmentCurrency: 'EUR' })).toBe('5.00');
    expect(limit({ CreditLimitAmount: '5.00', CreditSegmentCurrency: 'USD' })).toBeUndefined();
    expect(limit({ CreditLimitAmount: '0.00', CreditSegmentCurrency: 'EUR' })).toBe('');
    expect(limit({ CreditLimitAmount: '0.00', CreditSegmentCurrency: 'EUR', CreditLimitIsZero: true })).toBe('0.00');
  });

  it('says nothing of a credit limit where the customer is not in our sales area, and so has no currency', () => {
    const partner = { BusinessPartner: '1', Customer: '1000001', to_Customer: { to_CustomerSalesArea: [] } };
    const config = sapSettings.parse(SETTINGS);
    const credit = { CreditSegmentCurrency: 'EUR', CreditLimitAmount: '500.00' };
    expect(flattenAccount(partner, { config, parent: undefined, credit })).not.toHaveProperty('creditLimit');
  });
});

describe('orders', () => {
  it('are sent with a token and its cookie, which are fetched again when the session has ended', async () => {
    const { world, session, simulator: system } = await stage();
    const orders = sapS4hana.orders;
    if (!orders) throw new Error('no orders');
    await placeOrder(orders, session, ORDER);
    system.dialect.expireSessions();
    await placeOrder(orders, session, { ...ORDER, reference: 'ORD-2' });
    expect(system.requests.filter(({ on }) => on === 'write').map(({ status }) => status)).toEqual([201, 403, 201]);
    expect(world.rows('order').map(({ reference }) => reference)).toEqual(['ORD-1', 'ORD-2']);
  });

  it('carry line references, agreed prices and a note where there is room', () => {
    const config = sapSettings.parse({
      url: 'https://example.com',
      user: 'a',
      password: 'b',
      salesArea: { organization: '1010', channel: '10', division: '00' },
    });
    const long = { ...ORDER.lines[0], reference: 'a reference of more' } as OrderToPlace['lines'][number];
    const body = orderBody({ ...ORDER, note: 'Gate 3', purchaseOrderNumber: 'PO-77', lines: [...ORDER.lines, long] }, config);
    expect(body).toMatchObject({
      PurchaseOrderByCustomer: 'ORD-1',
      PurchaseOrderByShipToParty: 'PO-77',
      CustomerPurchaseOrderDate: '/Date(1772409600000)/',
      to_Item: {
        results: [
          {
            SalesOrderItem: '10',
            UnderlyingPurchaseOrderItem: '1',
            to_PricingElement: { results: [{ ConditionType: 'PMP0', ConditionRateValue: '249.90' }] },
          },
          { SalesOrderItem: '20', PurchaseOrderByCustomer: 'a reference of more' },
        ],
      },
      to_Text: { results: [{ LongTextID: 'TX01', LongText: 'Gate 3' }] },
    });
    expect(JSON.stringify(orderBody(ORDER, { ...config, priceCondition: null }))).not.toContain('to_PricingElement');
  });

  it.each([
    [undefined, []],
    ['1000001', []],
    ['1000002', [{ PartnerFunction: 'SH', Customer: '1000002' }]],
    ['1000001/3000001/ship_to', [{ PartnerFunction: 'SH', Customer: '1000001', AddressID: '3000001' }]],
    ['1000001/SH/1000002', [{ PartnerFunction: 'SH', Customer: '1000002' }]],
  ])('go to %s as partner %j', (id, partners) => {
    expect(partnerOf('SH', id, '1000001')).toEqual(partners);
  });
});

describe('the search for an order', () => {
  async function findIn(results: unknown) {
    const answer = { status: 200, headers: {}, json: { d: { results } }, text: '', serverAt: null, verdict: 'ok' as const };
    const session = { config: sapSettings.parse(SETTINGS), http: { send: async () => answer } };
    return sapS4hana.orders?.find(session as never, 'ORD-1');
  }

  it.each([
    ['an order without its number', [{ PurchaseOrderByCustomer: 'ORD-1' }]],
    ['an order without its reference', [{ SalesOrder: '1' }]],
    ['what is no order', [null]],
  ])('does not take %s for none', async (_, results) => {
    await expect(findIn(results)).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE' });
  });

  it('takes an empty list for none, but not before a call that broke off has come to its end there', async () => {
    expect(await findIn([])).toEqual([]);
    expect(sapS4hana.orders?.traits.lookupLagMs).toBeGreaterThanOrEqual(600_000);
  });
});

describe('a check', () => {
  it('counts customers and names services that are not there, with the cure', async () => {
    const { session } = await stage({}, { without: ['API_MATERIAL_STOCK_SRV', 'API_CRDTMBUSINESSPARTNER'] });
    const { summary, warnings, permissions } = await sapS4hana.check(session);
    expect(summary).toBe('SAP S/4HANA, client 100: 9 customers');
    expect(warnings).toEqual([expect.stringContaining('SAP_COM_0164'), expect.stringContaining('creditSegment')]);
    expect(permissions?.filter(({ granted }) => !granted)).toHaveLength(2);
  });

  it('warns of a sales area without customers', async () => {
    const { session } = await stage({ salesArea: { organization: '9999', channel: '10', division: '00' } });
    expect((await sapS4hana.check(session)).warnings[0]).toContain('9999/10/00');
  });

  it.each([
    [{ user: 'a' }, 'either user and password, or oauth'],
    [{ user: 'a', password: 'b', hierarchy: 'head-office' }, 'is needed for hierarchy: head-office'],
  ])('is not reached with settings that cannot work: %j', (login, message) => {
    const result = sapSettings.safeParse({
      url: 'https://example.com',
      salesArea: { organization: '1010', channel: '10', division: '00' },
      ...login,
    });
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });
});
