/** The requester agrees to what somebody else made of the order: what waited for that leaves now. */
import { NeedsOperatorError } from '../errors.ts';
import { agreeToChanges, wakeWindowed } from '../store/orders/change-windows.ts';
import { appendLog, lockOrder } from '../store/orders/orders.ts';
import { requireUnanswered } from './change-answers.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';

export interface Agreed {
  /** To be woken; none while others still have to approve. */
  readonly handoffIds: readonly string[];
}

export interface AgreeRequest {
  readonly orderId: string;
  readonly personId: string;
  readonly channel: string;
  /** Of the change that the person has seen, to which this is the only answer. */
  readonly revision?: number | undefined;
}

/** Throws NOT_ALLOWED for anybody else, ORDER_STATE when no change waits for an answer. */
export async function agreeToChange(
  { db, settings, now: clock }: OrderContext,
  { orderId, personId, channel, revision }: AgreeRequest,
): Promise<Agreed> {
  const now = clock();
  return db.transaction(async (trx) => {
    const order = await lockOrder(trx, orderId);
    await requireActive(trx, personId);
    if (!(await isRequester(trx, order, personId))) {
      throw new NeedsOperatorError('NOT_ALLOWED', `order ${order.externalKey} is not yours; whoever ordered it may agree to its change`);
    }
    if (revision !== undefined) await requireUnanswered(trx, settings, order, revision, now);
    if (order.state !== 'pending_approval' && order.state !== 'released') {
      throw new NeedsOperatorError('ORDER_STATE', `order ${order.externalKey} is ${order.state}; there is nothing to agree to`);
    }
    if ((await agreeToChanges(trx, orderId, now)) === 0) {
      throw new NeedsOperatorError('ORDER_STATE', `no change of order ${order.externalKey} waits for an answer`);
    }
    await appendLog(trx, orderId, { kind: 'change_agreed', personId, revision: order.revision, facts: { channel } }, now);
    return { handoffIds: await wakeWindowed(trx, orderId) };
  });
}
