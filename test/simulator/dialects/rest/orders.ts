/** Orders of the systems nobody knows, as those of the invented one (template-orders.ts), and how kontor.yaml would declare them. */
import type { SimAnswer, SimRequest } from '../../dialect.ts';
import type { World, WorldOrder } from '../../world.ts';
import { cancelOrder, confirmOrder, createOrder, findOrders, replaceOrder } from '../template-orders.ts';

export const ORDERS = {
  create: {
    path: 'orders',
    body: {
      reference: '$reference',
      customerId: '$soldTo',
      currency: '$currency',
      shipTo: '$shipTo',
      billTo: '$billTo',
      lines: { $each: 'lines', product: '$product', quantity: '$quantity', unitPrice: '$unitPrice', lineReference: '$reference' },
    },
    number: 'number',
  },
  find: [
    { path: 'orders?reference={reference}', orders: 'items' },
    { path: 'archive/orders?reference={reference}', orders: 'items', foundIn: 'archive' },
  ],
  status: { path: 'orders?ids={ids}', orders: 'items' },
  fields: {
    number: 'number',
    reference: 'reference',
    soldTo: 'customerId',
    state: 'state',
    currency: 'currency',
    lines: 'lines',
    product: 'product',
    quantity: 'quantity',
    unitPrice: 'unitPrice',
  },
  states: { draft: 'placed', confirmed: 'accepted', shipped: 'shipped', invoiced: 'invoiced', cancelled: 'cancelled' },
  confirm: { path: 'orders/{id}/confirm' },
  cancel: { path: 'orders/{id}/cancel' },
  revise: {
    path: 'orders/{id}',
    version: { path: 'orders/{id}' },
    body: {
      shipTo: '$shipTo',
      billTo: '$billTo',
      lines: { $each: 'lines', product: '$product', quantity: '$quantity', unitPrice: '$unitPrice', lineReference: '$reference' },
    },
  },
} as const;

/** `undefined` where the request is about no order. Open and finished ones are asked for by id in one place. */
export function orderAnswer(request: SimRequest, world: World): SimAnswer | undefined {
  const [, path] = /^\/api\/v2\/((?:archive\/)?orders.*)$/.exec(request.path) ?? [];
  if (path === undefined) return undefined;
  const [, id = '', step] = /^orders\/([^/]+)\/(confirm|cancel)$/.exec(path) ?? [];
  if (request.method === 'POST') {
    if (step === 'confirm') return confirmOrder(decodeURIComponent(id), world);
    return step === 'cancel' ? cancelOrder(decodeURIComponent(id), world) : createOrder(request, world);
  }
  const one = world.row('order', /^orders\/([^/]+)$/.exec(path)?.[1] ?? '');
  if (one && request.method === 'PUT') return replaced(one, request, world);
  if (one) return { status: 200, headers: { etag: tagOf(one) }, json: { id: one.id, version: one.version } };
  if (path === 'archive/orders') return findOrders('posted', request, world);
  if (!request.query.has('ids')) return findOrders('open', request, world);
  const items = (['open', 'posted'] as const).flatMap((place) => (findOrders(place, request, world).json as { items: unknown[] }).items);
  return { status: 200, json: { items } };
}

function tagOf({ version }: WorldOrder): string {
  return `"v${version}"`;
}

/** Only for who has seen its last version, by its ETag. */
function replaced(order: WorldOrder, request: SimRequest, world: World): SimAnswer {
  const seen = request.headers['if-match'];
  if (seen === undefined) return { status: 428, json: { error: { message: 'Which version do you mean?' } } };
  if (seen !== tagOf(order)) return { status: 412, json: { error: { message: 'The order has been changed by somebody else' } } };
  return replaceOrder(order.id, request, world);
}
