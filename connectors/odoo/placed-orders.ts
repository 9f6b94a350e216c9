/** Orders as Odoo holds them: header, lines, and the codes of their products. */
import { z } from 'zod';
import type { PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withoutShippingLine } from '../../src/connector/shipping-line.ts';
import { searchRead } from './call.ts';
import { fieldsOf, idOf, nameOf, withoutNoise } from './fields.ts';
import { type Product, products } from './lookups.ts';
import { stateOf } from './order-states.ts';
import type { OdooSession } from './server.ts';

const FIELDS = ['name', 'client_order_ref', 'partner_id', 'state', 'currency_id', 'invoice_status', 'delivery_status'];
/** What Odoo calls an order that is not numbered yet, in English; it numbers at creation. */
const UNNUMBERED = /^(?:New|\/)$/;

const none = z.literal(false);
const header = z.looseObject({
  id: z.int(),
  name: z.string(),
  client_order_ref: z.union([z.string(), none]),
  partner_id: z.tuple([z.int(), z.string()]),
  state: z.string(),
  currency_id: z.union([z.tuple([z.int(), z.string()]), none]),
  invoice_status: z.union([z.string(), none]).optional(),
  delivery_status: z.union([z.string(), none]).optional(),
});
const line = z.looseObject({
  id: z.int(),
  order_id: z.tuple([z.int(), z.string()]),
  product_id: z.union([z.tuple([z.int(), z.string()]), none]),
  product_uom_qty: z.number(),
  price_unit: z.number(),
  qty_delivered: z.number().nullish(),
  qty_invoiced: z.number().nullish(),
});
type Line = z.infer<typeof line>;

/** Every order the clause names, cancelled ones too. */
export async function readOrders(
  session: OdooSession,
  clause: [string, string, string | number | string[] | number[]],
): Promise<PlacedOrder[]> {
  const fields = await fieldsOf(session, 'sale.order', FIELDS);
  const found = await searchRead(session, 'sale.order', { domain: [clause], fields: [...fields.keys()] });
  const headers = shaped(z.array(header), found.rows, 'sale.order.search_read');
  if (headers.length === 0) return [];
  const lines = await readLines(session, headers.map(({ id }) => id)); // biome-ignore format: one call
  const codes = await readCodes(session, lines);
  return headers.map((one) => ({
    id: String(one.id),
    number: UNNUMBERED.test(one.name) ? null : one.name,
    reference: one.client_order_ref === false ? '' : one.client_order_ref,
    soldTo: String(one.partner_id[0]),
    state: stateOf(one, session.config.ordersUpTo),
    stateThere: one.state,
    foundIn: null,
    currency: nameOf(one.currency_id),
    ...withoutShippingLine(
      lines.filter(({ order_id }) => order_id[0] === one.id).map((row) => goodsOf(row, codes)),
      session.config.shippingItem,
    ),
  }));
}

function goodsOf({ product_id, product_uom_qty, price_unit }: Line, codes: ReadonlyMap<number, Product>): PlacedLine {
  return {
    product: codes.get(idOf(product_id) ?? 0)?.code ?? null,
    quantity: String(withoutNoise(product_uom_qty)),
    unitPrice: String(withoutNoise(price_unit)),
  };
}

/** Of one order, shipping cost among them, with what tells whether anything of it has left. */
export async function readOrderLines(session: OdooSession, order: number): Promise<Array<PlacedLine & { id: number; isBegun: boolean }>> {
  const lines = await readLines(session, [order]);
  const codes = await readCodes(session, lines);
  return lines.map((row) => ({
    ...goodsOf(row, codes),
    id: row.id,
    isBegun: Number(row.qty_delivered ?? 0) > 0 || Number(row.qty_invoiced ?? 0) > 0,
  }));
}

/** Without titles and notes, which are lines too, and without lines that were emptied because a confirmed order loses none. */
async function readLines(session: OdooSession, ids: readonly number[]): Promise<Line[]> {
  const { rows } = await searchRead(session, 'sale.order.line', {
    domain: [
      ['order_id', 'in', [...ids]],
      ['display_type', '=', false],
      ['product_uom_qty', '!=', 0],
    ],
    fields: ['order_id', 'product_id', 'product_uom_qty', 'price_unit', 'qty_delivered', 'qty_invoiced'],
    order: 'order_id, sequence, id',
  });
  return shaped(z.array(line), rows, 'sale.order.line.search_read');
}

async function readCodes(session: OdooSession, lines: readonly Line[]): Promise<ReadonlyMap<number, Product>> {
  const ids = [...new Set(lines.flatMap(({ product_id }) => idOf(product_id) ?? []))];
  const found = ids.length === 0 ? [] : await products(session, [['id', 'in', ids]], 'all');
  return new Map(found.map((one) => [one.id, one]));
}
