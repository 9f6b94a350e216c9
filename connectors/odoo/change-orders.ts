/**
 * Orders that are changed or cancelled afterwards. Odoo itself would cancel what is on its way to the customer, and leave the delivery without an
 * order; so what has begun is refused here.
 */
import { lineChanges } from '../../src/connector/line-changes.ts';
import type { OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { call } from './call.ts';
import { products } from './lookups.ts';
import { changeTable, emptyTable, type LoadTable } from './order-rows.ts';
import { readOrderLines } from './placed-orders.ts';
import type { OdooSession } from './server.ts';

export async function cancelOrder(session: OdooSession, placed: PlacedOrder): Promise<void> {
  await refuseBegun(session, placed, 'cancelled');
  // Without this word of the context Odoo answers with a form for people, and cancels nothing (sale/models/sale_order.py, _show_cancel_wizard).
  const context = { disable_cancel_warning: true };
  await call(session, { model: 'sale.order', method: 'action_cancel', ids: [Number(placed.id)], context, effect: 'write' });
}

/**
 * Every line that is wanted is loaded under its external id, which changes it or adds it, however often. What else is there is taken out; of
 * a confirmed order it is emptied, which Odoo asks for.
 */
export async function reviseOrder(session: OdooSession, placed: PlacedOrder, given: OrderToPlace): Promise<void> {
  await refuseBegun(session, placed, 'changed');
  const order = withShippingLine(given, session.config.shippingItem);
  const codes = [...new Set(order.lines.map(({ product }) => product))];
  const known = await products(session, [['default_code', 'in', codes]], 'active');
  await load(session, changeTable(session, placed.id, order, known));
  const { surplus } = lineChanges(order.lines, await readOrderLines(session, Number(placed.id)));
  const ids = surplus.map(({ id }) => id);
  if (ids.length === 0) return;
  if (OPEN.includes(placed.stateThere)) await call(session, { model: 'sale.order.line', method: 'unlink', ids, effect: 'write' });
  else await load(session, emptyTable(placed.id, ids));
}

/** Of a quotation lines may be removed. */
const OPEN = ['draft', 'sent'];

async function load(session: OdooSession, table: LoadTable): Promise<void> {
  await call(session, { model: 'sale.order', method: 'load', params: { ...table }, effect: 'write' });
}

async function refuseBegun(session: OdooSession, { id, number, stateThere }: PlacedOrder, done: string): Promise<void> {
  // Up to 16 a locked order has a state of its own; later ones refuse by themselves.
  if (stateThere !== 'done' && !(await readOrderLines(session, Number(id))).some(({ isBegun }) => isBegun)) return;
  const why = stateThere === 'done' ? 'locked' : 'delivered or invoiced in part';
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `order ${number ?? id} is "${stateThere}" and ${why}, and can no longer be ${done}; end it in Odoo`,
  );
}
