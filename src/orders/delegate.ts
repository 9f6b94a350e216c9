/** An approver hands one order, or all that waits, to somebody else for a while. */
import { delegate } from '../approvals/delegate.ts';
import { NeedsOperatorError } from '../errors.ts';
import { heldSteps } from '../store/approvals/decisions.ts';
import { loadHolders } from '../store/approvals/holders.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder } from '../store/orders/orders.ts';
import type { PersonFacts } from '../store/orders/resolve.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';

export interface DelegateRequest {
  readonly fromPersonId: string;
  readonly toPersonId: string;
  /** `null`: everything that waits for the person. */
  readonly orderId: string | null;
  readonly startsAt?: Date | undefined;
  readonly endsAt: Date;
  readonly reason: string | null;
  readonly createdBy: string;
}

/** Throws NOT_ALLOWED when the order is not with the person, or the other one may not decide it. */
export async function delegateApprovals(
  { db, now: clock }: OrderContext,
  request: DelegateRequest,
): Promise<{ id: string; moved: readonly string[] }> {
  const now = clock();
  return db.transaction(async (trx) => {
    const { fromPersonId, toPersonId, orderId, startsAt = now, endsAt, reason, createdBy } = request;
    await requireActive(trx, fromPersonId);
    const deputy = await requireActive(trx, toPersonId);
    if (orderId !== null) {
      const order = await lockOrder(trx, orderId);
      if (order.state !== 'pending_approval')
        throw new NeedsOperatorError('ORDER_STATE', `order ${order.externalKey} is ${order.state} and waits for nobody`);
      if ((await heldSteps(trx, orderId, fromPersonId)).length === 0)
        throw new NeedsOperatorError(
          'NOT_ALLOWED',
          `order ${order.externalKey} is not with you; \`kontor orders show ${orderId}\` tells with whom`,
        );
      if (await isRequester(trx, order, toPersonId))
        throw new NeedsOperatorError(
          'NOT_ALLOWED',
          `${deputy.name} ordered ${order.externalKey} and may not decide it; name somebody else`,
        );
    }
    const delegation = { fromPersonId, toPersonId, orderId, startsAt, endsAt, reason, createdBy };
    const { id, reassigned } = await delegate(trx, delegation, now);
    // One that begins later is judged when it begins.
    if (orderId !== null && startsAt <= now) await refuseUnlessHeld(trx, orderId, reassigned, deputy);
    return { id, moved: reassigned.map((step) => step.orderId) };
  });
}

/** A deputy whom the rules do not let decide would leave the order with nobody the approver meant. */
async function refuseUnlessHeld(
  trx: Transaction,
  orderId: string,
  steps: ReadonlyArray<{ stepId: string }>,
  { id, name }: PersonFacts,
): Promise<void> {
  if (steps.length === 0)
    throw new NeedsOperatorError('ORDER_STATE', `order ${orderId} is stuck, and nobody can say whose it is; \`kontor radar\` tells why`);
  for (const { stepId } of steps) {
    if ((await loadHolders(trx, stepId)).some(({ personId }) => personId === id)) return;
  }
  throw new NeedsOperatorError(
    'NOT_ALLOWED',
    `${name} may not decide this order: not of the company, not to see it, or asked already; name somebody else`,
  );
}
