/** The requester takes an order back: before release nothing leaves; afterwards it is cancelled where it may stand. */
import type { Order } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { voidOpenSteps } from '../store/approvals/steps.ts';
import { insertHandoff } from '../store/orders/handoffs.ts';
import { appendLog, loadOrder, loadRevision, lockOrder, moveOrder } from '../store/orders/orders.ts';
import { stopHandoffs } from '../store/orders/stop-handoff.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

export interface WithdrawRequest {
  readonly orderId: string;
  readonly personId: string;
  readonly reason: string | null;
}

export interface Withdrawn {
  readonly state: Order['state'];
  /** The cancellation to wake; `null` when nothing had left. */
  readonly handoffId: string | null;
}

/** Throws NOT_ALLOWED, or ORDER_STATE when it has ended otherwise. Withdrawn again is answered as before. */
export async function withdrawOrder({ db, settings, now: clock }: OrderContext, request: WithdrawRequest): Promise<Withdrawn> {
  const now = clock();
  return db.transaction(async (trx) => {
    const { orderId, personId, reason } = request;
    const order = await lockOrder(trx, orderId);
    await requireActive(trx, personId);
    if (!isRequester(order, personId)) {
      throw new NeedsOperatorError(
        'NOT_ALLOWED',
        `order ${order.externalKey} is not yours to withdraw; whoever ordered it may, and approvers may decline it`,
      );
    }
    if (order.state === 'withdrawn' || order.state === 'cancelled') return { state: order.state, handoffId: null };
    const to = order.state === 'released' ? 'cancelled' : 'withdrawn';
    await moveOrder(trx, order, to, { now });
    await voidOpenSteps(trx, order.id, now);
    const { cancelled, mayBeThere } = await stopHandoffs(trx, order.id, 'withdrawn before it left', now);
    const revision = await loadRevision(trx, order.id);
    const cancellation = { order, revision, connection: settings.orders.target ?? null, kind: 'cancel' as const, now };
    const handoffId = mayBeThere ? await insertHandoff(trx, cancellation) : null;
    await settleBudgetsOf(trx, [order.id], now, settings.orders);
    await appendLog(trx, order.id, { kind: to, personId, revision: revision.n, facts: { reason, cancelled, handoffId } }, now);
    return { state: (await loadOrder(trx, order.id))?.state ?? to, handoffId };
  });
}
