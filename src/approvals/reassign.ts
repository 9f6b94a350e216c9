/** Steps are held by people as they are now: who has left loses them, who stands in gets them (SEMANTICS 2.10). */
import { openStepsOf } from '../store/approvals/delegations.ts';
import { loadDeciders } from '../store/approvals/open-steps.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrders } from '../store/orders/orders.ts';
import { advance, type Progress } from './advance.ts';
import { activateSteps } from './assign.ts';

export interface Reassigned extends Progress {
  readonly orderId: string;
  readonly stepId: string;
}

interface StepOfOrder {
  readonly stepId: string;
  readonly orderId: string;
}

/**
 * Every open step that these people hold is given to whoever holds it by rights now. What was approved by all who are left is
 * approved; the caller releases it. Also for people who came back.
 */
export async function reassignSteps(trx: Transaction, personIds: readonly string[], now: Date): Promise<Reassigned[]> {
  return reassignAll(trx, await openStepsOf(trx, personIds), now);
}

/** In sets, with their orders locked in the order of their numbers; those that wait no longer are left out. */
export async function reassignAll(trx: Transaction, steps: readonly StepOfOrder[], now: Date): Promise<Reassigned[]> {
  const orders = await lockOrders(
    trx,
    steps.map(({ orderId }) => orderId),
  );
  const pending = new Set(orders.filter(({ state }) => state === 'pending_approval').map(({ id }) => id));
  const open = steps.filter(({ orderId }) => pending.has(orderId));
  const stepIds = open.map(({ stepId }) => stepId);
  const held = new Map((await activateSteps(trx, stepIds, now, { recount: true })).map(({ step, seating }) => [step.id, seating]));
  const deciders = await loadDeciders(trx, stepIds);
  const reassigned: Reassigned[] = [];
  for (const { stepId, orderId } of open) {
    const state = held.get(stepId)?.exhausted === null ? ('active' as const) : ('exhausted' as const);
    const progress = deciders.has(stepId) ? await advance(trx, orderId, stepId, now) : { step: state, order: 'pending' as const };
    reassigned.push({ stepId, orderId, ...progress });
  }
  return reassigned;
}

/** Under `lockOrder`, of an order that waits. */
export async function reassign(trx: Transaction, step: StepOfOrder, now: Date): Promise<Reassigned> {
  const [reassigned] = await reassignAll(trx, [step], now);
  return reassigned ?? { ...step, step: 'void', order: 'pending' };
}
