/** Orders placed elsewhere beside those placed here, deliveries, invoices: what a world calls documents. */
import type { World, WorldDocument, WorldDocumentLine } from '../../world.ts';
import { referProduct } from './goods.ts';
import { COMPANY, type Model, type ModelRow, type Store, stampText, type Values, type Version } from './store.ts';

const CUSTOMERS: readonly [number, string] = [5, 'Partners/Customers'];
const STOCK: readonly [number, string] = [8, 'WH/Stock'];
const fieldsOf = (types: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries({ id: 'integer', write_date: 'datetime', company_id: 'many2one', ...types }));

/** The models of sales with documents among their rows, and those that only documents have. */
export function withDocuments(sales: Readonly<Record<string, Model>>, version: Version): Record<string, Model> {
  const both = { sale: sales['sale.order'], line: sales['sale.order.line'] };
  if (!both.sale || !both.line) throw new Error('there are no sales');
  const more = { date_order: 'datetime', commitment_date: 'datetime', amount_untaxed: 'monetary', company_id: 'many2one' };
  const uom = version >= 19 ? 'product_uom_id' : 'product_uom';
  const lineMore = { currency_id: 'many2one', price_subtotal: 'monetary', discount: 'float', [uom]: 'many2one' };
  return {
    ...sales,
    'sale.order': {
      fields: new Map([...both.sale.fields, ...Object.entries(more)]),
      rows: (world, store) => [...(both.sale?.rows(world, store) ?? []), ...rowsOf(world, ['order'], orderValues)],
    },
    'sale.order.line': {
      fields: new Map([...both.line.fields, ...Object.entries(lineMore)]),
      rows: (world, store) => [
        ...(both.line?.rows(world, store) ?? []),
        ...linesOf(world, ['order'], (line, of) => orderLine(line, of, world, store, uom)),
      ],
    },
    'stock.picking': pickings(),
    'stock.move': moves(version),
    'stock.location': {
      fields: fieldsOf({ usage: 'selection' }),
      rows: () =>
        [
          [CUSTOMERS, 'customer'],
          [STOCK, 'internal'],
        ].map(([place, usage]) => ({ stamp: new Date(0), values: { id: (place as [number, string])[0], usage } })),
    },
    'account.move': invoices(),
    'account.move.line': invoiceLines(version),
  };
}

function rowsOf(
  world: World,
  kinds: readonly WorldDocument['kind'][],
  values: (row: WorldDocument, world: World) => Values,
  related?: Values,
): ModelRow[] {
  return world
    .rows('document')
    .filter(({ kind }) => kinds.includes(kind))
    .map((row) => ({
      stamp: row.changedAt,
      values: { id: Number(row.id), write_date: stampText(row.changedAt), company_id: [1, COMPANY.name], ...values(row, world) },
      ...(related && { related }),
    }));
}

function linesOf(
  world: World,
  kinds: readonly WorldDocument['kind'][],
  values: (line: WorldDocumentLine, of: WorldDocument) => Values,
  related?: (of: WorldDocument) => Values,
): ModelRow[] {
  return world.rows('documentLine').flatMap((line) => {
    const of = world.row('document', line.documentId);
    if (!of || !kinds.includes(of.kind)) return [];
    const shared = { id: Number(line.id), write_date: stampText(line.changedAt), company_id: [1, COMPANY.name] };
    return [{ stamp: line.changedAt, values: { ...shared, ...values(line, of) }, ...(related && { related: related(of) }) }];
  });
}

function partnerOf({ accountId }: WorldDocument, world: World): [number, string] {
  return [Number(accountId), world.row('account', accountId)?.name ?? ''];
}

function currencyOf({ currency }: WorldDocument): [number, string] {
  return [['EUR', 'CHF', 'USD'].indexOf(currency) + 1, currency];
}

function orderValues(row: WorldDocument, world: World): Values {
  const isOut = row.state === 'shipped' || row.state === 'invoiced';
  return {
    name: row.number,
    client_order_ref: row.reference ?? false,
    partner_id: partnerOf(row, world),
    state: row.state === 'draft' ? 'draft' : row.state === 'cancelled' ? 'cancel' : 'sale',
    currency_id: currencyOf(row),
    date_order: `${row.datedOn} 10:00:00`,
    commitment_date: false,
    amount_untaxed: 100,
    invoice_status: row.state === 'invoiced' ? 'invoiced' : 'to invoice',
    delivery_status: isOut ? 'full' : 'pending',
  };
}

function orderLine(line: WorldDocumentLine, of: WorldDocument, world: World, store: Store, uom: string): Values {
  return {
    order_id: [Number(of.id), of.number],
    sequence: 10,
    display_type: false,
    product_id: referProduct(world, line.product),
    product_uom_qty: Number(line.quantity),
    [uom]: store.units.refer('PCE'),
    price_unit: Number(line.unitPrice),
    discount: 0,
    price_subtotal: 10,
    currency_id: currencyOf(of),
    qty_delivered: of.state === 'shipped' ? Number(line.quantity) : 0,
    qty_invoiced: 0,
  };
}

const GOING_OUT = { 'location_dest_id.usage': 'customer', 'location_id.usage': 'internal' };

function pickings(): Model {
  return {
    fields: fieldsOf({
      ...{ name: 'char', state: 'selection', partner_id: 'many2one', sale_id: 'many2one', location_id: 'many2one' },
      ...{ location_dest_id: 'many2one', scheduled_date: 'datetime', date_done: 'datetime', carrier_id: 'many2one' },
      ...{ carrier_tracking_ref: 'char', carrier_tracking_url: 'char' },
    }),
    rows: (world) =>
      rowsOf(
        world,
        ['shipment'],
        (row) => ({
          name: row.number,
          state: row.state === 'shipped' ? 'done' : row.state === 'cancelled' ? 'cancel' : 'assigned',
          partner_id: partnerOf(row, world),
          sale_id: row.aboutId === null ? false : [Number(row.aboutId), 'S'],
          location_id: STOCK,
          location_dest_id: CUSTOMERS,
          scheduled_date: `${row.datedOn} 06:00:00`,
          date_done: `${row.datedOn} 15:00:00`,
          carrier_id: [3, 'Post'],
          carrier_tracking_ref: row.trackingNumber ?? false,
          carrier_tracking_url: false,
        }),
        GOING_OUT,
      ),
  };
}

/** The ordered line of the same place, as far as the order has one. */
function orderedLine(line: WorldDocumentLine, of: WorldDocument, world: World): number | false {
  const place = world.linesOf(of.id).findIndex(({ id }) => id === line.id);
  const ordered = of.aboutId === null ? undefined : world.linesOf(of.aboutId)[place];
  return ordered ? Number(ordered.id) : false;
}

function moves(version: Version): Model {
  const done = version >= 17 ? 'quantity' : 'quantity_done';
  return {
    fields: fieldsOf({
      ...{ picking_id: 'many2one', sale_line_id: 'many2one', product_id: 'many2one', product_uom: 'many2one', state: 'selection' },
      ...{ product_uom_qty: 'float', [done]: 'float', location_id: 'many2one', location_dest_id: 'many2one' },
    }),
    rows: (world, store) =>
      linesOf(
        world,
        ['shipment'],
        (line, of) => {
          const ordered = orderedLine(line, of, world);
          return {
            picking_id: [Number(of.id), of.number],
            sale_line_id: ordered === false ? false : [ordered, 'line'],
            product_id: referProduct(world, line.product),
            product_uom: store.units.refer('PCE'),
            // Done in part: the rest went to a delivery of its own.
            product_uom_qty: Number(line.quantity) + (of.state === 'shipped' ? 3 : 0),
            [done]: of.state === 'shipped' ? Number(line.quantity) : 0,
            state: of.state === 'shipped' ? 'done' : of.state === 'cancelled' ? 'cancel' : 'assigned',
          };
        },
        () => GOING_OUT,
      ),
  };
}

const isInvoice = ['invoice', 'credit_note'] as const;
const typeOf = ({ kind }: WorldDocument): string => (kind === 'invoice' ? 'out_invoice' : 'out_refund');

function invoices(): Model {
  return {
    fields: fieldsOf({
      ...{ name: 'char', move_type: 'selection', partner_id: 'many2one', state: 'selection', payment_state: 'selection' },
      ...{ invoice_date: 'date', invoice_date_due: 'date', invoice_origin: 'char', currency_id: 'many2one' },
      ...{ amount_untaxed: 'monetary', amount_residual: 'monetary' },
    }),
    rows: (world) =>
      rowsOf(world, isInvoice, (row) => ({
        name: row.state === 'draft' ? '/' : row.number,
        move_type: typeOf(row),
        partner_id: partnerOf(row, world),
        state: row.state === 'draft' ? 'draft' : row.state === 'cancelled' ? 'cancel' : 'posted',
        payment_state: row.state === 'paid' ? 'paid' : 'not_paid',
        invoice_date: row.datedOn,
        invoice_date_due: row.datedOn,
        invoice_origin: row.aboutId === null ? false : `${world.row('document', row.aboutId)?.number}, S99999`,
        currency_id: currencyOf(row),
        amount_untaxed: 100,
        amount_residual: row.state === 'paid' ? 0 : 119,
      })),
  };
}

/** With a line of taxes for each of goods. */
function invoiceLines(version: Version): Model {
  const goods = version >= 16 ? 'product' : false;
  return {
    fields: fieldsOf({
      ...{ move_id: 'many2one', product_id: 'many2one', quantity: 'float', product_uom_id: 'many2one', price_unit: 'float' },
      ...{ price_subtotal: 'monetary', discount: 'float', currency_id: 'many2one', sale_line_ids: 'many2many', display_type: 'selection' },
      ...(version >= 16 ? {} : { exclude_from_invoice_tab: 'boolean' }),
    }),
    rows: (world, store) =>
      linesOf(
        world,
        isInvoice,
        (line, of) => ({
          move_id: [Number(of.id), of.number],
          product_id: referProduct(world, line.product),
          quantity: Number(line.quantity),
          product_uom_id: store.units.refer('PCE'),
          // A discount of a fifth, as Odoo keeps it: price and share apart.
          price_unit: Number(line.unitPrice) / 0.8,
          discount: 20,
          price_subtotal: 10,
          currency_id: currencyOf(of),
          sale_line_ids: [orderedLine(line, of, world)].filter((id) => id !== false),
          display_type: goods,
          exclude_from_invoice_tab: false,
        }),
        (of) => ({ 'move_id.move_type': typeOf(of) }),
      ).flatMap((row) => [row, taxOf(row, version)]),
  };
}

function taxOf({ stamp, values, related }: ModelRow, version: Version): ModelRow {
  const taxed = {
    id: 50_000_000 + Number(values.id),
    product_id: false,
    display_type: version >= 16 ? 'tax' : false,
    exclude_from_invoice_tab: true,
  };
  return { stamp, values: { ...values, ...taxed }, ...(related && { related }) };
}
