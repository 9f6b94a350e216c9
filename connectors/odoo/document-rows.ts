/**
 * Orders, deliveries and invoices as one kind of record. Pure; what is not as expected is left for the record's schema to tell. Ids carry the model,
 * for every table of Odoo counts from one.
 */
import type { Json } from '../../src/connector/contract.ts';
import type { Row } from './call.ts';
import { idOf, nameOf, withoutNoise } from './fields.ts';
import type { Product } from './lookups.ts';

/** What rows of documents refer to, looked up for a page at a time. */
export interface Around {
  /** Product whose line is shipping cost and no goods. */
  readonly shippingItem: string | null;
  /** Partner -> the company it belongs to: the account. */
  readonly companies: ReadonlyMap<number, number>;
  /** Orders by their name. */
  readonly orders: ReadonlyMap<string, number>;
  /** Locations that are a customer's. */
  readonly customers: ReadonlySet<number>;
  readonly products: ReadonlyMap<number, Product>;
}

/** What Odoo calls a document that is not numbered yet. */
const UNNUMBERED: readonly Json[] = ['/', 'New', ''];

export function flattenOrder(row: Row, around: Around): Row[] {
  const { state } = row;
  const isConfirmed = state === 'sale' || state === 'done';
  return [
    {
      ...base(row, 'sale.order', around),
      kind: 'order',
      reference: row.client_order_ref ?? null,
      about: null,
      state: state === 'cancel' ? 'cancelled' : isConfirmed ? reached(row) : 'draft',
      datedOn: instant(row.date_order),
      dueOn: instant(row.commitment_date),
      total: amount(row.amount_untaxed),
    },
  ];
}

/** Before 16, and without the module sale_stock, an order does not say whether it was delivered. Invoiced ahead of delivery is open. */
function reached({ delivery_status: delivery, invoice_status: invoice }: Row): string {
  if (delivery === 'full') return invoice === 'invoiced' ? 'invoiced' : 'shipped';
  return delivery === 'partial' ? 'partly_shipped' : 'open';
}

const PICKED: Readonly<Record<string, string>> = { draft: 'draft', done: 'shipped', cancel: 'cancelled' };

/** What comes back from a customer is a return, whatever the operation is called. */
export function flattenPicking(row: Row, around: Around): Row[] {
  const isReturn = around.customers.has(idOf(row.location_id) ?? 0);
  const state = PICKED[String(row.state)] ?? 'open';
  return [
    {
      ...base(row, 'stock.picking', around),
      kind: isReturn ? 'return' : 'shipment',
      reference: null,
      about: keyOf('sale.order', row.sale_id),
      state: isReturn && state === 'shipped' ? 'closed' : state,
      datedOn: instant(row.date_done),
      dueOn: instant(row.scheduled_date),
      carrier: nameOf(row.carrier_id),
      trackingNumber: row.carrier_tracking_ref ?? null,
      url: row.carrier_tracking_url ?? null,
    },
  ];
}

const PAID: Readonly<Record<string, string>> = { paid: 'paid', in_payment: 'paid', partial: 'partly_paid', reversed: 'closed' };

export function flattenInvoice(row: Row, around: Around): Row[] {
  const [first] = originsOf(row.invoice_origin).flatMap((name) => around.orders.get(name) ?? []);
  const isRefund = row.move_type === 'out_refund';
  return [
    {
      ...base(row, 'account.move', around),
      kind: isRefund ? 'credit_note' : 'invoice',
      reference: null,
      about: first === undefined ? null : `sale.order/${first}`,
      state: row.state === 'cancel' ? 'cancelled' : row.state === 'draft' ? 'draft' : (PAID[String(row.payment_state)] ?? 'open'),
      stateThere: [row.state, row.payment_state].filter(Boolean).join(', '),
      datedOn: row.invoice_date ?? null,
      dueOn: row.invoice_date_due ?? null,
      total: amount(row.amount_untaxed),
      openAmount: amount(row.amount_residual),
    },
  ];
}

/** What was delivered is computed, and computing does not stamp: none so far may be old news, some is some. */
export function flattenOrderLine(row: Row, around: Around): Row[] {
  const line = baseOfLine(row, 'sale.order.line', around);
  if (around.shippingItem !== null && line.product === around.shippingItem) return [];
  const delivered = amount(row.qty_delivered);
  return [
    {
      ...line,
      document: keyOf('sale.order', row.order_id),
      about: null,
      quantity: amount(row.product_uom_qty),
      ...(typeof delivered === 'number' && delivered > 0 ? { shipped: delivered } : {}),
    },
  ];
}

const MOVED: Readonly<Record<string, string>> = { done: 'shipped', cancel: 'cancelled' };

/** Done, it is what went out; before, what is meant to. From 17 on the field has another name. */
export function flattenMove(row: Row, around: Around): Row[] {
  const done = row.quantity ?? row.quantity_done ?? row.product_uom_qty;
  return [
    {
      ...baseOfLine(row, 'stock.move', around),
      document: keyOf('stock.picking', row.picking_id),
      about: keyOf('sale.order.line', row.sale_line_id),
      quantity: amount(row.state === 'done' ? done : row.product_uom_qty),
      state: MOVED[String(row.state)] ?? 'open',
    },
  ];
}

export function flattenInvoiceLine(row: Row, around: Around): Row[] {
  const [first] = Array.isArray(row.sale_line_ids) ? row.sale_line_ids : [];
  return [
    {
      ...baseOfLine(row, 'account.move.line', around),
      document: keyOf('account.move', row.move_id),
      about: typeof first === 'number' ? `sale.order.line/${first}` : null,
      quantity: amount(row.quantity),
    },
  ];
}

function base(row: Row, model: string, { companies }: Around): Row {
  const partner = idOf(row.partner_id);
  return {
    ...row,
    id: `${model}/${String(row.id)}`,
    number: UNNUMBERED.includes(row.name ?? '') ? null : (row.name ?? null),
    account: partner === null ? null : (companies.get(partner) ?? partner),
    stateThere: row.state ?? null,
    version: row.write_date ?? null,
    currency: nameOf(row.currency_id),
  };
}

function baseOfLine(row: Row, model: string, around: Around): Row {
  const product = around.products.get(idOf(row.product_id) ?? 0);
  const price = row.price_unit;
  const discount = typeof row.discount === 'number' ? row.discount : 0;
  return {
    ...row,
    id: `${model}/${String(row.id)}`,
    product: product?.code ?? null,
    productName: product?.name ?? nameOf(row.product_id),
    unit: nameOf(row.product_uom ?? row.product_uom_id),
    currency: nameOf(row.currency_id),
    unitPrice: typeof price === 'number' ? withoutNoise(price * (1 - discount / 100)) : (price ?? null),
    amount: amount(row.price_subtotal),
  };
}

function keyOf(model: string, reference: Json | undefined): string | null {
  const id = idOf(reference);
  return id === null ? null : `${model}/${id}`;
}

function amount(value: Json | undefined): Json {
  return typeof value === 'number' ? withoutNoise(value) : (value ?? null);
}

/** An instant in UTC; the mapping makes a day of it, in the zone of `formats`. */
function instant(stamp: Json | undefined): Json {
  return typeof stamp === 'string' && /^\d{4}-\d\d-\d\d \d/.test(stamp) ? `${stamp.replace(' ', 'T')}Z` : (stamp ?? null);
}

/** An invoice of several orders names them all: "S00012, S00014". */
export function originsOf(origin: Json | undefined): string[] {
  return typeof origin === 'string' ? origin.split(',').map((name) => name.trim()).filter(Boolean) : []; // biome-ignore format: one chain
}
