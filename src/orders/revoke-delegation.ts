/** A deputy is needed no longer: what waits goes back at once. */
import { stoodInFor } from '../approvals/delegate.ts';
import { reassignAll } from '../approvals/reassign.ts';
import { NeedsOperatorError } from '../errors.ts';
import { findDelegation, openStepsOf, revokeDelegation } from '../store/approvals/delegations.ts';
import { lockOrder } from '../store/orders/orders.ts';
import { follow } from './decide.ts';
import type { OrderContext } from './order-context.ts';

/** Throws NOT_FOUND for one that ended or was revoked before. */
export async function revokeDeputy(
  { db, settings, now: clock }: OrderContext,
  delegationId: string,
): Promise<{ moved: readonly string[]; handoffIds: readonly string[] }> {
  const now = clock();
  return db.transaction(async (trx) => {
    const found = await findDelegation(trx, delegationId);
    if (!found || !(await revokeDelegation(trx, delegationId, now)))
      throw new NeedsOperatorError(
        'NOT_FOUND',
        `no deputy holds under number ${delegationId}; \`kontor deputies list\` shows those who do`,
      );
    const { fromPersonId, toPersonId } = found;
    const held = await openStepsOf(trx, [fromPersonId, toPersonId]);
    const before = await stoodInFor(trx, held, fromPersonId);
    const reassigned = await reassignAll(trx, held, now);
    const after = await stoodInFor(trx, reassigned, fromPersonId);
    const handoffIds: string[] = [];
    for (const { orderId, order: progress } of reassigned) {
      const handoffId = await follow(trx, settings, await lockOrder(trx, orderId), progress, now);
      if (handoffId !== null) handoffIds.push(handoffId);
    }
    const moved = reassigned.filter(({ stepId }) => before.has(stepId) && !after.has(stepId));
    return { moved: [...new Set(moved.map(({ orderId }) => orderId))], handoffIds };
  });
}
