/**
 * Carries one order to its system, from wherever an earlier try left it: find, create if there is none, then the steps that are not done.
 * Safe to call again after any failure; two callers at a time must be kept apart by a lease.
 */
import { NeedsOperatorError, RetryLaterError } from '../errors.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from './orders.ts';
import type { Session } from './session.ts';

/**
 * Answers the order as the system holds it, all steps done. Throws ERP_OUTCOME_UNKNOWN (call again after `lookupLagMs`),
 * ORDER_DOUBLED when the reference is there twice, and what the system refused with as ERP_REFUSED.
 */
export async function placeOrder<Config>(target: OrderTarget<Config>, session: Session<Config>, order: OrderToPlace): Promise<PlacedOrder> {
  checkReference(target, order.reference);
  let placed = only(await target.find(session, order.reference), order.reference);
  if (!placed) {
    await target.create(session, order);
    placed = await foundAgain(target, session, order.reference);
  }
  for (const step of target.steps) {
    if (step.isDone(placed)) continue;
    await step.run(session, placed);
    placed = await foundAgain(target, session, order.reference);
    if (!step.isDone(placed)) {
      throw new NeedsOperatorError(
        'ERP_REFUSED',
        `order ${placed.number ?? placed.id} (${order.reference}) stays "${placed.stateThere}" although step "${step.name}" was answered well; look at it there`,
      );
    }
  }
  return placed;
}

function checkReference(target: OrderTarget<never>, reference: string): void {
  const { maxReferenceLength, referencePattern, referenceField } = target.traits;
  if (reference.length <= maxReferenceLength && new RegExp(`^(?:${referencePattern})$`).test(reference)) return;
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `reference "${reference}" does not fit into ${referenceField}: at most ${maxReferenceLength} characters of ${referencePattern}`,
  );
}

async function foundAgain<Config>(target: OrderTarget<Config>, session: Session<Config>, reference: string): Promise<PlacedOrder> {
  const placed = only(await target.find(session, reference), reference);
  if (placed) return placed;
  throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${reference} was taken but cannot be found yet; it is looked for again`, {
    retryAfterMs: Math.max(1_000, target.traits.lookupLagMs),
  });
}

function only(found: readonly PlacedOrder[], reference: string): PlacedOrder | undefined {
  const live = found.filter(({ state }) => state !== 'cancelled');
  if (live.length > 1) {
    const names = live.map(({ number, id }) => number ?? id).join(', ');
    throw new NeedsOperatorError(
      'ORDER_DOUBLED',
      `reference ${reference} is there ${live.length} times: ${names}; cancel all but one there`,
    );
  }
  return live[0] ?? found[0];
}
