/**
 * Carries one order to its system, from wherever an earlier try left it: find, create if there is none, then the steps that are not done.
 * Safe to call again after any failure; two callers at a time must be kept apart by a lease.
 */
import { NeedsOperatorError } from '../errors.ts';
import { differencesBetween } from './differences-between.ts';
import { nameOf, OrderWay, type SendOptions } from './order-way.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from './orders.ts';
import type { Session } from './session.ts';

export { cancelOrder, reviseOrder } from './change-order.ts';
export type { SendOptions } from './order-way.ts';

export interface PlaceOptions extends SendOptions {
  /** `false`: where creating is all, its good answer is enough, and the order is not looked at again. */
  readonly confirm?: boolean;
}

export interface Placing {
  readonly placed: PlacedOrder;
  /** By this call. */
  readonly created: boolean;
  /** It was there, with equal content. */
  readonly adopted: boolean;
  /** What was asked and sent, in order: `find`, `create`, the names of steps. */
  readonly calls: readonly string[];
}

/**
 * Answers the order as the system holds it, all steps done. Throws ERP_OUTCOME_UNKNOWN (call again after its `retryAfterMs`, not before),
 * ORDER_DOUBLED when the reference is there twice, ORDER_REFERENCE_TAKEN when it stands on another customer's order, ORDER_DIFFERS when it
 * stands on other content, ORDER_STATE when it was cancelled there, and what the system refused with as ERP_REFUSED. Who was killed on the
 * way knows as little: wait `lookupLagMs` before the next call then, too.
 */
export async function placeOrder<Config>(
  target: OrderTarget<Config>,
  session: Session<Config>,
  order: OrderToPlace,
  options: PlaceOptions = {},
): Promise<Placing> {
  const way = new OrderWay(target, session, order, options);
  const found = await way.find();
  if (found) {
    refuseOther(order, found);
    return { placed: await way.takeSteps(found), created: false, adopted: true, calls: way.calls };
  }
  const made = await way.send('create', () => target.create(session, order));
  const isEnough = options.confirm === false && !target.steps.some((step) => step.mayApply?.(session.config) ?? true);
  const placed = isEnough ? asSent(order, made) : await way.takeSteps(await way.foundAgain());
  return { placed, created: true, adopted: false, calls: way.calls };
}

/** Throws ORDER_STATE for one that was cancelled there, ORDER_DIFFERS for one with other content. */
export function refuseOther(order: OrderToPlace, found: PlacedOrder): void {
  const name = `order ${nameOf(found)} (${order.reference})`;
  if (found.state === 'cancelled') {
    throw new NeedsOperatorError(
      'ORDER_STATE',
      `${name} is there and was cancelled ("${found.stateThere}"); it is not made again: take it up there, or cancel the order here`,
    );
  }
  const differences = differencesBetween(order, found);
  if (differences.length === 0) return;
  throw new NeedsOperatorError(
    'ORDER_DIFFERS',
    `${name} is there with other content: ${differences.join('; ')}; correct it there, then send it again`,
  );
}

function asSent({ reference, soldTo, currency, lines }: OrderToPlace, { id, number }: Pick<PlacedOrder, 'id' | 'number'>): PlacedOrder {
  return { id, number, reference, soldTo, currency, lines, state: 'accepted', stateThere: 'created', foundIn: null };
}
