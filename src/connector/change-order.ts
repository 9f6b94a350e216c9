/** Changes and cancels an order that a system holds already: look, compare, act, look again. Safe to call again after any failure. */
import { NeedsOperatorError } from '../errors.ts';
import { differencesBetween } from './differences-between.ts';
import { nameOf, type OrderName, OrderWay, type SendOptions } from './order-way.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from './orders.ts';
import type { Session } from './session.ts';

export interface Changing {
  /** `null`: it was cancelled before, and the system keeps nothing of it. */
  readonly placed: PlacedOrder | null;
  /** By this call; else it was so already. */
  readonly changed: boolean;
  /** What was asked and sent, in order. */
  readonly calls: readonly string[];
}

/**
 * Throws what `placeOrder` throws of an order that is not ours, HANDOFF_UNSUPPORTED where the connector cannot do it, ERP_NOT_FOUND when the
 * order is not there, and ERP_REFUSED when it can no longer be cancelled or is not cancelled in spite of a good answer.
 */
export async function cancelOrder<Config>(
  target: OrderTarget<Config>,
  session: Session<Config>,
  order: OrderName,
  options: SendOptions = {},
): Promise<Changing> {
  const cancel = target.cancel?.bind(target) ?? unsupported(order, 'cancelled');
  const way = new OrderWay(target, session, order, options);
  const isGone = (placed: PlacedOrder | undefined) => (placed ? placed.state === 'cancelled' : target.traits.removesCancelled === true);
  const found = await way.find();
  if (isGone(found)) return { placed: found ?? null, changed: false, calls: way.calls };
  const placed = changeable(way, order, found, 'cancelled');
  await way.send('cancel', () => cancel(session, placed));
  const after = await way.find();
  if (!isGone(after)) throw way.refusal(after ?? placed, `is "${(after ?? placed).stateThere}" although its cancelling was answered well`);
  return { placed: after ?? { ...placed, state: 'cancelled', stateThere: 'removed' }, changed: true, calls: way.calls };
}

/** Brings an order to the content of a later revision, and on through the steps. Throws as `cancelOrder`, and ORDER_STATE when it was cancelled there. */
export async function reviseOrder<Config>(
  target: OrderTarget<Config>,
  session: Session<Config>,
  order: OrderToPlace,
  options: SendOptions = {},
): Promise<Changing & { readonly placed: PlacedOrder }> {
  const revise = target.revise?.bind(target) ?? unsupported(order, 'changed');
  const way = new OrderWay(target, session, order, options);
  const found = await way.find();
  if (found?.state === 'cancelled') {
    throw new NeedsOperatorError(
      'ORDER_STATE',
      `order ${nameOf(found)} (${order.reference}) was cancelled there ("${found.stateThere}") and cannot be changed; cancel it here, too`,
    );
  }
  if (found && differencesBetween(order, found).length === 0) {
    return { placed: await way.takeSteps(found), changed: false, calls: way.calls };
  }
  const placed = changeable(way, order, found, 'changed');
  await way.send('revise', () => revise(session, placed, order));
  const after = await way.foundAgain();
  const differences = differencesBetween(order, after);
  if (differences.length > 0) throw way.refusal(after, `was changed, and is not as it should be: ${differences.join('; ')}`);
  return { placed: await way.takeSteps(after), changed: true, calls: way.calls };
}

function changeable<Config>(way: OrderWay<Config>, { reference }: OrderName, found: PlacedOrder | undefined, done: string): PlacedOrder {
  if (!found) {
    throw new NeedsOperatorError('ERP_NOT_FOUND', `order ${reference} is not there and cannot be ${done}; look where it went`);
  }
  // Some systems let it happen, and leave goods on their way without an order.
  const isTooLate = found.state === 'shipped' || found.state === 'invoiced' || found.foundIn !== null;
  if (isTooLate) throw way.refusal(found, `is "${found.stateThere}" there and can no longer be ${done}`);
  return found;
}

function unsupported({ reference }: OrderName, done: string): never {
  throw new NeedsOperatorError(
    'HANDOFF_UNSUPPORTED',
    `order ${reference} cannot be ${done} through this connector; do it there by hand, then settle it here`,
  );
}
