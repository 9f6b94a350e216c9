/** How hand-offs look for their orders: many with one request where the system can be asked so, and the first time while it is being claimed. */
import { findOrders } from '../connector/find-orders.ts';
import type { Border } from '../connector/http/border.ts';
import type { AnySession } from '../connector/open-session.ts';
import type { OrderTarget, PlacedOrder } from '../connector/orders.ts';
import { RetryLaterError } from '../errors.ts';
import { inSets } from '../store/in-sets.ts';
import type { HandoffContext } from './order-context.ts';
import { openTarget, type Target } from './order-targets.ts';

/** One session for all who ask; it is nobody's in particular, so none of them can stop it. */
interface Desk {
  readonly session: AnySession;
  // biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
  readonly orders: OrderTarget<any>;
}

const DESKS = new WeakMap<Border, WeakMap<Target['connection'], Desk>>();

/** Begun while the order is claimed. */
export type FirstLook = Promise<PlacedOrder[]>;

/** Begins to look for an order nobody has tried to send yet. It counts for the first attempt only: then nobody of ours can have sent in between. */
export function lookFirst(context: HandoffContext, target: Target, reference: string): FirstLook {
  const look = findsTogether(context, target).find(openTarget(context, target), reference);
  // Whoever takes the first attempt hears of it.
  look.catch(() => undefined);
  return look;
}

/** The target, whose `find` goes with those of others, never older than the question; the first answer may be that of `look`. */
export function findsTogether(context: HandoffContext, target: Target, look?: FirstLook): Target['orders'] {
  if (look) return answeredFirst(findsTogether(context, target), look);
  const { orders } = target;
  if (!orders.findMany) return orders;
  return {
    ...orders,
    find: (session, reference) => unlessStopped(session.signal, lookUp(deskOf(context, target), reference)),
  };
}

function answeredFirst(orders: Target['orders'], look: FirstLook): Target['orders'] {
  let isAnswered = false;
  return {
    ...orders,
    find(...asked) {
      if (isAnswered) return orders.find(...asked);
      isAnswered = true;
      return look;
    },
  };
}

const lookUp = inSets(async ({ orders, session }: Desk, references: readonly string[]): Promise<PlacedOrder[][]> => {
  const found = await findOrders(orders, session, references);
  return references.map((reference) => [...(found.get(reference) ?? [])]);
});

function deskOf(context: HandoffContext, target: Target): Desk {
  const desks = DESKS.get(context.border) ?? new WeakMap<Target['connection'], Desk>();
  DESKS.set(context.border, desks);
  const known = desks.get(target.connection);
  if (known?.orders === target.orders) return known;
  const desk = { session: openTarget({ ...context, signal: NEVER.signal }, target), orders: target.orders };
  desks.set(target.connection, desk);
  return desk;
}

const NEVER = new AbortController();

/** Whoever must let go waits no longer; the others still want the answer. */
function unlessStopped<Answer>(signal: AbortSignal, shared: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new RetryLaterError('SHUTTING_DOWN', 'stopped while an order was looked for'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
