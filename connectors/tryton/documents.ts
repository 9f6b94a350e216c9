/** Sales, shipments, returns and invoices with their lines, each table by its own stamps. Sales typed in there are read like ours. */
import type { Cursor, Json, Page } from '../../src/connector/contract.ts';
import { readInTurn } from '../../src/connector/read-in-turn.ts';
import { type ChangesOf, readChanges } from './changes.ts';
import {
  flattenInvoice,
  flattenInvoiceLine,
  flattenMove,
  flattenReturn,
  flattenSale,
  flattenSaleLine,
  flattenShipment,
} from './document-rows.ts';
import type { Row, TrytonSession } from './rpc.ts';
import type { DocumentKind, DocumentOptions } from './settings.ts';

type Table = Omit<ChangesOf, 'more'> & { readonly kind: DocumentKind };

const IS_LINE: Json = ['type', '=', 'line'];
const GOODS = ['product.code', 'product.name', 'quantity', 'unit.symbol', 'unit_price', 'currency.code'];
const OF_SHIPMENTS = ['id', 'number', 'reference', 'state', 'customer', 'planned_date', 'effective_date', 'moves.sale'].concat([
  'carrier.rec_name',
  'tracking_number',
]);

const DOCUMENTS: readonly Table[] = [
  {
    kind: 'order',
    model: 'sale.sale',
    fields: ['id', 'number', 'reference', 'description', 'party', 'state', 'sale_date', 'shipping_date', 'currency.code'].concat([
      'untaxed_amount',
      'shipment_state',
      'invoice_state',
    ]),
    domain: [],
    flatten: flattenSale,
  },
  { kind: 'shipment', model: 'stock.shipment.out', fields: OF_SHIPMENTS, domain: [], flatten: flattenShipment },
  { kind: 'return', model: 'stock.shipment.out.return', fields: OF_SHIPMENTS, domain: [], flatten: flattenReturn },
  {
    kind: 'invoice',
    model: 'account.invoice',
    fields: ['id', 'number', 'party', 'state', 'invoice_date', 'currency.code', 'untaxed_amount', 'amount_to_pay', 'sales'],
    domain: [['type', '=', 'out']],
    flatten: flattenInvoice,
  },
];

/** Moves of shipments and of returns are one table. */
const LINES: readonly Table[] = [
  { kind: 'order', model: 'sale.line', fields: ['id', 'sale', 'note', 'amount', ...GOODS], domain: [IS_LINE], flatten: flattenSaleLine },
  {
    kind: 'shipment',
    model: 'stock.move',
    // The unit had another name before 6.8.
    fields: ['id', 'shipment', 'origin', 'state', 'uom.symbol', ...GOODS],
    domain: [
      ['sale', '!=', null],
      ['shipment', '!=', null],
    ],
    flatten: flattenMove,
  },
  {
    kind: 'invoice',
    model: 'account.invoice.line',
    fields: ['id', 'invoice', 'origin', 'amount', ...GOODS],
    domain: [['invoice.type', '=', 'out'], IS_LINE],
    flatten: flattenInvoiceLine,
  },
];

export const readDocuments = reading(DOCUMENTS);
export const readDocumentLines = reading(LINES);

function reading(tables: readonly Table[]) {
  return (session: TrytonSession, { kinds }: DocumentOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> =>
    readInTurn(
      tables
        .filter(({ kind }) => kinds.includes(kind))
        .map((table) => ({
          name: table.kind,
          read: (at) => readChanges(session, at, withoutShipping(table, session.config.shippingItem)),
        })),
      cursor,
    );
}

/** The line that carries shipping cost is no goods. */
function withoutShipping(table: Table, item: string | undefined): ChangesOf {
  const isGoods = ({ product }: Row) => item === undefined || product !== item;
  const flatten: Table['flatten'] = (row, context) => table.flatten(row, context).filter(isGoods);
  return { ...table, more: [], ...(table.model === 'sale.line' && { flatten }) };
}
