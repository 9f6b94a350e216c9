/** A_SalesOrder of the simulated S/4HANA: deep insert, status, and the refusals of a real one. */
import { Refusal, type SimAnswer, type SimRequest } from '../dialect.ts';
import type { World, WorldOrder } from '../world.ts';
import type { PropertyType, Row, Sets } from './odata/types.ts';
import { AREA } from './sap-s4-partner-rows.ts';

const texts = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'string' as const]));

export function orderSets(world: World): Sets {
  const orderIn = (row: Row): WorldOrder | undefined => world.row('order', String(row['#order'] ?? ''));
  const items = (row: Row): Row[] => itemRows(orderIn(row));
  return {
    A_SalesOrder: {
      properties: {
        SalesOrder: 'alpha',
        SoldToParty: 'alpha',
        ...texts('SalesOrderType', 'SalesOrganization', 'PurchaseOrderByCustomer', 'TransactionCurrency', 'OverallSDProcessStatus'),
        ...texts('OverallSDDocumentRejectionSts', 'OverallTotalDeliveryStatus'),
        LastChangeDateTime: 'instant',
        TotalNetAmount: 'decimal',
      },
      keys: ['SalesOrder'],
      rows: () => world.rows('order').map(headerRow),
      navigations: { to_Item: { to: 'A_SalesOrderItem', many: true, rows: items } },
    },
    A_SalesOrderItem: {
      properties: {
        SalesOrder: 'alpha',
        ...texts('SalesOrderItem', 'Material', 'UnderlyingPurchaseOrderItem', 'PurchaseOrderByCustomer'),
        RequestedQuantity: 'decimal',
        NetAmount: 'decimal',
      },
      keys: ['SalesOrder', 'SalesOrderItem'],
      rows: () => world.rows('order').flatMap(itemRows),
      navigations: { to_PricingElement: { to: 'A_SalesOrderItemPrElement', many: true, rows: pricingRows } },
    },
    A_SalesOrderItemPrElement: {
      properties: {
        SalesOrder: 'alpha',
        ...texts('SalesOrderItem', 'PricingProcedureStep', 'ConditionType', 'ConditionCurrency'),
        ConditionRateValue: 'decimal',
        ConditionQuantity: 'decimal',
      },
      keys: ['SalesOrder', 'SalesOrderItem', 'PricingProcedureStep'],
      rows: () => [],
    },
  };
}

/** Orders stay where they are, whatever becomes of them. */
function headerRow({ id, reference, soldTo, currency, state, changedAt }: WorldOrder): Row {
  const isDelivered = state === 'shipped' || state === 'invoiced';
  return {
    '#order': id,
    SalesOrder: id,
    SalesOrderType: 'OR',
    SalesOrganization: AREA.SalesOrganization,
    SoldToParty: soldTo,
    PurchaseOrderByCustomer: reference,
    TransactionCurrency: currency,
    OverallSDProcessStatus: state === 'invoiced' ? 'C' : isDelivered || state === 'processing' ? 'B' : 'A',
    OverallSDDocumentRejectionSts: state === 'cancelled' ? 'C' : 'A',
    OverallTotalDeliveryStatus: isDelivered ? 'C' : 'A',
    LastChangeDateTime: changedAt.toISOString(),
    TotalNetAmount: null,
  };
}

function itemRows(order: WorldOrder | undefined): Row[] {
  return (order?.lines ?? []).map(({ product, quantity, unitPrice, lineReference }, place) => ({
    '#order': order?.id ?? '',
    '#price': unitPrice,
    '#currency': order?.currency ?? '',
    SalesOrder: order?.id ?? '',
    SalesOrderItem: String((place + 1) * 10),
    Material: product,
    RequestedQuantity: Number.isInteger(Number(quantity)) ? `${Number(quantity)}.000` : quantity,
    NetAmount: null,
    UnderlyingPurchaseOrderItem: lineReference ?? '',
    PurchaseOrderByCustomer: order?.reference ?? '',
  }));
}

/** SAP's own price stands beside the manual one, which comes later in the procedure. */
function pricingRows(item: Row): Row[] {
  const common = {
    SalesOrder: item.SalesOrder ?? '',
    SalesOrderItem: item.SalesOrderItem ?? '',
    ConditionCurrency: item['#currency'] ?? '',
    ConditionQuantity: '1',
  };
  return [
    { ...common, PricingProcedureStep: '10', ConditionType: 'PPR0', ConditionRateValue: '999.99' },
    { ...common, PricingProcedureStep: '20', ConditionType: 'PMP0', ConditionRateValue: item['#price'] ?? '' },
  ];
}

interface Given {
  readonly [name: string]: unknown;
}

/** One unit of work: everything is looked up before anything is made. Fields are cut to their length, as a move in ABAP does. */
export function createOrder(request: SimRequest, world: World, service: string): SimAnswer {
  const body = request.json() as Given;
  const said = (name: string): string => (typeof body[name] === 'string' ? (body[name] as string) : '');
  if (said('SalesOrderType') === '') throw refusal('V1/045', 'Enter a sales document type');
  const account = world.row('account', said('SoldToParty'));
  if (!account) throw refusal('VP/199', `Sold-to party ${said('SoldToParty')} not maintained for sales area 1010 10 00`);
  if (said('SalesOrganization') !== AREA.SalesOrganization)
    throw refusal('V1/321', `Sales organization ${said('SalesOrganization')} is not defined`);
  if (account.blocked) throw refusal('V1/156', 'Customer is blocked for order entry');
  const items = listIn(body.to_Item);
  const numbers = new Set(world.rows('product').map(({ number }) => number));
  for (const { Material } of items)
    if (!numbers.has(String(Material))) throw refusal('V1/382', `Item 000010: material ${String(Material)} is not defined`);
  const shipTo = listIn(body.to_Partner).find(({ PartnerFunction }) => PartnerFunction === 'SH');
  const order = world.placeOrder({
    reference: said('PurchaseOrderByCustomer').slice(0, 35),
    soldTo: account.id,
    shipTo: shipTo ? String(shipTo.AddressID ?? shipTo.Customer) : null,
    currency: said('TransactionCurrency') || account.currency,
    lines: items.map((item) => ({
      product: String(item.Material),
      quantity: String(item.RequestedQuantity),
      unitPrice: String(
        listIn(item.to_PricingElement).find(({ ConditionType }) => ConditionType === 'PMP0')?.ConditionRateValue ?? '999.99',
      ),
      lineReference: String(item.UnderlyingPurchaseOrderItem ?? item.PurchaseOrderByCustomer ?? '') || null,
    })),
  });
  const address = `${service}/A_SalesOrder('${order.id}')`;
  const etag = `W/"${order.changedAt.toISOString()}"`;
  const d = {
    __metadata: { uri: address, etag },
    SalesOrder: order.id,
    SoldToParty: order.soldTo,
    PurchaseOrderByCustomer: order.reference,
  };
  return { status: 201, headers: { location: address, etag, dataserviceversion: '2.0' }, json: { d } };
}

/** A deep insert writes collections as `{ results: [] }` or as a list. */
function listIn(given: unknown): Given[] {
  const list = typeof given === 'object' && given !== null && 'results' in given ? given.results : given;
  return Array.isArray(list) ? (list as Given[]) : [];
}

export function refusal(code: string, value: string, status = 400): Refusal {
  const detail = { code, message: value, propertyref: '', severity: 'error', target: '' };
  return new Refusal({
    status,
    headers: { dataserviceversion: '1.0' },
    json: { error: { code, message: { lang: 'en', value }, innererror: { transactionid: 'A1', errordetails: [detail] } } },
  });
}
