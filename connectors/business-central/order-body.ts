/** What Business Central is told of an order. */
import type { Json } from '../../src/connector/contract.ts';
import { entityOf, entityPath, type ODataRow } from '../../src/connector/odata/index.ts';
import { noteLines } from '../../src/connector/order-note.ts';
import type { OrderLine, OrderToPlace } from '../../src/connector/orders.ts';
import type { BusinessCentralSession } from './company.ts';
import { exactNumber } from './decimals.ts';
import type { BusinessCentralSettings } from './settings.ts';

type Fields = { [name: string]: Json };

/** Characters of a description. */
const LONGEST_TEXT = 100;

/** Its lines stand in the order of ours; what has no field follows as comments. */
export async function bodyOf(session: BusinessCentralSession, company: string, order: OrderToPlace): Promise<Fields> {
  const { sendNetPrices } = session.config;
  const billTo = customerOf(order.billTo);
  const { requestedDeliveryDate, ...head } = await headOf(session, company, order);
  return {
    externalDocumentNumber: order.reference,
    orderDate: order.orderedOn,
    customerId: order.soldTo,
    ...(billTo === undefined || billTo === order.soldTo ? {} : { billToCustomerId: billTo }),
    currencyCode: order.currency,
    ...(sendNetPrices ? { pricesIncludeTax: false } : {}),
    ...(requestedDeliveryDate === undefined ? {} : { requestedDeliveryDate }),
    ...head,
    salesOrderLines: [...order.lines.map((line) => lineOf(order, line)), ...commentsOf(session.config, order)],
  };
}

/** What may change in an order that is there: neither its customers nor its currency. */
export async function headOf(session: BusinessCentralSession, company: string, order: OrderToPlace): Promise<Fields> {
  const { costCentreDimension } = session.config;
  const shipTo = customerOf(order.shipTo);
  return {
    // Goods go to the customer's own address anyway.
    ...(shipTo === undefined || shipTo === order.soldTo ? {} : await shipToOf(session, company, shipTo)),
    ...(order.requestedDeliveryOn === undefined ? {} : { requestedDeliveryDate: order.requestedDeliveryOn }),
    ...(order.costCentre === undefined || costCentreDimension === undefined
      ? {}
      : { [`shortcutDimension${costCentreDimension}Code`]: order.costCentre }),
  };
}

/** The order of its fields matters: a price that is set before product and quantity is overwritten by the list price. */
export function lineOf(order: OrderToPlace, line: OrderLine): Fields {
  return {
    lineType: 'Item',
    lineObjectNumber: line.product,
    ...(line.text === undefined ? {} : { description: line.text.slice(0, LONGEST_TEXT) }),
    ...(line.unit === undefined ? {} : { unitOfMeasureCode: line.unit }),
    quantity: exactNumber(line.quantity, `order ${order.reference}, line ${line.reference}: quantity`),
    unitPrice: exactNumber(line.unitPrice, `order ${order.reference}, line ${line.reference}: price`),
  };
}

/** Lines without goods, for people. */
export function commentsOf({ costCentreDimension, shippingItem }: BusinessCentralSettings, order: OrderToPlace): Fields[] {
  const lines = noteLines(order, [
    'purchaseOrderNumber',
    'note',
    ...(costCentreDimension === undefined ? (['costCentre'] as const) : []),
    'paymentMethod',
    ...(shippingItem === undefined ? (['shippingCost'] as const) : []),
    'sites',
    'approvals',
  ]);
  const pieces = lines.flatMap((line) => line.match(new RegExp(`.{1,${LONGEST_TEXT}}`, 'gu')) ?? []);
  return pieces.map((description) => ({ lineType: 'Comment', description }));
}

/** Our address ids carry the role behind a slash (mapping.ts). */
function customerOf(address: string | undefined): string | undefined {
  return address?.replace(/\/[^/]*$/, '');
}

/** The API knows no addresses by id, so another customer's address is written out. */
async function shipToOf({ http }: BusinessCentralSession, company: string, customer: string): Promise<ODataRow> {
  const { json } = await http.send({ path: `${company}/${entityPath('customers', customer)}` });
  const row = entityOf(json, 'customers');
  return {
    shipToName: row.displayName ?? '',
    shipToAddressLine1: row.addressLine1 ?? '',
    shipToAddressLine2: row.addressLine2 ?? '',
    shipToCity: row.city ?? '',
    shipToCountry: row.country ?? '',
    shipToState: row.state ?? '',
    shipToPostCode: row.postalCode ?? '',
  };
}
