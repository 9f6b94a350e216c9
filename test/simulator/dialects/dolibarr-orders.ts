/** Making and validating orders, with what was seen of refusals. */
import type { SimAnswer, SimRequest } from '../dialect.ts';
import { Refusal } from '../dialect.ts';
import type { World } from '../world.ts';
import { failure } from './dolibarr.ts';
import { type Customers, order as shown } from './dolibarr-shapes.ts';

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
  const made = lines.map(({ fk_product, qty, subprice, ref_ext: lineReference }) => {
    const product = world.row('product', String(fk_product));
    if (!product) throw failure(500, 'Internal Server Error: Error creating order', { 0: 'ErrorProductIdNotFound' });
    return { product: product.number, quantity: String(qty), unitPrice: String(subprice), lineReference: lineReference ?? null };
  });
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

/** The second time nothing is done, which is 304 without a body. */
export function validateOrder(id: string, request: SimRequest, world: World, customers: Customers): SimAnswer {
  const { idwarehouse } = request.json() as { idwarehouse?: unknown };
  if (idwarehouse === undefined) throw failure(400, 'Bad Request: Bad value for parameter idwarehouse');
  if (!world.row('order', id)) throw failure(404, 'Not Found: Order not found');
  if (!world.stepOrder(id, 'confirmed')) return { status: 304 };
  const row = world.row('order', id);
  return { status: 200, json: row ? shown(world, row, customers).json : null };
}
