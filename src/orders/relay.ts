/** Heals what a lost wake-up or a lost worker left behind. The table is the truth; this only says "look now". */
import { dueHandoffs, expireClaims, giveTarget } from '../store/orders/relay-handoffs.ts';
import type { HandoffContext } from './order-context.ts';
import { lookupLagMs, orderTargets } from './order-targets.ts';

const AT_A_TIME = 1_000;

/** Answers the hand-offs to wake, connection by connection. */
export async function relayHandoffs(
  context: Pick<HandoffContext, 'db' | 'settings' | 'connectors' | 'now'>,
): Promise<{ due: string[][]; expired: number }> {
  const { db, settings } = context;
  if (settings.orders.target !== undefined) await giveTarget(db, settings.orders.target);
  const targets = orderTargets(context).map((target) => ({ connection: target.connection.name, lookupLagMs: lookupLagMs(target) }));
  const expired = await expireClaims(db, targets);
  return { due: await dueHandoffs(db, context.now(), AT_A_TIME), expired };
}
