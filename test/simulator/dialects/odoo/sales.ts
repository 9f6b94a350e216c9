/** sale.order and its lines: `load` as an upsert by external ids, and confirmation. */
import type { World, WorldOrder, WorldOrderLine } from '../../world.ts';
import { userError } from './failures.ts';
import { referProduct } from './goods.ts';
import { COMPANY, type Model, type Store, stampText, type Values, type Version } from './store.ts';

const STATES: Readonly<Record<WorldOrder['state'], string>> = {
  draft: 'draft',
  quoted: 'sent',
  confirmed: 'sale',
  processing: 'sale',
  shipped: 'sale',
  invoiced: 'sale',
  cancelled: 'cancel',
};

const ORDER_FIELDS = { name: 'char', client_order_ref: 'char', partner_id: 'many2one', state: 'selection', currency_id: 'many2one' };
const LINE_FIELDS = {
  order_id: 'many2one',
  product_id: 'many2one',
  product_uom_qty: 'float',
  price_unit: 'float',
  display_type: 'selection',
  qty_delivered: 'float',
  qty_invoiced: 'float',
};

export function salesModels(version: Version): Record<string, Model> {
  const both = { id: 'integer', write_date: 'datetime' };
  const more = { invoice_status: 'selection', ...(version >= 16 ? { delivery_status: 'selection' } : {}) };
  return {
    'sale.order': {
      fields: new Map(Object.entries({ ...both, ...ORDER_FIELDS, ...more })),
      rows: (world) => world.rows('order').map((order) => ({ stamp: order.changedAt, values: orderValues(order, world) })),
    },
    'sale.order.line': {
      fields: new Map(Object.entries({ ...both, ...LINE_FIELDS, sequence: 'integer' })),
      rows: (world) => world.rows('order').flatMap((order) => lineRows(order, world)),
    },
  };
}

function orderValues(order: WorldOrder, world: World): Values {
  return {
    id: Number(order.id),
    name: order.number ?? 'New',
    client_order_ref: order.reference,
    partner_id: [Number(order.soldTo), world.row('account', order.soldTo)?.name ?? ''],
    state: STATES[order.state],
    currency_id: COMPANY.currency_id,
    invoice_status: order.state === 'invoiced' ? 'invoiced' : 'to invoice',
    delivery_status: order.state === 'shipped' || order.state === 'invoiced' ? 'full' : 'pending',
    write_date: stampText(order.changedAt),
  };
}

/** A note is a line too, of a display type. */
function lineRows(order: WorldOrder, world: World): Array<{ stamp: Date; values: Values }> {
  const stamp = order.changedAt;
  const base = Number(order.id) * 100;
  const shared = { order_id: [Number(order.id), order.number ?? 'New'], sequence: 10, write_date: stampText(stamp) };
  const note = { ...shared, id: base, display_type: 'line_note', product_id: false, product_uom_qty: 0, price_unit: 0 };
  return [
    { stamp, values: note },
    ...order.lines.map(({ product, quantity, unitPrice }, place) => ({
      stamp,
      values: {
        ...shared,
        id: base + 1 + place,
        display_type: false,
        product_id: referProduct(world, product),
        product_uom_qty: Number(quantity),
        price_unit: Number(unitPrice),
        qty_delivered: order.state === 'shipped' || order.state === 'invoiced' ? Number(quantity) : 0,
        qty_invoiced: order.state === 'invoiced' ? Number(quantity) : 0,
      },
    })),
  ];
}

type Loaded = { ids: number[] | false; messages: object[]; nextrow: number };

class Complaint extends Error {}

/** All or nothing: what goes wrong is told as messages, and rolled back. */
export function load({ fields, data }: { fields?: unknown; data?: unknown }, world: World, store: Store): Loaded {
  const columns = fields as string[];
  const cells = (data as string[][]).map((row) => Object.fromEntries(row.map((cell, place) => [columns[place] ?? '', cell])));
  try {
    return { ids: [Number(loadOrder(cells, world, store))], messages: [], nextrow: 0 };
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return { ids: false, messages: [{ type: 'error', record: 0, rows: { from: 0, to: 0 }, message: error.message }], nextrow: 0 };
  }
}

type Cells = Readonly<Record<string, string>>;

const KNOWN = ['id', '.id', 'client_order_ref', 'company_id/.id', 'partner_id/.id', 'partner_invoice_id/.id', 'partner_shipping_id/.id']
  .concat(['pricelist_id/.id', 'payment_term_id', 'payment_term_id/.id', 'date_order', 'commitment_date', 'origin', 'note'])
  .concat(['id', '.id', 'product_id/.id', 'product_uom_qty', 'price_unit', 'discount', 'name'].map((name) => `order_line/${name}`));

function loadOrder(rows: readonly Cells[], world: World, store: Store): string {
  const [header = {}] = rows;
  for (const field of Object.keys(header)) if (!KNOWN.includes(field)) throw userError(`Invalid field '${field}' on model 'sale.order'`);
  if (header['.id'] !== undefined) return change(header['.id'], rows, world, store);
  const soldTo = record(header['partner_id/.id'], 'Customer', (id) => world.row('account', id)?.id);
  const reference = header.client_order_ref ?? '';
  for (const name of ['partner_invoice_id/.id', 'partner_shipping_id/.id'] as const) {
    if (header[name]) record(header[name], 'Address', (id) => world.row('address', id)?.id ?? world.row('account', id)?.id);
  }
  const list = header['pricelist_id/.id'];
  if (list) record(list, 'Pricelist', (id) => store.priceLists.all().find(([, known]) => String(known) === id)?.[0]);
  if (header.payment_term_id)
    record(header.payment_term_id, 'Payment Terms', (name) => store.terms.all().find(([known]) => known === name)?.[0]);
  const terms = header['payment_term_id/.id'];
  if (terms) record(terms, 'Payment Terms', (id) => store.terms.all().find(([, known]) => String(known) === id)?.[0]);
  const lines = rows.map((row) => ({ line: lineOf(row, world), externalId: row['order_line/id'] || null }));
  const known = store.externalIds.get(header.id ?? '');
  const order = known === undefined ? undefined : world.row('order', known);
  if (order) return update(order, { reference, soldTo }, lines, world, store);
  const made = world.placeOrder({ reference, soldTo, lines: lines.map(({ line }) => line) });
  if (header.id) store.externalIds.set(header.id, made.id);
  store.lineIds.set(made.id, lines.map(({ externalId }) => externalId)); // biome-ignore format: one call
  return made.id;
}

/** By the database's ids: the order, and lines that are there; others by their external ids. */
function change(id: string, rows: readonly Cells[], world: World, store: Store): string {
  const order = world.row(
    'order',
    record(id, 'Sales Order', (wanted) => world.row('order', wanted)?.id),
  ) as WorldOrder;
  const byId = rows.filter((row) => row['order_line/.id'] !== undefined);
  const lines = rows
    .filter((row) => row['order_line/.id'] === undefined)
    .map((row) => ({ line: lineOf(row, world), externalId: row['order_line/id'] || null }));
  if (lines.length > 0) update(order, {}, lines, world, store);
  for (const row of byId) {
    const now = world.row('order', id) as WorldOrder;
    const place = placeOf(now, Number(row['order_line/.id']));
    const emptied = now.lines.map((line, at) =>
      at === place ? { ...line, quantity: row['order_line/product_uom_qty'] ?? line.quantity } : line,
    );
    world.change('order', id, { lines: emptied });
  }
  return id;
}

function placeOf({ id }: WorldOrder, line: number): number {
  return line - Number(id) * 100 - 1;
}

/** As the module sale_stock and the state of the order have it: nothing of what is confirmed. */
export function unlinkLines(ids: readonly number[], world: World, store: Store): true {
  for (const id of [...ids].sort((a, b) => b - a)) {
    const order = world.row('order', String(Math.floor(id / 100)));
    if (!order?.lines[placeOf(order, id)]) throw userError('Record does not exist or has been deleted.');
    if (!['draft', 'quoted'].includes(order.state)) {
      throw userError("You can not remove an order line once the sales order is confirmed.\nYou'd rather set the quantity to 0.");
    }
    const isKept = (_: unknown, at: number) => at !== placeOf(order, id);
    store.lineIds.set(order.id, (store.lineIds.get(order.id) ?? []).filter(isKept)); // biome-ignore format: one call
    world.change('order', order.id, { lines: order.lines.filter(isKept) });
  }
  return true;
}

/** People are asked first, unless the context says no; goods on their way do not matter (sale_order.py). */
export function cancel(ids: readonly number[], context: Values, world: World): unknown {
  if (context.disable_cancel_warning !== true) return { type: 'ir.actions.act_window', res_model: 'sale.order.cancel', target: 'new' };
  for (const id of ids) world.stepOrder(String(id), 'cancelled');
  return true;
}

type LoadedLine = { line: WorldOrderLine; externalId: string | null };

/** Known lines are changed, others are added: without external ids of their own, every line is another. */
function update(order: WorldOrder, values: Values, lines: readonly LoadedLine[], world: World, store: Store): string {
  const ids = [...(store.lineIds.get(order.id) ?? [])];
  const kept = [...order.lines];
  for (const { line, externalId } of lines) {
    const place = externalId === null ? -1 : ids.indexOf(externalId);
    if (place >= 0) kept[place] = line;
    else {
      kept.push(line);
      ids.push(externalId);
    }
  }
  store.lineIds.set(order.id, ids);
  world.change('order', order.id, { ...values, lines: kept });
  return order.id;
}

function lineOf(row: Cells, world: World): WorldOrderLine {
  const product = record(row['order_line/product_id/.id'], 'Product', (id) => world.row('product', id)?.number);
  const number = (field: string, label: string): string => {
    const cell = row[`order_line/${field}`] ?? '';
    if (!/^-?\d+(\.\d+)?$/.test(cell)) throw new Complaint(`'${cell}' does not seem to be a number for field '${label}'`);
    return String(Number(cell));
  };
  return {
    product,
    quantity: number('product_uom_qty', 'Quantity'),
    unitPrice: number('price_unit', 'Unit Price'),
    lineReference: row['order_line/id'] ?? null,
  };
}

function record(cell: string | undefined, label: string, find: (id: string) => string | undefined): string {
  const found = find(cell ?? '');
  if (found === undefined) throw new Complaint(`No matching record found for database id '${cell ?? ''}' in field '${label}'`);
  return found;
}

/** 16 answers true however often it is asked; 17 refuses what is confirmed already. */
export function confirm(ids: readonly number[], world: World, { version }: Store): true {
  for (const id of ids) {
    const order = world.row('order', String(id));
    if (!order) throw userError('Record does not exist or has been deleted.');
    if (!world.stepOrder(order.id, 'confirmed') && version >= 17)
      throw userError(`The following orders are not in a state requiring confirmation: ${order.number ?? 'New'}`);
  }
  return true;
}
