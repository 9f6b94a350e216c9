/** Sales orders of the world as the services of both versions show them. */
import type { World, WorldOrder, WorldOrderLine } from '../world.ts';
import type { EntitySet, Navigation, PropertyType, Row, Sets } from './odata/types.ts';
import { AREA } from './sap-s4-partner-rows.ts';

const texts = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'string' as const]));

/** What the world does not know of an order. */
export interface OrderFile {
  /** Block field -> reason. */
  readonly blocks: Readonly<Record<string, string>>;
  readonly partners: readonly Row[];
  readonly texts: readonly Row[];
  /** Numbers of the lines, in their order. */
  readonly numbers: readonly string[];
  readonly rejected: ReadonlyArray<{ readonly number: string; readonly reason: string; readonly line: WorldOrderLine }>;
}
export type OrderFiles = Map<string, OrderFile>;

export function fileOf(files: OrderFiles, { id, lines }: WorldOrder): OrderFile {
  return files.get(id) ?? { blocks: {}, partners: [], texts: [], numbers: lines.map((_, place) => String((place + 1) * 10)), rejected: [] };
}

/** What both versions call the same. */
const HEADER: EntitySet['properties'] = {
  SalesOrder: 'alpha',
  SoldToParty: 'alpha',
  ...texts('SalesOrderType', 'SalesOrganization', 'PurchaseOrderByCustomer', 'TransactionCurrency', 'OverallSDProcessStatus'),
  ...texts('OverallSDDocumentRejectionSts', 'DeliveryBlockReason', 'HeaderBillingBlockReason', 'OverallDeliveryStatus'),
  LastChangeDateTime: 'instant',
  TotalNetAmount: 'decimal',
};
const ITEM: EntitySet['properties'] = {
  SalesOrder: 'alpha',
  ...texts('SalesOrderItem', 'PurchaseOrderByCustomer', 'SalesDocumentRjcnReason', 'DeliveryStatus', 'OrderRelatedBillingStatus'),
  RequestedQuantity: 'decimal',
  NetAmount: 'decimal',
};
const PRICE: EntitySet['properties'] = {
  SalesOrder: 'alpha',
  ...texts('SalesOrderItem', 'PricingProcedureStep', 'PricingProcedureCounter', 'ConditionType', 'ConditionCurrency'),
  ConditionQuantity: 'decimal',
};

const PARTNER = texts('SalesOrder', 'PartnerFunction', 'Customer', 'AddressID');
const TEXT = texts('SalesOrder', 'Language', 'LongTextID', 'LongText');

interface Names {
  readonly header: string;
  readonly item: string;
  readonly price: string;
  readonly partner: string;
  readonly text: string;
  readonly toPartner: string;
  readonly toText: string;
  readonly toItem: string;
  readonly toPrice: string;
  readonly also: readonly [header: EntitySet['properties'], item: EntitySet['properties'], price: EntitySet['properties']];
}

const V2: Names = {
  header: 'A_SalesOrder',
  item: 'A_SalesOrderItem',
  price: 'A_SalesOrderItemPrElement',
  partner: 'A_SalesOrderHeaderPartner',
  text: 'A_SalesOrderText',
  toPartner: 'to_Partner',
  toText: 'to_Text',
  toItem: 'to_Item',
  toPrice: 'to_PricingElement',
  also: [texts('OverallTotalDeliveryStatus'), texts('Material', 'UnderlyingPurchaseOrderItem'), { ConditionRateValue: 'decimal' }],
};

/** Names of SAP's published metadata of CE_SALESORDER_0001. */
const V4: Names = {
  header: 'SalesOrder',
  item: 'SalesOrderItem',
  price: 'SalesOrderItemPricingElement',
  partner: 'SalesOrderPartner',
  text: 'SalesOrderText',
  toPartner: '_Partner',
  toText: '_Text',
  toItem: '_Item',
  toPrice: '_ItemPricingElement',
  also: [{}, texts('Product', 'RequestedQuantitySAPUnit'), { ConditionRateAmount: 'decimal' }],
};

export function orderSets(world: World, files: OrderFiles, version: 2 | 4): Sets {
  const { header, item, price, partner, text, toItem, toPrice, toPartner, toText, also } = version === 2 ? V2 : V4;
  const many = (to: string, rows: Navigation['rows']): Navigation => ({ to, many: true, rows });
  const all = (rowsOf: (order: WorldOrder) => readonly Row[]) => () => world.rows('order').flatMap(rowsOf);
  const below = (rowsOf: (order: WorldOrder) => readonly Row[]) => (row: Row) => {
    const order = world.row('order', String(row['#order'] ?? ''));
    return order ? [...rowsOf(order)] : [];
  };
  const itemsOf = (order: WorldOrder) => itemRows(order, fileOf(files, order));
  const partnersOf = (order: WorldOrder) => fileOf(files, order).partners.map((row) => ({ ...row, SalesOrder: order.id }));
  const textsOf = (order: WorldOrder) => fileOf(files, order).texts.map((row) => ({ ...row, SalesOrder: order.id }));
  // Items of version 2 carry the tag of their order; those of version 4 have none of their own.
  const tag = { etag: (row: Row) => String(row['#etag']) };
  return {
    [header]: {
      properties: { ...HEADER, ...also[0] },
      keys: ['SalesOrder'],
      rows: all((order) => [headerRow(order, fileOf(files, order))]),
      navigations: {
        [toItem]: many(item, below(itemsOf)),
        [toPartner]: many(partner, below(partnersOf)),
        [toText]: many(text, below(textsOf)),
      },
      ...tag,
    },
    [item]: {
      properties: { ...ITEM, ...also[1] },
      keys: ['SalesOrder', 'SalesOrderItem'],
      rows: all(itemsOf),
      navigations: { [toPrice]: many(price, pricingRows) },
      ...(version === 2 ? tag : {}),
    },
    [price]: {
      properties: { ...PRICE, ...also[2] },
      keys: ['SalesOrder', 'SalesOrderItem', 'PricingProcedureStep', 'PricingProcedureCounter'],
      rows: all((order) => itemsOf(order).flatMap(pricingRows)),
    },
    [partner]: { properties: PARTNER, keys: ['SalesOrder', 'PartnerFunction'], rows: all(partnersOf) },
    [text]: { properties: TEXT, keys: ['SalesOrder', 'Language', 'LongTextID'], rows: all(textsOf) },
  };
}

/** As a real one looks: the instant of the last change, finer than the world's. */
export function etagOf({ changedAt, version }: WorldOrder): string {
  const instant = changedAt.toISOString().replace('Z', `${String(version).padStart(4, '0')}Z`);
  return `W/"datetimeoffset'${encodeURIComponent(instant)}'"`;
}

/** Orders stay where they are, whatever becomes of them. */
function headerRow(order: WorldOrder, { blocks, rejected }: OrderFile): Row {
  const { id, reference, soldTo, currency, state, changedAt } = order;
  const isDelivered = state === 'shipped' || state === 'invoiced';
  return {
    '#order': id,
    '#etag': etagOf(order),
    SalesOrder: id,
    SalesOrderType: 'OR',
    SalesOrganization: AREA.SalesOrganization,
    SoldToParty: soldTo,
    PurchaseOrderByCustomer: reference,
    TransactionCurrency: currency,
    OverallSDProcessStatus: state === 'invoiced' ? 'C' : isDelivered || state === 'processing' ? 'B' : 'A',
    OverallSDDocumentRejectionSts: state === 'cancelled' ? 'C' : rejected.length > 0 ? 'B' : 'A',
    OverallTotalDeliveryStatus: isDelivered ? 'C' : 'A',
    OverallDeliveryStatus: isDelivered ? 'C' : 'A',
    DeliveryBlockReason: '',
    HeaderBillingBlockReason: '',
    ...blocks,
    LastChangeDateTime: changedAt.toISOString(),
    TotalNetAmount: null,
  };
}

function itemRows(order: WorldOrder, { numbers, rejected }: OrderFile): Row[] {
  const live = order.lines.map((line, place) => ({ number: numbers[place] ?? String((place + 1) * 10), reason: '', line }));
  const isDelivered = order.state === 'shipped' || order.state === 'invoiced';
  return [...live, ...rejected]
    .sort((a, b) => Number(a.number) - Number(b.number))
    .map(({ number, reason, line: { product, quantity, unitPrice, lineReference } }) => ({
      '#order': order.id,
      '#etag': etagOf(order),
      '#price': unitPrice,
      '#currency': order.currency,
      SalesOrder: order.id,
      SalesOrderItem: number,
      Material: product,
      Product: product,
      RequestedQuantity: Number.isInteger(Number(quantity)) ? `${Number(quantity)}.000` : quantity,
      NetAmount: null,
      SalesDocumentRjcnReason: reason,
      DeliveryStatus: isDelivered ? 'C' : 'A',
      OrderRelatedBillingStatus: order.state === 'invoiced' ? 'C' : '',
      UnderlyingPurchaseOrderItem: lineReference ?? '',
      PurchaseOrderByCustomer: order.reference,
    }));
}

/** SAP's own price stands beside the manual one, which comes later in the procedure. */
function pricingRows(item: Row): Row[] {
  const common = {
    SalesOrder: item.SalesOrder ?? '',
    SalesOrderItem: item.SalesOrderItem ?? '',
    ConditionCurrency: item['#currency'] ?? '',
    ConditionQuantity: '1',
    PricingProcedureCounter: '1',
  };
  const priced = (rate: Row[string]) => ({ ConditionRateValue: rate, ConditionRateAmount: rate });
  return [
    { ...common, PricingProcedureStep: '10', ConditionType: 'PPR0', ...priced('999.99') },
    { ...common, PricingProcedureStep: '20', ConditionType: 'PMP0', ...priced(item['#price'] ?? '') },
  ];
}
