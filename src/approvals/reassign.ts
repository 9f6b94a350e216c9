/** Steps are held by people as they are now: who has left loses them, who stands in gets them (SEMANTICS 2.10). */
import { openStepsOf } from '../store/approvals/delegations.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder } from '../store/orders/orders.ts';
import { advance, type Progress } from './advance.ts';
import { activateStep } from './assign.ts';

export interface Reassigned extends Progress {
  readonly orderId: string;
  readonly stepId: string;
}

/**
 * Every open step that these people hold is given to whoever holds it by rights now. What was approved by all who are left is
 * approved; the caller releases it. Also for people who came back.
 */
export async function reassignSteps(trx: Transaction, personIds: readonly string[], now: Date): Promise<Reassigned[]> {
  const reassigned: Reassigned[] = [];
  for (const step of await openStepsOf(trx, personIds)) {
    const order = await lockOrder(trx, step.orderId);
    if (order.state === 'pending_approval') reassigned.push(await reassign(trx, step, now));
  }
  return reassigned;
}

/** Under `lockOrder`. */
export async function reassign(trx: Transaction, { stepId, orderId }: { stepId: string; orderId: string }, now: Date): Promise<Reassigned> {
  await activateStep(trx, stepId, now);
  return { stepId, orderId, ...(await advance(trx, orderId, stepId, now)) };
}
