/**
 * Orders, deliveries and invoices with their lines, each table by its own stamps: Odoo stamps a delivery when it goes out, and not the order it is
 * about. Orders typed in there are read like ours.
 */
import { z } from 'zod';
import type { Cursor, Json, Page } from '../../src/connector/contract.ts';
import { readInTurn } from '../../src/connector/read-in-turn.ts';
import { type Row, searchTable } from './call.ts';
import { readChanges } from './changes.ts';
import {
  type Around,
  flattenInvoice,
  flattenInvoiceLine,
  flattenMove,
  flattenOrder,
  flattenOrderLine,
  flattenPicking,
  originsOf,
} from './document-rows.ts';
import { type Fields, fieldsOf, idOf } from './fields.ts';
import { products } from './lookups.ts';
import type { OdooSession } from './server.ts';
import type { DocumentKind, DocumentOptions } from './settings.ts';

interface Table {
  readonly kind: DocumentKind;
  readonly model: string;
  readonly fields: readonly string[];
  domain(fields: Fields): readonly Json[];
  flatten(row: Row, around: Around): Row[];
}

const OF_CUSTOMERS: readonly Json[] = ['|', ['location_dest_id.usage', '=', 'customer'], ['location_id.usage', '=', 'customer']];
const INVOICES: Json = ['out_invoice', 'out_refund'];

const DOCUMENTS: readonly Table[] = [
  {
    kind: 'order',
    model: 'sale.order',
    fields: ['name', 'client_order_ref', 'partner_id', 'state', 'date_order', 'commitment_date', 'currency_id', 'amount_untaxed'].concat([
      'invoice_status',
      'delivery_status',
    ]),
    domain: () => [],
    flatten: flattenOrder,
  },
  {
    kind: 'shipment',
    model: 'stock.picking',
    fields: ['name', 'partner_id', 'state', 'sale_id', 'location_id', 'location_dest_id', 'scheduled_date', 'date_done'].concat([
      'carrier_id',
      'carrier_tracking_ref',
      'carrier_tracking_url',
    ]),
    domain: () => [['sale_id', '!=', false], ...OF_CUSTOMERS],
    flatten: flattenPicking,
  },
  {
    kind: 'invoice',
    model: 'account.move',
    fields: ['name', 'move_type', 'partner_id', 'state', 'payment_state', 'invoice_date', 'invoice_date_due', 'invoice_origin'].concat([
      'currency_id',
      'amount_untaxed',
      'amount_residual',
    ]),
    domain: () => [['move_type', 'in', INVOICES]],
    flatten: flattenInvoice,
  },
];

const LINES: readonly Table[] = [
  {
    kind: 'order',
    model: 'sale.order.line',
    fields: ['order_id', 'product_id', 'product_uom_qty', 'product_uom', 'product_uom_id', 'price_unit', 'price_subtotal', 'discount'].concat([
      'currency_id',
      'qty_delivered',
    ]),
    domain: () => [['display_type', '=', false]],
    flatten: flattenOrderLine,
  },
  {
    kind: 'shipment',
    model: 'stock.move',
    fields: ['picking_id', 'sale_line_id', 'product_id', 'product_uom_qty', 'product_uom', 'quantity', 'quantity_done', 'state'],
    domain: () => [['sale_line_id', '!=', false], ['picking_id', '!=', false], ...OF_CUSTOMERS],
    flatten: flattenMove,
  },
  {
    kind: 'invoice',
    model: 'account.move.line',
    fields: ['move_id', 'product_id', 'quantity', 'product_uom_id', 'price_unit', 'price_subtotal', 'discount', 'currency_id', 'sale_line_ids'].concat([
      'exclude_from_invoice_tab',
    ]),
    domain: (fields) => [['move_id.move_type', 'in', INVOICES], ...goodsOnly(fields)],
    flatten: flattenInvoiceLine,
  },
]; // biome-ignore format: two tables

export const readDocuments = reading(DOCUMENTS);
export const readDocumentLines = reading(LINES);

function reading(tables: readonly Table[]) {
  return (session: OdooSession, { kinds }: DocumentOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> =>
    readInTurn(
      tables.filter(({ kind }) => kinds.includes(kind)).map((table) => ({ name: table.kind, read: (at) => readOne(session, table, at) })),
      cursor,
    );
}

async function* readOne(session: OdooSession, table: Table, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const fields = await fieldsOf(session, table.model, [...table.fields, 'display_type']);
  const wanted = new Map([...fields].filter(([name]) => name !== 'display_type'));
  yield* readChanges(session, cursor, {
    model: table.model,
    domain: [...table.domain(fields), ...ofCompany(session)],
    fields: wanted,
    async records(rows) {
      const around = await lookAround(session, rows);
      return rows.flatMap((row) => table.flatten(row, around));
    },
  });
}

/** Taxes and payment terms are lines of an invoice, too; up to 15 a field of their own marks them. */
function goodsOnly(fields: Fields): Json[] {
  if (!fields.has('exclude_from_invoice_tab')) return [['display_type', '=', 'product']];
  return [
    ['exclude_from_invoice_tab', '=', false],
    ['display_type', '=', false],
  ];
}

function ofCompany({ config: { company } }: OdooSession): Json[] {
  return company === undefined ? [] : [['company_id', '=', company]];
}

const partner = z.looseObject({ id: z.int(), commercial_partner_id: z.tuple([z.int(), z.string()]) });
const order = z.looseObject({ id: z.int(), name: z.string() });
const location = z.looseObject({ id: z.int(), usage: z.string() });

async function lookAround(session: OdooSession, rows: readonly Row[]): Promise<Around> {
  const ids = (...names: string[]) => [...new Set(rows.flatMap((row) => names.flatMap((name) => idOf(row[name]) ?? [])))];
  const find = async <T>(
    model: string,
    shape: z.ZodType<T>,
    field: string,
    values: readonly (number | string)[],
    wanted: readonly string[],
  ) => (values.length === 0 ? [] : searchTable(session, model, shape, { domain: [[field, 'in', [...values]]], fields: wanted }));
  const names = [...new Set(rows.flatMap(({ invoice_origin: origin }) => originsOf(origin)))];
  const companies = await find('res.partner', partner, 'id', ids('partner_id'), ['commercial_partner_id']);
  const orders = await find('sale.order', order, 'name', names, ['name']);
  const locations = await find('stock.location', location, 'id', ids('location_id', 'location_dest_id'), ['usage']);
  const goods = ids('product_id');
  const known = goods.length === 0 ? [] : await products(session, [['id', 'in', goods]], 'all');
  return {
    shippingItem: session.config.shippingItem ?? null,
    companies: new Map(companies.map(({ id, commercial_partner_id }) => [id, commercial_partner_id[0]])),
    orders: new Map(orders.map(({ id, name }) => [name, id])),
    customers: new Set(locations.flatMap(({ id, usage }) => (usage === 'customer' ? [id] : []))),
    products: new Map(known.map((one) => [one.id, one])),
  };
}
