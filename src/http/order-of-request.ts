/** The order a path names, within what the key may see. */
import type { FastifyRequest } from 'fastify';
import { NeedsOperatorError } from '../errors.ts';
import type { Decision } from '../store/approvals/decisions.ts';
import { findVisibleOrders, loadVisibleOrder, type OrderSummary } from '../store/views/visible-orders.ts';
import { keyOf, originOf } from './admission.ts';
import type { HttpContext } from './http-context.ts';

/** Throws NOT_FOUND for none, and for several. An order of another origin is as good as none. */
export async function requireOrder({ db }: HttpContext, request: FastifyRequest, name: string): Promise<OrderSummary> {
  const [first, ...others] = await findVisibleOrders(db, originOf(keyOf(request)), name);
  if (!first) throw new NeedsOperatorError('NOT_FOUND', 'there is no such order that this key may see; `GET /v1/orders` lists them');
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ externalKey }) => externalKey).join(', ');
  throw new NeedsOperatorError(
    'NOT_FOUND',
    `several orders are called so (${names}); name one by its key, or say \`id:\` or \`ref:\` before it`,
  );
}

/** As it is after something was done to it. */
export async function reload({ db }: HttpContext, id: string): Promise<OrderSummary> {
  const order = await loadVisibleOrder(db, id);
  if (!order) throw new Error(`order ${id} is gone`);
  return order;
}

export function presentDecision({ personId, personName, ...decision }: Decision) {
  return { ...decision, person: { id: personId, name: personName } };
}
