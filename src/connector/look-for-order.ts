/** Looks whether an order, or a change of it, has arrived, and changes nothing: for what is not to be sent any more, or not now. */
import { differencesBetween } from './differences-between.ts';
import { OrderWay } from './order-way.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from './orders.ts';
import { refuseOther } from './place-order.ts';
import type { Session } from './session.ts';

export interface Looked {
  /** `null`: it is not there; of a change, not as it was changed. */
  readonly placed: PlacedOrder | null;
  /** unfinished: it is there, and waits for a step. */
  readonly outcome: 'adopted' | 'unfinished' | 'absent';
  readonly calls: readonly string[];
}

/** Throws what `placeOrder` throws of an order that is not ours, or not the one that was sent. */
export async function lookForOrder<Config>(
  target: OrderTarget<Config>,
  session: Session<Config>,
  order: OrderToPlace,
  kind: 'create' | 'change' | 'cancel',
): Promise<Looked> {
  const way = new OrderWay(target, session, order, {});
  const found = await way.find();
  if (found && kind === 'create') refuseOther(order, found);
  const isThere = found && found.state !== 'cancelled' && differencesBetween(order, found).length === 0;
  if (!isThere) return { placed: null, outcome: 'absent', calls: way.calls };
  const isFinished = target.steps.every((step) => step.isDone(found));
  return { placed: found, outcome: isFinished ? 'adopted' : 'unfinished', calls: way.calls };
}
