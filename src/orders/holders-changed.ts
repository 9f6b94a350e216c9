/** People or units have changed: the open steps they hold go to whoever holds them by rights now, in the transaction of the change. */
import { reassignAll } from '../approvals/reassign.ts';
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';
import { ordersOfSteps } from '../store/approvals/steps.ts';
import { markStuck } from '../store/approvals/stuck-steps.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder } from '../store/orders/orders.ts';
import { follow } from './decide.ts';
import { inHalves } from './in-halves.ts';

/**
 * What all who are left had approved is released; the relay wakes its hand-off. A step of which nobody can say whose it is stops neither
 * the pull nor the others: it stands on the radar, and the sweep looks at it again.
 */
export async function holdersChanged(trx: Transaction, settings: Settings, stepIds: readonly string[], now: Date): Promise<void> {
  // A batch of profiles is written with these off; here few rows meet many.
  await trx.raw('set local enable_hashjoin = on; set local enable_mergejoin = on');
  const reassign = (ids: readonly string[]) =>
    trx.transaction(async (inner) => {
      for (const { orderId, order } of await reassignAll(inner, await ordersOfSteps(inner, ids), now)) {
        if (order !== 'pending') await follow(inner, settings, await lockOrder(inner, orderId), order, now);
      }
    });
  const stuck: Array<{ stepId: string; because: string }> = [];
  await inHalves(stepIds, reassign, (stepId, error) => {
    if (!(error instanceof NeedsOperatorError)) throw error;
    stuck.push({ stepId, because: error.message });
  });
  await markStuck(trx, stuck, now);
}
