/**
 * Orders that are changed or cancelled afterwards. Both need a draft, to which a validated order is set back; the API cancels nothing, so a draft
 * is deleted. Each line is a call of its own: a change may stop in the middle, and the next try takes the order as it is then.
 */
import { z } from 'zod';
import { lineChanges } from '../../src/connector/line-changes.ts';
import type { OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { type DolibarrSession, readWhole } from './lists.ts';
import { headOf, linesOf } from './order-body.ts';
import { goodsOf, orderOf } from './placed-orders.ts';

export async function cancelOrder(session: DolibarrSession, placed: PlacedOrder): Promise<void> {
  await setToDraft(session, placed, 'cancelled');
  // It is answered well even where nothing was deleted (api_orders.class.php): what is there afterwards counts.
  await session.http.send({ method: 'DELETE', path: pathOf(placed) });
}

export async function reviseOrder(session: DolibarrSession, placed: PlacedOrder, given: OrderToPlace): Promise<void> {
  const order = withShippingLine(given, session.config.shippingItem);
  // Before anything is sent: an order that cannot be said must not be left as a draft.
  const bodies = await linesOf(session, order);
  const bodyOf = (line: OrderToPlace['lines'][number]) => bodies[order.lines.indexOf(line)] ?? {};
  const { changed, missing, surplus } = lineChanges(order.lines, await linesThere(session, placed));
  await setToDraft(session, placed, 'changed');
  const lines = `${pathOf(placed)}/lines`;
  await session.http.send({ method: 'PUT', path: pathOf(placed), json: headOf(session, order) });
  for (const { line, there } of changed) await session.http.send({ method: 'PUT', path: `${lines}/${there.id}`, json: bodyOf(line) });
  for (const { id } of surplus) await session.http.send({ method: 'DELETE', path: `${lines}/${id}` });
  for (const line of missing) await session.http.send({ method: 'POST', path: lines, json: bodyOf(line) });
}

const keyed = z.looseObject({ id: z.union([z.string(), z.number()]) });

async function linesThere(session: DolibarrSession, placed: PlacedOrder) {
  const rows = await readWhole(session, { list: 'orders', filters: [`(t.rowid:=:${placed.id})`] });
  return rows.flatMap((row) =>
    (orderOf(row).lines ?? []).map((line) => ({ ...goodsOf(line), id: String(shaped(keyed, line, 'orders').id) })),
  );
}

/** Dolibarr looks only at the status of the order, so one whose goods are on their way is refused here. */
async function setToDraft({ http, config }: DolibarrSession, placed: PlacedOrder, done: string): Promise<void> {
  const { id, number, stateThere } = placed;
  if (stateThere === 'draft') return;
  if (stateThere !== 'validated') {
    throw new NeedsOperatorError(
      'ERP_REFUSED',
      `order ${number ?? id} is "${stateThere}" and can no longer be ${done}; end it in Dolibarr`,
    );
  }
  await http.send({ method: 'POST', path: `${pathOf(placed)}/settodraft`, json: { idwarehouse: config.warehouse } });
}

function pathOf({ id }: PlacedOrder): string {
  return `orders/${encodeURIComponent(id)}`;
}
