/** Handing over: to a deputy for a while, or one order to somebody else. Both names stay on what is decided. */
import { NeedsOperatorError } from '../errors.ts';
import { insertDelegation, type NewDelegation, openStepsOf } from '../store/approvals/delegations.ts';
import { loadHoldersOf, type StepHolder } from '../store/approvals/holders.ts';
import type { Transaction } from '../store/database.ts';
import { appendLogs, lockOrders } from '../store/orders/orders.ts';
import { type Reassigned, reassignAll } from './reassign.ts';

export interface Delegated {
  readonly id: string;
  /** What became of the steps that were looked at for it; the caller brings on those whose order does not wait any more. */
  readonly reassigned: readonly Reassigned[];
  /** Those of them that are with a deputy now. */
  readonly moved: readonly Reassigned[];
}

/** What waits already moves as soon as the window is open. */
export async function delegate(trx: Transaction, delegation: NewDelegation, now: Date): Promise<Delegated> {
  const { fromPersonId, toPersonId, startsAt, endsAt, orderId, reason } = delegation;
  if (fromPersonId === toPersonId) throw new NeedsOperatorError('USAGE', 'nobody is their own deputy; name somebody else');
  if (endsAt <= startsAt || endsAt <= now)
    throw new NeedsOperatorError('USAGE', 'the end lies before the beginning, or has passed; name a later one');
  const open = (await openStepsOf(trx, [fromPersonId])).filter((step) => orderId === null || step.orderId === orderId);
  await lockOrders(
    trx,
    open.map((step) => step.orderId),
  );
  const id = await insertDelegation(trx, delegation, now);
  // Whoever will sit there later has the whole time, too; the clock knows that beforehand.
  const reassigned = await reassignAll(trx, open, now);
  const stoodIn = startsAt > now ? new Set() : await stoodInFor(trx, reassigned, fromPersonId);
  const moved = reassigned.filter(({ stepId }) => stoodIn.has(stepId));
  await appendLogs(
    trx,
    moved.map((step) => {
      const facts = { stepId: step.stepId, toPersonId, endsAt, reason };
      return { orderId: step.orderId, at: now, kind: 'delegated', personId: fromPersonId, facts };
    }),
  );
  return { id, reassigned, moved };
}

/** Of these steps those on which somebody decides for the person. */
export async function stoodInFor(
  trx: Transaction,
  steps: ReadonlyArray<Pick<Reassigned, 'stepId'>>,
  personId: string,
): Promise<Set<string>> {
  const held = await loadHoldersOf(trx, steps.map(({ stepId }) => stepId)); // biome-ignore format: one call
  const standsIn = (holder: StepHolder) =>
    holder.personId !== personId && [holder.forPersonId, ...holder.alsoFor.map((seat) => seat.personId)].includes(personId);
  return new Set([...held].filter(([, holders]) => holders.some(standsIn)).map(([stepId]) => stepId));
}
