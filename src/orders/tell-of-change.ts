/**
 * Whoever ordered learns what somebody else made of the order, and has some time to take it back (SEMANTICS 2.12). Until that is over,
 * or the requester agrees, nothing of it leaves: the gate before every hand-off asks.
 */
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { spanSchema } from '../domain/work-calendar/span.ts';
import { addWorkTime } from '../domain/work-calendar/work-time.ts';
import type { Transaction } from '../store/database.ts';
import { type NewNotice, queueNotices } from '../store/notifications.ts';
import { agreeToChanges, openWindow } from '../store/orders/change-windows.ts';
import { loadCalendarsOf } from '../store/work-calendars/calendars-of.ts';
import { isRequester } from './people.ts';

export interface ToldChange {
  readonly order: Order;
  /** The one that was made. */
  readonly revision: Revision;
  readonly personId: string;
  /** A detail is told, and leaves at once. */
  readonly isMaterial: boolean;
}

/** To be called under `lockOrder`. What the requester changes himself he has seen, and all that others did before. */
export async function tellOfChange(
  trx: Transaction,
  { orders }: Settings,
  { order, revision, personId, isMaterial }: ToldChange,
  now: Date,
): Promise<void> {
  if (await isRequester(trx, order, personId)) {
    await agreeToChanges(trx, order.id, now);
    return;
  }
  const until = isMaterial && orders.changeWindow !== undefined ? await windowEnd(trx, orders.changeWindow, order, now) : null;
  if (until) await openWindow(trx, order.id, revision.n, until);
  const readers = [...new Set([order.orderedById, order.onBehalfOfId])].filter((id) => id !== null && id !== personId);
  await queueNotices(
    trx,
    readers.map(
      (reader): NewNotice => ({
        event: 'order.changed',
        dedupeKey: `order.changed:${order.id}:${revision.n}:${reader}`,
        personId: reader,
        orderId: order.id,
        revision: revision.n,
      }),
    ),
    now,
  );
}

/** In the requester's own working time. */
async function windowEnd(trx: Transaction, window: string, { orderedById }: Order, now: Date): Promise<Date> {
  const calendar = (await loadCalendarsOf(trx, [orderedById])).get(orderedById);
  if (!calendar) throw new Error(`person ${orderedById} has no calendar, not even the usual one`);
  return addWorkTime(calendar, now, spanSchema.parse(window));
}
