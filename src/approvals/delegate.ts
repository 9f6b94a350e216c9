/** Handing over: to a deputy for a while, or one order to somebody else. Both names stay on what is decided. */
import { NeedsOperatorError } from '../errors.ts';
import { insertDelegation, type NewDelegation, openStepsOf } from '../store/approvals/delegations.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog, lockOrder } from '../store/orders/orders.ts';
import { activateSteps } from './assign.ts';
import { type Reassigned, reassign } from './reassign.ts';

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
  for (const id of inOrder(open)) await lockOrder(trx, id);
  const id = await insertDelegation(trx, delegation, now);
  if (startsAt > now) {
    // Who will sit there for a while has the whole time; the clock knows that beforehand.
    const stepIds = open.map(({ stepId }) => stepId);
    await activateSteps(trx, stepIds, now, { recount: true });
    return { id, reassigned: [] };
  }
  const reassigned: Reassigned[] = [];
  for (const step of open) {
    await appendLog(
      trx,
      step.orderId,
      { kind: 'delegated', personId: fromPersonId, facts: { stepId: step.stepId, toPersonId, endsAt, reason: delegation.reason } },
      now,
    );
    reassigned.push(await reassign(trx, step, now));
  }
  return { id, reassigned };
}

/** Two who lock several orders do so in the same order. */
function inOrder(steps: ReadonlyArray<{ orderId: string }>): string[] {
  return [...new Set(steps.map(({ orderId }) => orderId))].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
}
