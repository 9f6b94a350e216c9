/** Sales orders of the world as the services of both versions show them. */
import type { World, WorldOrder } from '../world.ts';
import type { EntitySet, Navigation, PropertyType, Row, Sets } from './odata/types.ts';
import { AREA } from './sap-s4-partner-rows.ts';

const texts = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'string' as const]));

/** Order id -> block field -> reason. The world knows no blocks. */
export type Blocks = Map<string, Readonly<Record<string, string>>>;

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
  ...texts('SalesOrderItem', 'PurchaseOrderByCustomer'),
  RequestedQuantity: 'decimal',
  NetAmount: 'decimal',
};
const PRICE: EntitySet['properties'] = {
  SalesOrder: 'alpha',
  ...texts('SalesOrderItem', 'PricingProcedureStep', 'ConditionType', 'ConditionCurrency'),
  ConditionQuantity: 'decimal',
};

interface Names {
  readonly header: string;
  readonly item: string;
  readonly price: string;
  readonly toItem: string;
  readonly toPrice: string;
  readonly also: readonly [header: EntitySet['properties'], item: EntitySet['properties'], price: EntitySet['properties']];
}

const V2: Names = {
  header: 'A_SalesOrder',
  item: 'A_SalesOrderItem',
  price: 'A_SalesOrderItemPrElement',
  toItem: 'to_Item',
  toPrice: 'to_PricingElement',
  also: [texts('OverallTotalDeliveryStatus'), texts('Material', 'UnderlyingPurchaseOrderItem'), { ConditionRateValue: 'decimal' }],
};

/** Names of SAP's published metadata of CE_SALESORDER_0001. */
const V4: Names = {
  header: 'SalesOrder',
  item: 'SalesOrderItem',
  price: 'SalesOrderItemPricingElement',
  toItem: '_Item',
  toPrice: '_ItemPricingElement',
  also: [{}, texts('Product', 'RequestedQuantitySAPUnit'), { ConditionRateAmount: 'decimal' }],
};

export function orderSets(world: World, blocks: Blocks, version: 2 | 4): Sets {
  const { header, item, price, toItem, toPrice, also } = version === 2 ? V2 : V4;
  const many = (to: string, rows: Navigation['rows']): Navigation => ({ to, many: true, rows });
  const itemsOf = (row: Row) => itemRows(world.row('order', String(row['#order'] ?? '')));
  return {
    [header]: {
      properties: { ...HEADER, ...also[0] },
      keys: ['SalesOrder'],
      rows: () => world.rows('order').map((order) => headerRow(order, blocks)),
      navigations: { [toItem]: many(item, itemsOf) },
      etag: (row) => String(row['#etag']),
    },
    [item]: {
      properties: { ...ITEM, ...also[1] },
      keys: ['SalesOrder', 'SalesOrderItem'],
      rows: () => world.rows('order').flatMap(itemRows),
      navigations: { [toPrice]: many(price, pricingRows) },
    },
    [price]: { properties: { ...PRICE, ...also[2] }, keys: ['SalesOrder', 'SalesOrderItem', 'PricingProcedureStep'], rows: () => [] },
  };
}

/** As a real one looks: the instant of the last change, finer than the world's. */
export function etagOf({ changedAt, version }: WorldOrder): string {
  const instant = changedAt.toISOString().replace('Z', `${String(version).padStart(4, '0')}Z`);
  return `W/"datetimeoffset'${encodeURIComponent(instant)}'"`;
}

/** Orders stay where they are, whatever becomes of them. */
function headerRow(order: WorldOrder, blocks: Blocks): Row {
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
    OverallSDDocumentRejectionSts: state === 'cancelled' ? 'C' : 'A',
    OverallTotalDeliveryStatus: isDelivered ? 'C' : 'A',
    OverallDeliveryStatus: isDelivered ? 'C' : 'A',
    DeliveryBlockReason: '',
    HeaderBillingBlockReason: '',
    ...blocks.get(id),
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
    Product: product,
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
  const priced = (rate: Row[string]) => ({ ConditionRateValue: rate, ConditionRateAmount: rate });
  return [
    { ...common, PricingProcedureStep: '10', ConditionType: 'PPR0', ...priced('999.99') },
    { ...common, PricingProcedureStep: '20', ConditionType: 'PMP0', ...priced(item['#price'] ?? '') },
  ];
}
