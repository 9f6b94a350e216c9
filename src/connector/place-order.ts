/**
 * Carries one order to its system, from wherever an earlier try left it: find, create if there is none, then the steps that are not done.
 * Safe to call again after any failure; two callers at a time must be kept apart by a lease.
 */
import { type ErrorCode, NeedsOperatorError, RetryLaterError } from '../errors.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from './orders.ts';
import type { Session } from './session.ts';

/**
 * Answers the order as the system holds it, all steps done. Throws ERP_OUTCOME_UNKNOWN (call again after its `retryAfterMs`, not before),
 * ORDER_DOUBLED when the reference is there twice, ORDER_REFERENCE_TAKEN when it stands on another customer's order, and what the system
 * refused with as ERP_REFUSED. Who was killed on the way knows as little: wait `lookupLagMs` before the next call then, too.
 */
export async function placeOrder<Config>(target: OrderTarget<Config>, session: Session<Config>, order: OrderToPlace): Promise<PlacedOrder> {
  checkReference(target, order.reference);
  let placed = only(await target.find(session, order.reference), order);
  if (!placed) {
    await create(target, session, order);
    placed = await foundAgain(target, session, order);
  }
  for (const step of target.steps) {
    if (step.isDone(placed)) continue;
    await step.run(session, placed);
    placed = await foundAgain(target, session, order);
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

/** An answer that cannot be read leaves open whether the order was made. Who looks before `lookupLagMs` would not see it, and make another. */
async function create<Config>(target: OrderTarget<Config>, session: Session<Config>, order: OrderToPlace): Promise<void> {
  try {
    await target.create(session, order);
  } catch (error) {
    if (!(error instanceof RetryLaterError) || !OPEN.includes(error.code)) throw error;
    const retryAfterMs = Math.max(error.retryAfterMs ?? 0, lookupWait(target));
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', error.message, { cause: error, details: error.details, retryAfterMs });
  }
}

const OPEN: readonly ErrorCode[] = ['ERP_OUTCOME_UNKNOWN', 'ERP_ANSWER_UNUSABLE'];

async function foundAgain<Config>(target: OrderTarget<Config>, session: Session<Config>, order: OrderToPlace): Promise<PlacedOrder> {
  const placed = only(await target.find(session, order.reference), order);
  if (placed) return placed;
  throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${order.reference} was taken but cannot be found yet; it is looked for again`, {
    retryAfterMs: lookupWait(target),
  });
}

function lookupWait(target: OrderTarget<never>): number {
  return Math.max(1_000, target.traits.lookupLagMs);
}

function only(found: readonly PlacedOrder[], { reference, soldTo }: OrderToPlace): PlacedOrder | undefined {
  const live = found.filter(({ state }) => state !== 'cancelled');
  if (live.length > 1) {
    throw new NeedsOperatorError(
      'ORDER_DOUBLED',
      `reference ${reference} is there ${live.length} times: ${live.map(nameOf).join(', ')}; cancel all but one there`,
    );
  }
  const placed = live[0] ?? found[0];
  // The field is open to people, and to the order numbers of other buyers: their order must not be taken for ours, nor ours be made beside it.
  if (placed && placed.soldTo !== null && placed.soldTo !== soldTo) {
    throw new NeedsOperatorError(
      'ORDER_REFERENCE_TAKEN',
      `reference ${reference} stands on order ${nameOf(placed)} of customer ${placed.soldTo}, not of ${soldTo}; correct the reference or the customer there`,
    );
  }
  return placed;
}

function nameOf({ number, id }: PlacedOrder): string {
  return number ?? id;
}
