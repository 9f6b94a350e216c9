/** Sales as Tryton holds them, in our words. */
import { z } from 'zod';
import type { PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withoutShippingLine } from '../../src/connector/shipping-line.ts';
import { openCompany } from './company.ts';
import { stateOf } from './order-states.ts';
import { searchRead, type TrytonSession } from './rpc.ts';

const SALE_FIELDS = ['id', 'number', 'reference', 'party', 'state', 'invoice_state', 'shipment_state', 'currency.code'].concat([
  'lines.type',
  'lines.product.code',
  'lines.quantity',
  'lines.unit_price',
]);

const line = z.looseObject({
  id: z.int(),
  type: z.string(),
  product: z.looseObject({ code: z.string().nullable() }).nullish(),
  quantity: z.number().nullish(),
  unit_price: z.string().nullish(),
});
type SaleLine = z.infer<typeof line>;

const sale = z.looseObject({
  id: z.int(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  party: z.int(),
  state: z.string(),
  invoice_state: z.string().nullish(),
  shipment_state: z.string().nullish(),
  currency: z.looseObject({ code: z.string() }),
  lines: z.array(line),
});

/** Every sale the clause names, cancelled ones too. */
export async function sales(session: TrytonSession, clause: [string, string, string | string[] | number[]]): Promise<PlacedOrder[]> {
  const { context } = await openCompany(session);
  const search = { domain: [clause], fields: SALE_FIELDS, order: [['id', 'ASC']] };
  const { all } = await searchRead(session, 'sale.sale', search, context);
  return shaped(z.array(sale), all, 'sale.sale.search_read').map((found) => ({
    id: String(found.id),
    number: found.number,
    reference: found.reference ?? '',
    soldTo: String(found.party),
    state: stateOf(found, session.config.ordersUpTo),
    stateThere: found.state,
    foundIn: null,
    currency: found.currency.code,
    ...withoutShippingLine(found.lines.filter(({ type }) => type === 'line').map(goodsOf), session.config.shippingItem),
  }));
}

/** Ids of all lines of a sale, titles and comments too. */
export async function lineIds(session: TrytonSession, sale: number): Promise<number[]> {
  const { context } = await openCompany(session);
  const search = { domain: [['sale', '=', sale]], fields: ['id'], order: [['id', 'ASC']] };
  const { all } = await searchRead(session, 'sale.line', search, context);
  return shaped(z.array(z.looseObject({ id: z.int() })), all, 'sale.line.search_read').map(({ id }) => id);
}

function goodsOf({ product, quantity, unit_price }: SaleLine): PlacedLine {
  return {
    product: product?.code ?? null,
    quantity: canonical(String(quantity ?? 0)),
    unitPrice: unit_price === undefined || unit_price === null ? null : canonical(unit_price),
  };
}

/** "249.9000" -> "249.9" */
function canonical(decimal: string): string {
  return decimal.includes('.') && !/e/i.test(decimal) ? decimal.replace(/\.?0+$/, '') : decimal;
}
