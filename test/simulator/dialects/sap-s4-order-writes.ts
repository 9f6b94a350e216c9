/** How sales orders are made in the simulated S/4HANA, and the refusals of a real one. */
import { Refusal, type SimAnswer, type SimRequest } from '../dialect.ts';
import type { World, WorldOrderLine } from '../world.ts';
import type { Row } from './odata/types.ts';
import { etagOf, type OrderFiles } from './sap-s4-orders.ts';
import { AREA } from './sap-s4-partner-rows.ts';

export interface Given {
  readonly [name: string]: unknown;
}

export interface OrderDesk {
  readonly version: 2 | 4;
  readonly world: World;
  readonly files: OrderFiles;
  /** Absolute address of the service. */
  readonly service: string;
}

export const BLOCKS = ['DeliveryBlockReason', 'HeaderBillingBlockReason'];
const HEADER = ['SalesOrderType', 'SalesOrganization', 'DistributionChannel', 'OrganizationDivision', 'SoldToParty', ...BLOCKS].concat([
  'PurchaseOrderByCustomer', 'CustomerPurchaseOrderDate', 'TransactionCurrency', 'PurchaseOrderByShipToParty', 'RequestedDeliveryDate', 'CustomerPaymentTerms',
]); // biome-ignore format: one list
export const CHANGED_HEADER = [
  ...BLOCKS,
  'CustomerPurchaseOrderDate',
  'PurchaseOrderByShipToParty',
  'RequestedDeliveryDate',
  'CustomerPaymentTerms',
];
const ITEM = ['SalesOrderItem', 'RequestedQuantity', 'SalesOrderItemText', 'PurchaseOrderByCustomer'];
const PRICE = ['ConditionType', 'ConditionCurrency', 'ConditionQuantity'];

/** What the two versions call differently; who sends the other's name is refused. */
export const WORDS = {
  2: {
    set: 'A_SalesOrder',
    header: [...HEADER, 'to_Item', 'to_Partner', 'to_Text'],
    item: [...ITEM, 'Material', 'RequestedQuantityUnit', 'UnderlyingPurchaseOrderItem', 'to_PricingElement'],
    price: [...PRICE, 'ConditionRateValue', 'ConditionQuantityUnit'],
    partner: ['PartnerFunction', 'Customer', 'AddressID'],
    names: { items: 'to_Item', prices: 'to_PricingElement', partners: 'to_Partner', product: 'Material', rate: 'ConditionRateValue' },
  },
  4: {
    set: 'SalesOrder',
    header: [...HEADER, '_Item', '_Partner', '_Text'],
    item: [...ITEM, 'Product', 'RequestedQuantitySAPUnit', '_ItemPricingElement'],
    price: [...PRICE, 'ConditionRateAmount', 'ConditionQuantitySAPUnit'],
    partner: ['PartnerFunction', 'Customer'],
    names: { items: '_Item', prices: '_ItemPricingElement', partners: '_Partner', product: 'Product', rate: 'ConditionRateAmount' },
  },
} as const;

/** One unit of work: everything is looked up before anything is made. Fields are cut to their length, as a move in ABAP does. */
export function createOrder(request: SimRequest, { version, world, files, service }: OrderDesk): SimAnswer {
  const { set, header, item, price, partner, names } = WORDS[version];
  const body = request.json() as Given;
  const items = listIn(body[names.items], version);
  const prices = items.map((one) => listIn(one[names.prices], version));
  const partners = listIn(body[names.partners], version);
  for (const [known, given] of [[header, [body]], [item, items], [price, prices.flat()], [partner, partners]] as const) knownOnly(known, given); // biome-ignore format: one table
  if (version === 4) exactOnly(request, items);
  const said = (name: string): string => (typeof body[name] === 'string' ? (body[name] as string) : '');
  if (said('SalesOrderType') === '') throw refusal('V1/045', 'Enter a sales document type');
  const account = world.row('account', said('SoldToParty'));
  if (!account) throw refusal('VP/199', `Sold-to party ${said('SoldToParty')} not maintained for sales area 1010 10 00`);
  if (said('SalesOrganization') !== AREA.SalesOrganization)
    throw refusal('V1/321', `Sales organization ${said('SalesOrganization')} is not defined`);
  if (account.blocked) throw refusal('V1/156', 'Customer is blocked for order entry');
  const lines = items.map((one, place) => checkedLine(one, prices[place] ?? [], version, world));
  const shipTo = partners.find(({ PartnerFunction }) => PartnerFunction === 'SH');
  const held = Object.fromEntries(BLOCKS.flatMap((field) => (said(field) === '' ? [] : [[field, said(field)]])));
  const order = world.placeOrder({
    reference: said('PurchaseOrderByCustomer').slice(0, 35),
    soldTo: account.id,
    shipTo: shipTo ? String(shipTo.AddressID ?? shipTo.Customer) : null,
    currency: said('TransactionCurrency') || account.currency,
    // Without a block an order waits for nobody.
    state: Object.keys(held).length === 0 ? 'confirmed' : 'draft',
    lines,
  });
  files.set(order.id, {
    blocks: held,
    partners: partners as Row[],
    texts: listIn(body[version === 2 ? 'to_Text' : '_Text'], version) as Row[],
    numbers: items.map(({ SalesOrderItem }, place) => String(SalesOrderItem ?? (place + 1) * 10)),
    rejected: [],
  });
  const address = `${service}/${set}('${order.id}')`;
  const etag = etagOf(order);
  const told = { SalesOrder: order.id, SoldToParty: order.soldTo, PurchaseOrderByCustomer: order.reference };
  const json = version === 2 ? { d: { __metadata: { uri: address, etag }, ...told } } : { '@odata.etag': etag, ...told };
  return { status: 201, headers: { location: address, etag, ...versionHeader(version) }, json };
}

/** An item as a line of the ledger, with the price that was agreed. */
export function checkedLine(item: Given, prices: readonly Given[], version: 2 | 4, world: World): WorldOrderLine {
  const { names } = WORDS[version];
  const product = String(item[names.product]);
  if (!world.rows('product').some(({ number }) => number === product))
    throw refusal('V1/382', `Item 000010: material ${product} is not defined`);
  return {
    product,
    quantity: String(item.RequestedQuantity),
    unitPrice: String(prices.find(({ ConditionType }) => ConditionType === 'PMP0')?.[names.rate] ?? '999.99'),
    lineReference: String(item.UnderlyingPurchaseOrderItem ?? item.PurchaseOrderByCustomer ?? '') || null,
  };
}

export function knownOnly(known: readonly string[], given: readonly Given[]): void {
  for (const name of given.flatMap((one) => Object.keys(one)))
    if (!known.includes(name)) throw refusal('/IWCOR/CX_DS_EP_PROPERTY_ERROR/001', `Property '${name}' is invalid`);
}

/** Decimals as texts are none in version 4, unless the body says that it has them so. */
export function exactOnly(request: SimRequest, items: readonly Given[]): void {
  const isExact = /IEEE754Compatible=true/i.test(request.headers['content-type'] ?? '');
  const isText = items.some(({ RequestedQuantity }) => typeof RequestedQuantity === 'string');
  if (isExact !== isText) throw refusal('/IWBEP/CM_V4_COS/032', 'Error when parsing value of property RequestedQuantity');
}

/** A deep insert of version 2 writes collections as `{ results: [] }` or as a list. */
export function listIn(given: unknown, version: 2 | 4): Given[] {
  const list = version === 2 && typeof given === 'object' && given !== null && 'results' in given ? given.results : given;
  return Array.isArray(list) ? (list as Given[]) : [];
}

export function versionHeader(version: 2 | 4): Record<string, string> {
  return version === 2 ? { dataserviceversion: '2.0' } : { 'odata-version': '4.0' };
}

/** As version 2 says it; `asVersion4` says it as the other. */
export function refusal(code: string, value: string, status = 400): Refusal {
  const detail = { code, message: value, propertyref: '', severity: 'error', target: '' };
  return new Refusal({
    status,
    headers: { dataserviceversion: '1.0' },
    json: { error: { code, message: { lang: 'en', value }, innererror: { transactionid: 'A1', errordetails: [detail] } } },
  });
}

export function asVersion4({ answer }: Refusal): Refusal {
  const error = (answer.json as { error?: { code: string; message: { value?: string } } } | undefined)?.error;
  if (error?.message.value === undefined) return new Refusal(answer);
  const { code, message } = error;
  const json = { error: { code, message: message.value, '@SAP__common.ExceptionCategory': 'Client_Error', details: [] } };
  return new Refusal({ ...answer, headers: { 'odata-version': '4.0' }, json });
}
