/** Orders: POST makes a draft with its lines, a second call validates and numbers it. They never leave their table. */
import { z } from 'zod';
import type { OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { cancelOrder, reviseOrder } from './change-orders.ts';
import { type DolibarrSession, readWhole } from './lists.ts';
import { bodyOf } from './order-body.ts';
import { orderOf, placedOrder, referenceOf } from './placed-orders.ts';
import type { DolibarrSettings } from './settings.ts';

const AT_ONCE = 40;
const createdId = z.coerce.string().regex(/^[1-9]\d*$/);

async function findMany(session: DolibarrSession, references: readonly string[]): Promise<PlacedOrder[]> {
  const either = references.map((reference) => `(t.ref_ext:=:'${reference}') or (t.ref_client:=:'${reference}')`);
  const rows = await readWhole(session, { list: 'orders', filters: [`(${either.join(' or ')})`] });
  // The database compares without case.
  const found = rows.map(orderOf).filter((one) => references.includes(referenceOf(one)));
  return found.map((one) => placedOrder(one, session.config));
}

export const orders: OrderTarget<DolibarrSettings> = {
  traits: {
    referenceField: 'ref_ext',
    maxReferenceLength: 128,
    // Nothing that means something in its filters, or that its sanitizer takes away.
    referencePattern: '[A-Za-z0-9][A-Za-z0-9._-]*',
    uniqueReference: 'none',
    // A script whose connection broke may still be at work; PHP ends it after half a minute, many installations after a whole one.
    lookupLagMs: 60_000,
    alsoLookIn: [],
    removesCancelled: true,
  },
  find: (session, reference) => findMany(session, [reference]),
  findMany,
  async create(session, order) {
    const json = await bodyOf(session, withShippingLine(order, session.config.shippingItem));
    const answer = await session.http.send({ method: 'POST', path: 'orders', json });
    const id = createdId.safeParse(answer.json);
    if (id.success) return { id: id.data, number: null };
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${order.reference}: the answer is not the id of an order; it is looked for`);
  },
  steps: [
    {
      name: 'validate',
      isDone: ({ state }) => state !== 'placed',
      run: async ({ http, config }, { id }) => {
        await http.send({
          method: 'POST',
          path: `orders/${encodeURIComponent(id)}/validate`,
          json: { idwarehouse: config.warehouse, notrigger: 0 },
        });
      },
    },
  ],
  cancel: cancelOrder,
  revise: reviseOrder,
  async status(session, ids) {
    const found: PlacedOrder[] = [];
    const known = ids.filter((id) => /^\d+$/.test(id));
    for (let start = 0; start < known.length; start += AT_ONCE) {
      const either = known.slice(start, start + AT_ONCE).map((id) => `(t.rowid:=:${id})`);
      const rows = await readWhole(session, { list: 'orders', filters: [`(${either.join(' or ')})`] });
      found.push(...rows.map((row) => placedOrder(orderOf(row), session.config)));
    }
    return found;
  },
};
