/** A word about an order, from those it concerns to those it concerns; it decides nothing. */
import { NeedsOperatorError } from '../errors.ts';
import { heldSteps } from '../store/approvals/decisions.ts';
import { appendLog, lockOrder } from '../store/orders/orders.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';

export interface CommentRequest {
  readonly orderId: string;
  readonly personId: string;
  readonly text: string;
  readonly channel: string;
}

/** Throws NOT_ALLOWED for anybody but the requester and those who are, or were, asked. */
export async function commentOrder({ db, now: clock }: OrderContext, { orderId, personId, text, channel }: CommentRequest): Promise<void> {
  const said = text.trim();
  if (said === '') throw new NeedsOperatorError('USAGE', 'the comment is blank; say something');
  const now = clock();
  await db.transaction(async (trx) => {
    const order = await lockOrder(trx, orderId);
    await requireActive(trx, personId);
    if (!(await isRequester(trx, order, personId)) && (await heldSteps(trx, orderId, personId)).length === 0) {
      throw new NeedsOperatorError(
        'NOT_ALLOWED',
        `order ${order.externalKey} does not concern you; whoever ordered it and those who are asked may comment`,
      );
    }
    await appendLog(trx, orderId, { kind: 'comment', personId, revision: order.revision, facts: { text: said, channel } }, now);
  });
}
