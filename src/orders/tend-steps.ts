/** Looks after steps whose holders are no longer those who should decide: people who left, deputies who came or went, nobody at all. */
import { reassign } from '../approvals/reassign.ts';
import { staleSteps } from '../store/approvals/delegations.ts';
import { lockOrder } from '../store/orders/orders.ts';
import { follow } from './decide.ts';
import type { OrderContext } from './order-context.ts';

const MOST = 500;

/** Each order in a transaction of its own. Answers the hand-offs to wake: what all who are left had approved is approved. */
export async function tendSteps({ db, settings, now: clock }: OrderContext): Promise<{ looked: number; handoffIds: string[] }> {
  const stale = await staleSteps(db, clock(), MOST);
  const handoffIds: string[] = [];
  for (const step of stale) {
    const handoffId = await db.transaction(async (trx) => {
      const order = await lockOrder(trx, step.orderId);
      if (order.state !== 'pending_approval') return null;
      const { order: progress } = await reassign(trx, step, clock());
      return follow(trx, settings, order, progress, clock());
    });
    if (handoffId !== null) handoffIds.push(handoffId);
  }
  return { looked: stale.length, handoffIds };
}
