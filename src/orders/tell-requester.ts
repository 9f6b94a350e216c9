/** What became of an order, to whoever ordered it and for whom it was ordered. */
import type { Order } from '../domain/orders/order.ts';
import type { Transaction } from '../store/database.ts';
import { queueNotices } from '../store/notifications.ts';

export async function tellRequester(
  trx: Transaction,
  { id, revision, orderedById, onBehalfOfId }: Order,
  event: 'order.approved' | 'order.declined' | 'order.expired',
  now: Date,
): Promise<void> {
  const readers = [...new Set([orderedById, onBehalfOfId ?? orderedById])];
  const notices = readers.map((personId) => ({
    event,
    dedupeKey: `${event}:${id}:${revision}:${personId}`,
    personId,
    orderId: id,
    revision,
  }));
  await queueNotices(trx, notices, now);
}
