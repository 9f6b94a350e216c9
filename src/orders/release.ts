/** Approved: the order and its entry in the outbox, in one transaction. Delivering it is the business of the hand-off. */
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import type { Transaction } from '../store/database.ts';
import { insertHandoff } from '../store/orders/handoffs.ts';
import { appendLog, moveOrder } from '../store/orders/orders.ts';

/** To be called under `lockOrder`. Answers the hand-off to wake once the transaction has committed. */
export async function releaseOrder(
  trx: Transaction,
  settings: Settings,
  order: Order,
  revision: Revision,
  approvedBy: NonNullable<Order['approvedBy']>,
  now: Date,
): Promise<{ handoffId: string }> {
  await moveOrder(trx, order, 'released', { now, approvedBy });
  const handoffId = await insertHandoff(trx, { order, revision, connection: settings.orders.target ?? null, now });
  await appendLog(trx, order.id, { kind: 'released', revision: revision.n, facts: { approvedBy, handoffId } }, now);
  return { handoffId };
}
