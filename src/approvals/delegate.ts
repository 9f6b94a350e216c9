/** Handing over: to a deputy for a while, or one order to somebody else. Both names stay on what is decided. */
import { NeedsOperatorError } from '../errors.ts';
import { insertDelegation, type NewDelegation, openStepsOf } from '../store/approvals/delegations.ts';
import type { Transaction } from '../store/database.ts';
import { appendLogs, lockOrders } from '../store/orders/orders.ts';
import { type Reassigned, reassignAll } from './reassign.ts';

/** Answers what became of the steps that moved with it. What waits already moves as soon as the window is open. */
export async function delegate(
  trx: Transaction,
  delegation: NewDelegation,
  now: Date,
): Promise<{ id: string; reassigned: readonly Reassigned[] }> {
  const { fromPersonId, toPersonId, startsAt, endsAt, orderId } = delegation;
  if (fromPersonId === toPersonId) throw new NeedsOperatorError('USAGE', 'nobody is their own deputy; name somebody else');
  if (endsAt <= startsAt || endsAt <= now)
    throw new NeedsOperatorError('USAGE', 'the end lies before the beginning, or has passed; name a later one');
  const open = (await openStepsOf(trx, [fromPersonId])).filter((step) => orderId === null || step.orderId === orderId);
  await lockOrders(
    trx,
    open.map((step) => step.orderId),
  );
  const id = await insertDelegation(trx, delegation, now);
  const { reason } = delegation;
  const begins = startsAt <= now ? open : [];
  await appendLogs(
    trx,
    begins.map((step) => {
      const facts = { stepId: step.stepId, toPersonId, endsAt, reason };
      return { orderId: step.orderId, at: now, kind: 'delegated', personId: fromPersonId, facts };
    }),
  );
  // Whoever will sit there later has the whole time, too; the clock knows that beforehand.
  const reassigned = await reassignAll(trx, open, now);
  return { id, reassigned: startsAt > now ? [] : reassigned };
}
