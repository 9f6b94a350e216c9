/** The two services that take sales orders. They keep the same documents and call some of their parts differently. */
import type { Json } from '../../src/connector/contract.ts';
import { type Ask, entityPath, jsonDate, type ODataQuery } from '../../src/connector/odata/index.ts';
import { askOf, askV4, SERVICE, sapPath, v4Path } from './http.ts';
import { type SapSession, text } from './partners.ts';
import type { SapSettings } from './settings.ts';

export interface SalesOrderService {
  /** Of its entity set, or of one entity with its key, and what is below it. */
  path(config: SapSettings, key: string, query?: ODataQuery): string;
  /** Of one entity of another of its sets, and what is below it. */
  partPath(config: SapSettings, set: string, keys: Readonly<Record<string, string>>, below?: string): string;
  ask(session: SapSession): Ask;
  /** What is read along with an order, as `$expand` of its version says it. */
  readonly expand: readonly string[];
  /** With every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly names: {
    readonly set: string;
    readonly itemSet: string;
    readonly priceSet: string;
    readonly partnerSet: string;
    readonly textSet: string;
    readonly items: string;
    readonly prices: string;
    readonly partners: string;
    readonly texts: string;
    readonly product: string;
    readonly unit: string;
    readonly rate: string;
    readonly rateUnit: string;
  };
  date(civil: string): string;
  /** Parts of a deep insert. */
  list(parts: Json[]): Json;
  /** Whether an item has the customer's item number, of six characters, beside a purchase order number of its own. */
  readonly hasItemNumber: boolean;
  /** Whether a partner may be sent with the number of one of its addresses. */
  readonly hasAddressIds: boolean;
}

const v2: SalesOrderService = {
  path: (config, key, query) => sapPath(config, `${SERVICE.order}/A_SalesOrder${key}`, query),
  partPath: (config, set, keys, below) => sapPath(config, `${SERVICE.order}/${keyed(set, keys, below)}`),
  ask: (session) => askOf(session, SERVICE.order),
  expand: ['to_Item', 'to_Item/to_PricingElement'],
  headers: {},
  names: {
    set: `${SERVICE.order}/A_SalesOrder`,
    itemSet: 'A_SalesOrderItem',
    priceSet: 'A_SalesOrderItemPrElement',
    partnerSet: 'A_SalesOrderHeaderPartner',
    textSet: 'A_SalesOrderText',
    items: 'to_Item',
    prices: 'to_PricingElement',
    partners: 'to_Partner',
    texts: 'to_Text',
    product: 'Material',
    unit: 'RequestedQuantityUnit',
    rate: 'ConditionRateValue',
    rateUnit: 'ConditionQuantityUnit',
  },
  date: (civil) => jsonDate(2, civil),
  list: (parts) => ({ results: parts }),
  hasItemNumber: true,
  hasAddressIds: true,
};

/** Numbers of version 4 are numbers, unless they are asked for as the exact texts that they are in version 2. */
const EXACT = 'application/json;IEEE754Compatible=true';

const v4: SalesOrderService = {
  path: (config, key, query) => v4Path(config, `SalesOrder${key}`, query),
  partPath: (config, set, keys, below) => v4Path(config, keyed(set, keys, below)),
  ask: (session) => askV4(session, { accept: EXACT }),
  expand: ['_Item($expand=_ItemPricingElement)'],
  headers: { accept: EXACT },
  names: {
    set: 'api_salesorder/SalesOrder',
    itemSet: 'SalesOrderItem',
    priceSet: 'SalesOrderItemPricingElement',
    partnerSet: 'SalesOrderPartner',
    textSet: 'SalesOrderText',
    items: '_Item',
    prices: '_ItemPricingElement',
    partners: '_Partner',
    texts: '_Text',
    product: 'Product',
    unit: 'RequestedQuantitySAPUnit',
    rate: 'ConditionRateAmount',
    rateUnit: 'ConditionQuantitySAPUnit',
  },
  date: (civil) => jsonDate(4, civil),
  list: (parts) => parts,
  hasItemNumber: false,
  hasAddressIds: false,
};

function keyed(set: string, keys: Readonly<Record<string, string>>, below?: string): string {
  const path = entityPath(set, Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, text(value)])));
  return below === undefined ? path : `${path}/${below}`;
}

export function serviceOf({ salesOrders }: Pick<SapSettings, 'salesOrders'>): SalesOrderService {
  return salesOrders === 'v4' ? v4 : v2;
}

/** What goes with a request that has a body. */
export function sending({ headers }: SalesOrderService): Record<string, string> {
  return headers.accept === undefined ? {} : { ...headers, 'content-type': headers.accept };
}
