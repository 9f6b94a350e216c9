/** People or units have changed: the open steps they hold go to whoever holds them by rights now, in the transaction of the change. */
import { reassignAll } from '../approvals/reassign.ts';
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';
import { ordersOfSteps } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder } from '../store/orders/orders.ts';
import { follow } from './decide.ts';

/**
 * What all who are left had approved is released; the relay wakes its hand-off. Rules nobody can read do not stop a pull: those steps
 * are left to the sweep, which shows them.
 */
export async function holdersChanged(trx: Transaction, settings: Settings, stepIds: readonly string[], now: Date): Promise<void> {
  // A batch of profiles is written with these off; here few rows meet many.
  await trx.raw('set local enable_hashjoin = on; set local enable_mergejoin = on');
  try {
    await trx.transaction(async (inner) => {
      for (const { orderId, order } of await reassignAll(inner, await ordersOfSteps(inner, stepIds), now)) {
        if (order !== 'pending') await follow(inner, settings, await lockOrder(inner, orderId), order, now);
      }
    });
  } catch (error) {
    if (!(error instanceof NeedsOperatorError)) throw error;
  }
}
