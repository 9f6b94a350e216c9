/** Sales orders: one deep insert makes the whole order, and it stays in A_SalesOrder until it is archived years later. */
import { z } from 'zod';
import { allOf, anyOf, compare, type ODataRow, readAll } from '../../src/connector/odata/index.ts';
import type { OrderState, OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { plainDecimal } from './decimals.ts';
import { SERVICE, sapPath } from './http.ts';
import { orderBody } from './order-body.ts';
import { type SapSession, text } from './partners.ts';
import { listIn, textIn } from './rows.ts';
import type { SapSettings } from './settings.ts';

const SET = `${SERVICE.order}/A_SalesOrder`;
const PARTS = ['to_Item', 'to_Item/to_PricingElement'];
/** Orders asked for by number in one filter. */
const AT_ONCE = 25;

export const orders: OrderTarget<SapSettings> = {
  traits: {
    referenceField: 'PurchaseOrderByCustomer',
    maxReferenceLength: 35,
    referencePattern: '[A-Za-z0-9._/-]+',
    // Customizing of the document type may warn of a second one; the API takes it all the same.
    uniqueReference: 'none',
    // A call whose connection broke goes on there, for ten minutes at most unless rdisp/max_wprun_time says otherwise; updates come after it.
    lookupLagMs: 900_000,
    alsoLookIn: [],
  },
  // A field of 35 characters: a longer reference would be cut there, and another one found. So only equal ones count.
  find: async (session, reference) =>
    (await ordersWhere(session, compare('PurchaseOrderByCustomer', 'eq', text(reference)))).filter(
      (order) => order.reference === reference,
    ),
  async create({ config, http }, order) {
    const { json } = await http.send({ method: 'POST', path: sapPath(config, SET), json: orderBody(order, config) });
    const number = createdNumber.safeParse(json).data?.d.SalesOrder;
    if (number !== undefined) return { id: number, number };
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${order.reference}: the answer names no order; it is looked for`);
  },
  steps: [],
  async status(session, ids) {
    const all: PlacedOrder[] = [];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const either = ids.slice(start, start + AT_ONCE).map((id) => compare('SalesOrder', 'eq', text(id)));
      all.push(...(await ordersWhere(session, anyOf(...either))));
    }
    return all;
  },
};

const createdNumber = z.object({ d: z.object({ SalesOrder: z.string().min(1) }) });

async function ordersWhere({ config, http }: SapSession, filter: string | undefined): Promise<PlacedOrder[]> {
  const rows = await readAll(http, sapPath(config, SET, { filter: allOf(filter), expand: PARTS, orderBy: ['SalesOrder'] }));
  return rows.map((row) => placedOrder(known(row), config));
}

const found = z.looseObject({ SalesOrder: z.string().min(1), PurchaseOrderByCustomer: z.string() });

/** An order that cannot be read must not count as none: another one would be made. */
function known(row: ODataRow): ODataRow {
  if (found.safeParse(row).success) return row;
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'A_SalesOrder: an order came without its number or its purchase order number');
}

export function placedOrder(row: ODataRow, { priceCondition }: Pick<SapSettings, 'priceCondition'>): PlacedOrder {
  const items = listIn(row, 'to_Item').sort((a, b) => Number(textIn(a, 'SalesOrderItem')) - Number(textIn(b, 'SalesOrderItem')));
  const id = textIn(row, 'SalesOrder');
  return {
    id,
    number: id,
    reference: textIn(row, 'PurchaseOrderByCustomer'),
    soldTo: textIn(row, 'SoldToParty') || null,
    ...stateOf(row),
    foundIn: null,
    currency: textIn(row, 'TransactionCurrency') || null,
    lines: items.map((item) => ({
      product: textIn(item, 'Material') || null,
      quantity: plainDecimal(textIn(item, 'RequestedQuantity')),
      unitPrice: unitPriceOf(item, priceCondition),
    })),
  };
}

/** A: not yet processed, B: partly, C: completely; blank: does not apply. */
function stateOf(row: ODataRow): { state: OrderState; stateThere: string } {
  const [process, rejection, delivery] = [
    textIn(row, 'OverallSDProcessStatus'),
    textIn(row, 'OverallSDDocumentRejectionSts'),
    textIn(row, 'OverallTotalDeliveryStatus') || textIn(row, 'OverallDeliveryStatus'),
  ];
  const stateThere = `process ${process || '-'}, delivery ${delivery || '-'}, rejection ${rejection || '-'}`;
  if (rejection === 'C') return { state: 'cancelled', stateThere };
  if (process === 'C') return { state: 'invoiced', stateThere };
  return { state: delivery === 'C' ? 'shipped' : 'accepted', stateThere };
}

/** What our own condition says, if it is for one unit; SAP may have added others. `null`: it cannot be told. */
function unitPriceOf(item: ODataRow, priceCondition: string | null): string | null {
  const condition = listIn(item, 'to_PricingElement').find((element) => textIn(element, 'ConditionType') === priceCondition);
  const rate = textIn(condition, 'ConditionRateValue');
  const per = plainDecimal(textIn(condition, 'ConditionQuantity'));
  return rate !== '' && ['', '0', '1'].includes(per) ? plainDecimal(rate) : null;
}
