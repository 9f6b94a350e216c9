/** A deputy is needed no longer: what waits goes back at once. */
import { reassignSteps } from '../approvals/reassign.ts';
import { NeedsOperatorError } from '../errors.ts';
import { findDelegation, revokeDelegation } from '../store/approvals/delegations.ts';
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
    const reassigned = await reassignSteps(trx, [found.fromPersonId, found.toPersonId], now);
    const handoffIds: string[] = [];
    for (const { orderId, order: progress } of reassigned) {
      const handoffId = await follow(trx, settings, await lockOrder(trx, orderId), progress, now);
      if (handoffId !== null) handoffIds.push(handoffId);
    }
    return { moved: [...new Set(reassigned.map(({ orderId }) => orderId))], handoffIds };
  });
}
