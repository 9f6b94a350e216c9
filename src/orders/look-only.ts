/** What may have arrived, and must not be sent any more, or not now: it was only looked for, and here is written down what that says. */
import type { Settings } from '../config/settings.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder } from '../store/orders/orders.ts';
import { type Claim, type Settlement, settleClaim } from '../store/orders/push-claims.ts';
import { isStillWanted, leaveNothingBehind } from '../store/orders/stop-handoff.ts';
import { lookAgainAt, type Obstacle } from './obstacle.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

/** Stands where gates need not be asked. Should the order be wanted again by the time it was looked for, they are asked the next time. */
export const UNWANTED: Obstacle = {
  code: 'ORDER_STATE',
  reason: 'the order was taken back or changed while nobody knew whether it had arrived',
};

export function isLeftUndone(outcome: string): boolean {
  return outcome === 'absent' || outcome === 'unfinished';
}

/** As if it had been held before it was sent. What is there and not finished stays known as there. */
export function heldInstead(outcome: string, claim: Claim, obstacle: Obstacle, now: Date): Partial<Settlement> {
  const { code, reason } = obstacle;
  const mayBeThereSince = outcome === 'unfinished' ? (claim.mayBeThereSince ?? now) : null;
  return { state: 'held', code, reason, notBefore: lookAgainAt(obstacle, now), mayBeThereSince, sentHash: null };
}

/**
 * Held, unless nobody wants it any more: then what never arrived is cancelled, and what is there is left as it is for whatever
 * follows it. Decided under the lock of the order, since those who change or restore it ask whether it is on its way.
 */
export async function settleLooked(
  trx: Transaction,
  settings: Settings,
  claim: Claim,
  settled: Settlement,
  now: Date,
): Promise<({ next: string | null } & Partial<Pick<Settlement, 'state' | 'code' | 'notBefore'>>) | null> {
  await lockOrder(trx, claim.orderId);
  if (await isStillWanted(trx, claim.id)) return settleClaim(trx, claim, settled, now);
  const isThere = settled.outcome === 'unfinished';
  const ended = { state: isThere ? 'accepted' : 'cancelled', code: null, notBefore: null } as const;
  const reason = isThere ? null : 'it was taken back or changed before it arrived';
  const line = await settleClaim(trx, claim, { ...settled, ...ended, reason, mayBeThereSince: null }, now);
  if (!line) return null;
  if (!isThere && claim.kind === 'create') await leaveNothingBehind(trx, claim.id, now);
  await settleBudgetsOf(trx, [claim.orderId], now, settings.orders);
  return { ...line, ...ended };
}
