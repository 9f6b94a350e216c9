/** An order as `load` takes it: texts in columns, the header beside the first line. */
import { type NotedField, noteOf } from '../../src/connector/order-note.ts';
import type { OrderLine, OrderToPlace } from '../../src/connector/orders.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { lineName, MODULE, orderName } from './external-ids.ts';
import type { PriceList, Product } from './lookups.ts';
import type { OdooSession } from './server.ts';
import type { OdooSettings } from './settings.ts';

/** What Odoo has no field for. */
const NOTED: readonly NotedField[] = ['note', 'costCentre', 'paymentMethod', 'sites', 'approvals'];

export interface OrderContext {
  readonly products: readonly Product[];
  /** `null` where price lists are not used. */
  readonly priceList: PriceList | null;
  /** Id of the customer's own terms, where the order names none and Odoo would leave it without. */
  readonly ownTerms: number | null;
}

export interface LoadTable {
  readonly fields: string[];
  readonly data: string[][];
}

export function loadTable(session: OdooSession, order: OrderToPlace, context: OrderContext): LoadTable {
  return tableOf(headerOf(session, order, context), linesOf(order, context.products));
}

/** What may change in an order that is there. Its customer and currency stay, and so does the price list: 17 and later refuse another. */
export function changeTable({ config }: OdooSession, id: string, order: OrderToPlace, known: readonly Product[]): LoadTable {
  return tableOf({ '.id': id, commitment_date: '', origin: '', note: '', ...changeableOf(config, order) }, linesOf(order, known));
}

/** A confirmed order loses no line: nothing of it is sold any more. */
export function emptyTable(id: string, lines: readonly number[]): LoadTable {
  return tableOf({ '.id': id }, lines.map((line) => ({ '.id': String(line), product_uom_qty: '0' }))); // biome-ignore format: one call
}

type Columns = Record<string, string | undefined>;

function tableOf(head: Columns, rows: ReadonlyArray<Record<string, string>>): LoadTable {
  const header = Object.entries(head).filter(([, value]) => value !== undefined);
  const lines = rows.map((row) => Object.entries(row));
  return {
    fields: [...header.map(([field]) => field), ...(lines[0] ?? []).map(([field]) => `order_line/${field}`)],
    data: lines.map((line, place) => [...header.map(([, value]) => (place === 0 ? (value ?? '') : '')), ...line.map(([, value]) => value)]),
  };
}

function headerOf({ config }: OdooSession, order: OrderToPlace, { priceList, ownTerms }: OrderContext): Columns {
  return {
    id: `${MODULE}.${orderName(order.reference)}`,
    client_order_ref: order.reference,
    ...(config.company === undefined ? {} : { 'company_id/.id': String(config.company) }),
    'partner_id/.id': order.soldTo,
    // The list decides the currency of the order. Its prices do not matter: ours are given.
    'pricelist_id/.id': priceList === null ? undefined : String(priceList.id),
    'payment_term_id/.id': ownTerms === null ? undefined : String(ownTerms),
    date_order: noon(order.orderedOn),
    ...changeableOf(config, order),
  };
}

function changeableOf({ shippingItem }: OdooSettings, order: OrderToPlace): Columns {
  const { billTo, shipTo, paymentTerms, requestedDeliveryOn, purchaseOrderNumber } = order;
  const note = noteOf(order, shippingItem === undefined ? [...NOTED, 'shippingCost'] : NOTED);
  return {
    ...(billTo === undefined ? {} : { 'partner_invoice_id/.id': partnerOf(billTo) }),
    ...(shipTo === undefined ? {} : { 'partner_shipping_id/.id': partnerOf(shipTo) }),
    ...(paymentTerms === undefined ? {} : { payment_term_id: paymentTerms }),
    ...(requestedDeliveryOn === undefined ? {} : { commitment_date: noon(requestedDeliveryOn) }),
    ...(purchaseOrderNumber === undefined ? {} : { origin: purchaseOrderNumber }),
    ...(note === undefined ? {} : { note: html(note) }),
  };
}

function linesOf(order: OrderToPlace, known: readonly Product[]): Array<Record<string, string>> {
  return order.lines.map((line) => lineOf(order, line, productFor(order, line, known)));
}

function lineOf({ reference, lines }: OrderToPlace, line: OrderLine, product: Product): Record<string, string> {
  return {
    id: `${MODULE}.${lineName(reference, line.reference, line.product)}`,
    'product_id/.id': String(product.id),
    product_uom_qty: line.quantity,
    price_unit: line.unitPrice,
    // From 16 on it would be computed from the list, and taken off the agreed price.
    discount: '0',
    // Odoo describes the product itself where nobody does. Columns are those of all rows: a text of one line is asked of each.
    ...(lines.some(({ text }) => text !== undefined) ? { name: line.text ?? `[${line.product}] ${product.name}` } : {}),
  };
}

function productFor(order: OrderToPlace, { product, unit, reference }: OrderLine, products: readonly Product[]): Product {
  const found = products.filter(({ code }) => code === product);
  const refuse = (why: string) => new NeedsOperatorError('ERP_REFUSED', `order ${order.reference}, line ${reference}: ${why}`);
  const [only, ...others] = found;
  if (!only) throw refuse(`Odoo has no active product "${product}" (internal reference); enter it there, or correct the order`);
  if (others.length > 0) throw refuse(`${found.length} products have the internal reference "${product}"; give each its own there`);
  if (unit !== undefined && unit !== only.unit) {
    throw refuse(`"${product}" is sold by "${only.unit}" there, and ordered by "${unit}"; order by "${only.unit}"`);
  }
  return only;
}

/** Our address ids carry the role behind a slash (mapping.ts); what is before it is the partner. */
function partnerOf(address: string): string {
  return address.replace(/\/[^/]*$/, '');
}

/** A civil date as an instant: at noon UTC it is the same day nearly everywhere. */
function noon(date: string): string {
  return `${date} 12:00:00`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>');
}
