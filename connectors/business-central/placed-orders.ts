/** From documents to orders: several shipments and invoices of one order are one order. Pure. */
import { sumOf } from '../../src/connector/decimals.ts';
import type { OrderState, PlacedOrder } from '../../src/connector/orders.ts';
import { withoutShippingLine } from '../../src/connector/shipping-line.ts';
import { textOf } from './decimals.ts';
import type { DocumentLine, Place, SalesDocument } from './documents.ts';
import type { BusinessCentralSettings } from './settings.ts';

/** Marks the id of an invoice that was made without an order and carries our reference all the same. */
export const INVOICE = 'salesInvoices/';

type ShippingSettings = { readonly shippingItem?: BusinessCentralSettings['shippingItem'] };

/** An order's id is its number: its GUID is gone when it has been posted. */
export function placedOrders(documents: readonly SalesDocument[], config: ShippingSettings = {}): PlacedOrder[] {
  const byOrder = new Map<string, SalesDocument[]>();
  for (const document of documents) {
    const id = idOf(document);
    byOrder.set(id, [...(byOrder.get(id) ?? []), document]);
  }
  return Array.from(byOrder, ([id, all]) => placedOrder(id, all, config));
}

function idOf({ place, number, orderNumber }: SalesDocument): string {
  if (place === 'salesOrders') return number;
  if (typeof orderNumber === 'string' && orderNumber !== '') return orderNumber;
  return place === 'salesInvoices' ? `${INVOICE}${number}` : number;
}

function placedOrder(id: string, all: readonly SalesDocument[], { shippingItem }: ShippingSettings): PlacedOrder {
  const at = (place: Place) => all.filter((one) => one.place === place);
  const [open, invoices, shipments] = [at('salesOrders'), at('salesInvoices'), at('salesShipments')];
  const told = [open, invoices, shipments].find((some) => some.length > 0) ?? [];
  const [first] = told as [SalesDocument, ...SalesDocument[]];
  return {
    id,
    number: id.startsWith(INVOICE) ? first.number : id,
    reference: first.externalDocumentNumber,
    soldTo: first.customerId ?? null,
    state: stateOf(open, invoices),
    stateThere: [...new Set(told.map(wordOf))].join(', '),
    foundIn: open.length > 0 ? null : first.place,
    ...withoutShippingLine(linesOf(told), shippingItem),
    currency: first.currencyCode || null,
  };
}

/** The standard API has no step that releases an order: created is accepted. "Draft" is an order that nobody has released yet. */
function stateOf([open]: readonly SalesDocument[], invoices: readonly SalesDocument[]): OrderState {
  if (open) return open.fullyShipped === true ? 'shipped' : 'accepted';
  if (invoices.length === 0) return 'shipped';
  if (invoices.every(({ status }) => status === 'Canceled')) return 'cancelled';
  return invoices.every(({ status }) => status === 'Draft' || status === 'In_x0020_Review' || status === 'In Review')
    ? 'accepted'
    : 'invoiced';
}

function wordOf({ place, status, fullyShipped }: SalesDocument): string {
  if (place === 'salesShipments') return 'shipment';
  const word = status ?? 'unknown';
  if (place === 'salesInvoices') return `invoice ${word}`;
  return fullyShipped === true ? `${word}, fully shipped` : word;
}

/** What was invoiced or shipped in parts is one line again: parts keep the line's place in the order. Comments are no lines. */
function linesOf(documents: readonly SalesDocument[]): PlacedOrder['lines'] {
  const lines = documents
    .flatMap((one) => one.salesOrderLines ?? one.salesInvoiceLines ?? one.salesShipmentLines ?? [])
    .filter(({ lineType }) => lineType !== 'Comment')
    .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  const byPlace = new Map<string, DocumentLine[]>();
  for (const line of lines) {
    const place = `${line.sequence} ${line.lineObjectNumber} ${line.unitPrice}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), line]);
  }
  return Array.from(byPlace.values(), (parts) => ({
    product: parts[0]?.lineObjectNumber || null,
    quantity: sumOf(parts.map(({ quantity }) => textOf(quantity))),
    unitPrice: textOf(parts[0]?.unitPrice) || null,
  }));
}
