/** The requester agrees to what somebody else made of the order: what waited for that leaves now. */
import { NeedsOperatorError } from '../errors.ts';
import { agreeToChanges, wakeWindowed } from '../store/orders/change-windows.ts';
import { appendLog, lockOrder } from '../store/orders/orders.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';

export interface Agreed {
  /** To be woken; none while others still have to approve. */
  readonly handoffIds: readonly string[];
}

/** Throws NOT_ALLOWED for anybody else, ORDER_STATE when no change waits for an answer. */
export async function agreeToChange(
  { db, now: clock }: OrderContext,
  { orderId, personId, channel }: { orderId: string; personId: string; channel: string },
): Promise<Agreed> {
  const now = clock();
  return db.transaction(async (trx) => {
    const order = await lockOrder(trx, orderId);
    await requireActive(trx, personId);
    if (!isRequester(order, personId)) {
      throw new NeedsOperatorError('NOT_ALLOWED', `order ${order.externalKey} is not yours; whoever ordered it may agree to its change`);
    }
    if ((await agreeToChanges(trx, orderId, now)) === 0) {
      throw new NeedsOperatorError('ORDER_STATE', `no change of order ${order.externalKey} waits for an answer`);
    }
    await appendLog(trx, orderId, { kind: 'change_agreed', personId, revision: order.revision, facts: { channel } }, now);
    return { handoffIds: await wakeWindowed(trx, orderId) };
  });
}
