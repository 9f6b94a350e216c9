/** The order half of the invented system (template.ts). */
import type { SimAnswer, SimRequest } from '../dialect.ts';
import type { World, WorldOrder } from '../world.ts';
import { refusal } from './template.ts';

interface GivenOrder {
  reference: string;
  customerId: string;
  shipTo: string | null;
  billTo: string | null;
  currency: string;
  note?: string | null;
  lines: Array<{ product: string; quantity: string; unitPrice: string; lineReference: string | null }>;
}

const STATES = { draft: 'draft', quoted: 'draft', processing: 'confirmed' } as const;

/** By the beginning of the reference, in any case; or by ids. */
export function findOrders(location: WorldOrder['location'], { query }: SimRequest, world: World): SimAnswer {
  const prefix = query.get('reference')?.toLowerCase();
  const ids = query.get('ids')?.split(',');
  const items = world
    .rows('order')
    .filter((order) => order.location === location)
    .filter(({ id, reference }) => (ids ? ids.includes(id) : prefix !== undefined && reference.toLowerCase().startsWith(prefix)))
    .map(({ id, number, reference, soldTo, currency, state, lines }) => ({
      id,
      number,
      reference,
      customerId: soldTo,
      currency,
      state: state in STATES ? STATES[state as keyof typeof STATES] : state,
      lines,
    }));
  return { status: 200, json: { items } };
}

/** All or nothing: everything is looked up before anything is made. The reference field holds 30 characters, and cuts what is longer. */
export function createOrder(request: SimRequest, world: World): SimAnswer {
  const { reference, customerId, lines, ...rest } = request.json() as GivenOrder;
  if (!world.row('account', customerId)) throw refusal(422, 'CUSTOMER', `Customer ${customerId} is unknown`);
  refuseLines(lines, world);
  const order = world.placeOrder({
    ...head(rest),
    reference: reference.slice(0, 30),
    soldTo: customerId,
    currency: rest.currency,
    lines,
    number: null,
  });
  return { status: 201, json: { id: order.id, number: order.number } };
}

function head({ shipTo, billTo, note = null }: Pick<GivenOrder, 'shipTo' | 'billTo' | 'note'>) {
  return { shipTo, billTo, note };
}

function refuseLines(lines: GivenOrder['lines'], world: World): void {
  const products = new Set(world.rows('product').map(({ number }) => number));
  for (const { product } of lines) if (!products.has(product)) throw refusal(422, 'PRODUCT', `Product ${product} is unknown`);
  if (lines.length === 0) throw refusal(422, 'LINES', 'An order needs a line');
}

/** Neither what is on its way nor what is cancelled can be changed or cancelled. */
function changeable(id: string, world: World): WorldOrder {
  const order = world.row('order', id);
  if (!order) throw refusal(404, 'ORDER', `There is no order ${id}`);
  if (order.state === 'shipped' || order.state === 'invoiced') throw refusal(422, 'STATE', `The order has been ${order.state}`);
  if (order.state === 'cancelled') throw refusal(422, 'STATE', 'The order is cancelled');
  return order;
}

export function cancelOrder(id: string, world: World): SimAnswer {
  changeable(id, world);
  world.stepOrder(id, 'cancelled');
  return { status: 200, json: { state: 'cancelled' } };
}

/** Replaces all lines, or nothing. */
export function replaceOrder(id: string, request: SimRequest, world: World): SimAnswer {
  const { number } = changeable(id, world);
  const { lines, ...rest } = request.json() as GivenOrder;
  refuseLines(lines, world);
  world.change('order', id, { ...head(rest), lines });
  return { status: 200, json: { id, number } };
}

/** A second time is refused, as in systems that check the state. */
export function confirmOrder(id: string, world: World): SimAnswer {
  if (!world.row('order', id)) throw refusal(404, 'ORDER', `There is no order ${id}`);
  if (!world.stepOrder(id, 'confirmed')) throw refusal(422, 'STATE', 'The order is not a draft');
  return { status: 200, json: { state: 'confirmed' } };
}
