/**
 * Sales, shipments, returns and invoices as one kind of record. Pure; what is not as expected is left for the record's schema to tell. Ids carry
 * the model, for every table of Tryton counts from one.
 */
import type { Json } from '../../src/connector/contract.ts';
import { inside } from './flatten.ts';
import type { Row } from './rpc.ts';

export function flattenSale(row: Row): Row[] {
  return [
    {
      ...base(row, 'sale.sale', row.party),
      kind: 'order',
      reference: blankless(row.reference),
      purchaseOrderNumber: blankless(row.description),
      about: null,
      state: saleState(row),
      datedOn: row.sale_date ?? null,
      dueOn: row.shipping_date ?? null,
      total: row.untaxed_amount ?? null,
    },
  ];
}

/** Paid ahead of the goods is not the end of a sale. */
function saleState({ state, shipment_state: shipments, invoice_state: invoices }: Row): string {
  if (state === 'cancelled' || state === 'cancel') return 'cancelled';
  if (state === 'draft' || state === 'quotation') return 'draft';
  if (shipments === 'sent') return invoices === 'paid' ? 'invoiced' : 'shipped';
  return shipments === 'partially shipped' ? 'partly_shipped' : 'open';
}

const SHIPPED: Readonly<Record<string, string>> = {
  draft: 'draft',
  shipped: 'shipped',
  done: 'shipped',
  cancelled: 'cancelled',
  cancel: 'cancelled',
};
const RETURNED: Readonly<Record<string, string>> = {
  draft: 'draft',
  received: 'closed',
  done: 'closed',
  cancelled: 'cancelled',
  cancel: 'cancelled',
};

/** One that no sale is behind is a shipment all the same, and about nothing. */
export function flattenShipment(row: Row): Row[] {
  return [{ ...ofShipment(row, 'stock.shipment.out'), kind: 'shipment', state: SHIPPED[String(row.state)] ?? 'open' }];
}

export function flattenReturn(row: Row): Row[] {
  return [{ ...ofShipment(row, 'stock.shipment.out.return'), kind: 'return', state: RETURNED[String(row.state)] ?? 'open' }];
}

function ofShipment(row: Row, model: string): Row {
  const moves = Array.isArray(row.moves) ? row.moves : [];
  const sale = moves.map((move) => inside(move, 'sale')).find((id) => typeof id === 'number');
  return {
    ...base(row, model, row.customer),
    about: keyOf('sale.sale', sale),
    datedOn: row.effective_date ?? null,
    dueOn: row.planned_date ?? null,
    carrier: inside(row.carrier, 'rec_name'),
    trackingNumber: blankless(row.tracking_number ?? row.reference),
  };
}

const INVOICED: Readonly<Record<string, string>> = {
  draft: 'draft',
  validated: 'draft',
  paid: 'paid',
  cancelled: 'cancelled',
  cancel: 'cancelled',
};

/** A credit note is an invoice of less than nothing. */
export function flattenInvoice(row: Row): Row[] {
  const [first] = Array.isArray(row.sales) ? row.sales : [];
  const isCredit = typeof row.untaxed_amount === 'string' && row.untaxed_amount.startsWith('-');
  return [
    {
      ...base(row, 'account.invoice', row.party),
      kind: isCredit ? 'credit_note' : 'invoice',
      about: keyOf('sale.sale', first),
      state: INVOICED[String(row.state)] ?? 'open',
      datedOn: row.invoice_date ?? null,
      total: row.untaxed_amount ?? null,
      openAmount: row.amount_to_pay ?? null,
    },
  ];
}

/** The note is where our mark of a line stands; on lines of others it is whatever somebody noted. */
export function flattenSaleLine(row: Row): Row[] {
  const mark = typeof row.note === 'string' && /^[^\r\n]{1,60}$/.test(row.note.trim()) ? row.note.trim() : null;
  return [{ ...ofGoods(row, 'sale.line'), document: keyOf('sale.sale', row.sale), about: null, reference: mark }];
}

const MOVED: Readonly<Record<string, string>> = { done: 'shipped', cancelled: 'cancelled', cancel: 'cancelled' };

export function flattenMove(row: Row): Row[] {
  return [
    {
      ...ofGoods(row, 'stock.move'),
      document: referred(row.shipment),
      about: referred(row.origin, 'sale.line'),
      state: MOVED[String(row.state)] ?? 'open',
    },
  ];
}

export function flattenInvoiceLine(row: Row): Row[] {
  return [
    { ...ofGoods(row, 'account.invoice.line'), document: keyOf('account.invoice', row.invoice), about: referred(row.origin, 'sale.line') },
  ];
}

function base(row: Row, model: string, party: Json | undefined): Row {
  return {
    ...row,
    id: `${model}/${String(row.id)}`,
    account: party ?? null,
    reference: null,
    stateThere: row.state ?? null,
    version: row.write_date ?? row.create_date ?? null,
    currency: inside(row.currency, 'code'),
  };
}

function ofGoods(row: Row, model: string): Row {
  return {
    ...row,
    id: `${model}/${String(row.id)}`,
    product: inside(row.product, 'code'),
    productName: inside(row.product, 'name'),
    unit: inside(row.unit ?? row.uom, 'symbol'),
    unitPrice: row.unit_price ?? null,
    currency: inside(row.currency, 'code'),
    ...(row.amount === undefined ? {} : { amount: row.amount }),
  };
}

function keyOf(model: string, id: Json | undefined): string | null {
  return typeof id === 'number' ? `${model}/${id}` : null;
}

/** "sale.line,12" -> "sale.line/12"; of another model than wanted none. */
function referred(reference: Json | undefined, wanted?: string): string | null {
  const [, model = '', id = ''] = typeof reference === 'string' ? (/^([\w.]+),(\d+)$/.exec(reference) ?? []) : [];
  return model === '' || (wanted !== undefined && model !== wanted) ? null : `${model}/${id}`;
}

function blankless(text: Json | undefined): Json {
  return typeof text === 'string' && text.trim() === '' ? null : (text ?? null);
}
