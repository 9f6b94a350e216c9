/** A sales order as SAP keeps it, in our words. Pure. */
import { plainDecimal } from '../../src/connector/decimals.ts';
import type { ODataRow } from '../../src/connector/odata/index.ts';
import type { OrderState, PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import { listIn, textIn } from './rows.ts';
import { serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';

type Config = Pick<SapSettings, 'priceCondition' | 'orderBlock' | 'salesOrders'>;

export function placedOrder(row: ODataRow, config: Config): PlacedOrder {
  const { names } = serviceOf(config);
  const all = listIn(row, names.items).sort((a, b) => Number(textIn(a, 'SalesOrderItem')) - Number(textIn(b, 'SalesOrderItem')));
  const { state, stateThere } = stateOf(row, config);
  const items = state === 'cancelled' ? all : all.filter((item) => !isRejected(item));
  const id = textIn(row, 'SalesOrder');
  return {
    id,
    number: id,
    reference: textIn(row, 'PurchaseOrderByCustomer'),
    soldTo: textIn(row, 'SoldToParty') || null,
    state,
    stateThere,
    foundIn: null,
    currency: textIn(row, 'TransactionCurrency') || null,
    lines: items.map((item) => placedLine(item, config)),
  };
}

export function placedLine(item: ODataRow, config: Config): PlacedLine {
  return {
    product: textIn(item, serviceOf(config).names.product) || null,
    quantity: plainDecimal(decimalIn(item, 'RequestedQuantity')),
    unitPrice: unitPriceOf(item, config),
  };
}

/** Nothing of it will be delivered; the item stays for those who ask why. */
export function isRejected(item: ODataRow): boolean {
  return textIn(item, 'SalesDocumentRjcnReason') !== '';
}

/** The part of an item's price that carries what was agreed. */
export function agreedPrice(item: ODataRow, config: Config): ODataRow | undefined {
  const { names } = serviceOf(config);
  return listIn(item, names.prices).find((element) => textIn(element, 'ConditionType') === config.priceCondition);
}

/** Field -> reason of the blocks that orders are made with. */
export function blocksOf({ orderBlock }: Pick<SapSettings, 'orderBlock'>): Array<[field: string, reason: string]> {
  const blocks: Array<[string, string | undefined]> = [
    ['DeliveryBlockReason', orderBlock?.delivery],
    ['HeaderBillingBlockReason', orderBlock?.billing],
  ];
  return blocks.flatMap(([field, reason]) => (reason === undefined ? [] : [[field, reason] as [string, string]]));
}

/** Those of our blocks that still stand. A block with another reason is somebody else's. */
export function standingBlocks(row: ODataRow, config: Pick<SapSettings, 'orderBlock'>): string[] {
  return blocksOf(config).flatMap(([field, reason]) => (textIn(row, field) === reason ? [field] : []));
}

/** A: not yet processed, B: partly, C: completely; blank: does not apply. */
function stateOf(row: ODataRow, config: Config): { state: OrderState; stateThere: string } {
  const [process, rejection, delivery] = [
    textIn(row, 'OverallSDProcessStatus'),
    textIn(row, 'OverallSDDocumentRejectionSts'),
    textIn(row, 'OverallTotalDeliveryStatus') || textIn(row, 'OverallDeliveryStatus'),
  ];
  const blocks = [textIn(row, 'DeliveryBlockReason'), textIn(row, 'HeaderBillingBlockReason')];
  const blocked = blocks.some((block) => block !== '') ? `, blocked ${blocks.map((block) => block || '-').join('/')}` : '';
  const stateThere = `process ${process || '-'}, delivery ${delivery || '-'}, rejection ${rejection || '-'}${blocked}`;
  if (rejection === 'C') return { state: 'cancelled', stateThere };
  if (process === 'C') return { state: 'invoiced', stateThere };
  if (delivery === 'C') return { state: 'shipped', stateThere };
  return { state: standingBlocks(row, config).length > 0 ? 'placed' : 'accepted', stateThere };
}

/** What our own condition says, if it is for one unit; SAP may have added others. `null`: it cannot be told. */
function unitPriceOf(item: ODataRow, config: Config): string | null {
  const { names } = serviceOf(config);
  const condition = agreedPrice(item, config);
  const rate = decimalIn(condition, names.rate);
  const per = plainDecimal(decimalIn(condition, 'ConditionQuantity'));
  return rate !== '' && ['', '0', '1'].includes(per) ? plainDecimal(rate) : null;
}

/** Exact texts were asked for; a server that does not know them writes numbers. */
function decimalIn(row: ODataRow | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'number' ? String(value) : textIn(row, name);
}
