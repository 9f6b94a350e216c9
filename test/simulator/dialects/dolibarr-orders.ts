/** Making and validating orders, with what was seen of refusals. */
import type { SimAnswer, SimRequest } from '../dialect.ts';
import { Refusal } from '../dialect.ts';
import type { World, WorldOrder, WorldOrderLine } from '../world.ts';
import { failure } from './dolibarr.ts';
import { type Customers, keepLineId, lineId, order as shown } from './dolibarr-shapes.ts';

interface GivenLine {
  fk_product?: number;
  qty?: string | number;
  subprice?: string | number;
  ref_ext?: string;
}
interface GivenOrder {
  socid?: number;
  date?: number;
  ref_ext?: string;
  ref_client?: string;
  cond_reglement_id?: number;
  lines?: GivenLine[];
}

/** A bare id. */
export function createOrder(request: SimRequest, world: World, customers: Customers): SimAnswer {
  const { socid, date, ref_ext, ref_client, lines = [] } = request.json() as GivenOrder;
  if (socid === undefined) throw failure(400, 'Bad Request: socid field missing');
  if (date === undefined) throw failure(400, 'Bad Request: date field missing');
  if (!world.row('account', String(socid))) {
    const json = JSON.stringify({ error: { code: 500, message: 'Internal Server Error: Error creating order', 0: 'ErrorBadThirdParty' } });
    // Seen so: a warning of PHP, then the answer.
    throw new Refusal({
      status: 500,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      text: `<br />\n<b>Warning</b>: Third party not found in <b>commande.class.php</b><br />\n${json}`,
    });
  }
  const made = lines.map((line) => madeLine(line, world));
  const order = world.placeOrder({
    reference: ref_ext ?? ref_client ?? '',
    soldTo: String(socid),
    currency: 'EUR',
    lines: made,
    number: null,
  });
  if (ref_client !== undefined) customers.set(order.id, ref_client);
  return { status: 200, json: Number(order.id) };
}

function madeLine({ fk_product, qty, subprice, ref_ext: lineReference }: GivenLine, world: World): WorldOrderLine {
  const product = world.row('product', String(fk_product));
  if (!product) throw failure(500, 'Internal Server Error: Error creating order', { 0: 'ErrorProductIdNotFound' });
  return { product: product.number, quantity: String(qty), unitPrice: String(subprice), lineReference: lineReference ?? null };
}

/** PUT and DELETE of an order, `settodraft`, and the lines below it, as api_orders.class.php has them. */
export function changeOrder(id: string, part: string, lineKey: string, request: SimRequest, world: World): SimAnswer {
  const row = world.row('order', id);
  if (!row || row.state === 'cancelled') throw failure(404, 'Not Found: Order not found');
  const call = `${request.method} ${part}`;
  if (call === 'PUT ') return { status: 200, json: { id } };
  if (call === 'DELETE ') return deleteOrder(row, world);
  if (call === 'POST settodraft') return toDraft(row, world);
  // Lines of what is no draft are left alone: an error, or nothing at all.
  const isDraft = row.state === 'draft' || row.state === 'quoted';
  if (!isDraft) throw failure(call.startsWith('DELETE') ? 405 : 400, 'Bad Request: ErrorDeleteLineNotAllowedByObjectStatus');
  const given = request.method === 'DELETE' ? undefined : madeLine(request.json() as GivenLine, world);
  if (call === 'POST lines' && given) {
    world.change('order', id, { lines: [...row.lines, given] });
    return { status: 200, json: Number(lineId(given)) };
  }
  if (!row.lines.some((line) => lineId(line) === lineKey)) throw failure(500, 'Internal Server Error: line not found');
  const lines = row.lines.flatMap((line) => (lineId(line) === lineKey ? (given ? [keepLineId(line, given)] : []) : [line]));
  world.change('order', id, { lines });
  return { status: 200, json: { id } };
}

/** What is shipped is not deleted, and the answer is the same. */
function deleteOrder({ id, state }: WorldOrder, world: World): SimAnswer {
  if (state !== 'shipped' && state !== 'invoiced') world.remove('order', id);
  return { status: 200, json: { success: { code: 200, message: 'Order deleted' } } };
}

function toDraft({ id, state }: WorldOrder, world: World): SimAnswer {
  if (state === 'draft') return { status: 304 };
  world.change('order', id, { state: 'draft' });
  return { status: 200, json: { id } };
}

/** The second time nothing is done, which is 304 without a body. */
export function validateOrder(id: string, request: SimRequest, world: World, customers: Customers): SimAnswer {
  const { idwarehouse } = request.json() as { idwarehouse?: unknown };
  if (idwarehouse === undefined) throw failure(400, 'Bad Request: Bad value for parameter idwarehouse');
  if (!world.row('order', id)) throw failure(404, 'Not Found: Order not found');
  if (!world.stepOrder(id, 'confirmed')) return { status: 304 };
  const row = world.row('order', id);
  return { status: 200, json: row ? shown(world, row, customers).json : null };
}
