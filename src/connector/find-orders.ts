/** Looks for several orders at a time. */
import type { OrderTarget, PlacedOrder } from './orders.ts';
import type { Session } from './session.ts';

/** Asked for in the address of one request, by references as short as ours are; where that is too long the system says so, and nothing counts as found or not. */
const AT_ONCE = 40;

/** With one request for many where the target knows how, else one after the other. By reference; [] for one that is nowhere. */
export async function findOrders<Config>(
  target: OrderTarget<Config>,
  session: Session<Config>,
  references: readonly string[],
): Promise<ReadonlyMap<string, readonly PlacedOrder[]>> {
  const found = new Map<string, PlacedOrder[]>(references.map((reference) => [reference, []]));
  const asked = [...found.keys()];
  for (let start = 0; start < asked.length; start += AT_ONCE) {
    const some = asked.slice(start, start + AT_ONCE);
    const placed = target.findMany ? await target.findMany(session, some) : await oneByOne(target, session, some);
    for (const one of placed) found.get(one.reference)?.push(one);
  }
  return found;
}

async function oneByOne<Config>(
  target: OrderTarget<Config>,
  session: Session<Config>,
  references: readonly string[],
): Promise<PlacedOrder[]> {
  const placed: PlacedOrder[] = [];
  for (const reference of references) placed.push(...(await target.find(session, reference)));
  return placed;
}
