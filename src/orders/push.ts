/**
 * One hand-off on its way to the ERP: look what stands in the way, claim it, find before create, write down what came of it.
 * Safe to call twice, late, or in two workers at once; killed on any line, the next one asks the ERP before it sends.
 */

import { cancelOrder, reviseOrder } from '../connector/change-order.ts';
import { lookForOrder } from '../connector/look-for-order.ts';
import type { OrderToPlace, PlacedOrder } from '../connector/orders.ts';
import { placeOrder } from '../connector/place-order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadForPush, type PushFacts } from '../store/orders/load-for-push.ts';
import { type Claim, claimHandoff, holdHandoff, type Settlement, settleClaim } from '../store/orders/push-claims.ts';
import { giveTarget, returnToLine } from '../store/orders/relay-handoffs.ts';
import { CLAIM_TTL_MS, type HeldClaim, withClaim } from './claim-lease.ts';
import { digestOfOrder, digestOfPlaced } from './digests.ts';
import { type FirstLook, findsTogether, lookFirst } from './find-together.ts';
import { Footprint } from './footprint.ts';
import { findObstacle } from './gates.ts';
import { heldInstead, isLeftUndone, settleLooked, UNWANTED } from './look-only.ts';
import { lookAgainAt, type Obstacle } from './obstacle.ts';
import type { HandoffContext } from './order-context.ts';
import { findOrderTarget, lookupLagMs, openTarget, pulledBy, type Target } from './order-targets.ts';
import { proposedSites } from './proposed-sites.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { settlementOf } from './settlement.ts';
import { orderToPlace } from './to-place.ts';

export interface Pushed {
  /** `nothing`: not due, not its turn, held by another, or done. */
  readonly outcome: Settlement['outcome'] | 'nothing' | 'held';
  readonly state?: Settlement['state'];
  readonly code?: string | null;
  /** When it is worth coming back, if it is. */
  readonly notBefore?: Date | null;
  /** The next of the same account, which waited for this one. */
  readonly next?: string | null;
}

const OPEN = ['pending', 'unknown', 'held'];

export async function pushHandoff(context: HandoffContext, handoffId: string): Promise<Pushed> {
  const { db, settings } = context;
  let facts = await loadForPush(db, handoffId, pulledBy(settings.connections.get(settings.orders.target ?? '')));
  if (!facts || !OPEN.includes(facts.state)) return { outcome: 'nothing' };
  if (facts.connection === null) {
    if (settings.orders.target === undefined) return hold(context, facts, NO_TARGET);
    await giveTarget(db, settings.orders.target);
    facts = await loadForPush(db, handoffId, pulledBy(settings.connections.get(settings.orders.target)));
  } else if (facts.connection !== settings.orders.target) {
    facts = await loadForPush(db, handoffId, pulledBy(settings.connections.get(facts.connection)));
  }
  if (!facts) return { outcome: 'nothing' };
  const target = tryTarget(context, facts.connection ?? '');
  if ('code' in target) return hold(context, facts, target);
  const obstacle = facts.isWanted ? await findObstacle(context, facts) : UNWANTED;
  // What may have arrived is asked for whatever stands in the way by now; what is not there is not sent then.
  if (obstacle && facts.isWanted && !isOpen(facts)) return hold(context, facts, obstacle);
  // Those held for one reason are free in one moment, and only what stands in line counts against the others' credit.
  if (!obstacle && facts.state === 'held')
    return (await returnToLine(db, handoffId, context.now())) ? pushHandoff(context, handoffId) : { outcome: 'nothing' };
  return send(context, facts, target, facts.kind === 'cancel' ? null : obstacle);
}

/** Whether nobody knows if it is there. What is held was looked for before it was held. */
function isOpen({ state, mayBeThereSince }: PushFacts): boolean {
  return mayBeThereSince !== null && state !== 'held';
}

const NO_TARGET: Obstacle = {
  code: 'CONNECTION_UNKNOWN',
  reason: 'kontor.yaml names no orders.target; name the connection orders are handed off to, they go on by themselves',
};

function tryTarget(context: HandoffContext, name: string): Target | Obstacle {
  try {
    return findOrderTarget(context, name);
  } catch (error) {
    if (error instanceof NeedsOperatorError) return { code: error.code, reason: error.message };
    throw error;
  }
}

async function hold(context: HandoffContext, facts: PushFacts, obstacle: Obstacle): Promise<Pushed> {
  const now = context.now();
  const { code, reason } = obstacle;
  await holdHandoff(context.db, facts.id, { code, reason, notBefore: lookAgainAt(obstacle, now), now });
  return { outcome: 'held', state: 'held', code };
}

/** With an obstacle it is only looked for. */
async function send(context: HandoffContext, facts: PushFacts, target: Target, obstacle: Obstacle | null): Promise<Pushed> {
  const { db, holder, claimTtlMs: ttlMs = CLAIM_TTL_MS } = context;
  const sites = await proposedSites(context, facts);
  const askedMs = performance.now();
  const isFirst = facts.kind === 'create' && facts.attempts === 0 && facts.isNext;
  const look = isFirst ? lookFirst(context, target, facts.externalKey) : undefined;
  const claim = await claimHandoff(db, facts.id, { holder, ttlMs, now: context.now() });
  if (!claim) return { outcome: 'nothing' };
  const order = orderToPlace(facts, facts.soldTo ?? '', sites);
  const settled = await withClaim(db, claim, { askedMs, ttlMs, signal: context.signal }, (held) =>
    attempt(context, { facts, claim, target, obstacle, look, order, held }),
  );
  const done = await settle(context, facts, claim, settled)
    .then((line) => ({ line, settled }))
    .catch(async (error: unknown) => {
      const parked = idTaken(error, settled);
      return { settled: parked, line: await settleClaim(db, claim, parked, context.now()) };
    });
  if (!done.line) return { outcome: 'nothing' };
  const { outcome, state, code, notBefore } = { ...done.settled, ...done.line };
  return { outcome, state, code, notBefore, next: done.line.next };
}

/** An id that another order of ours has: the system was restored or replaced, and tells the numbers it gave once again. */
function idTaken(error: unknown, settled: Settlement): Settlement {
  if ((error as { constraint?: string }).constraint !== 'handoffs_erp_id_key') throw error;
  const { erp, ...rest } = settled;
  const reason = `the system calls this order ${erp?.number ?? erp?.id}, which is what it called another order of ours before; if it was restored from a backup or replaced, compare them (\`kontor orders reconcile\`), then \`kontor orders settle\` or \`resend\``;
  return { ...rest, state: 'parked', outcome: 'parked', code: 'ORDER_REFERENCE_TAKEN', reason, failed: true };
}

/** What the ERP has taken, or let go, its budgets learn in the same transaction; an attempt that only waits changes nothing for them. */
async function settle({ db, settings, now: clock }: HandoffContext, facts: PushFacts, claim: Claim, settled: Settlement) {
  const now = clock();
  if (isLeftUndone(settled.outcome)) return db.transaction((trx) => settleLooked(trx, settings, claim, settled, now));
  // Whoever has none now had none when this order was submitted; those are settled together.
  if (settled.state !== 'accepted' || !facts.hasBudgets) return settleClaim(db, claim, settled, now);
  return db.transaction(async (trx) => {
    const line = await settleClaim(trx, claim, settled, now);
    if (line) await settleBudgetsOf(trx, [claim.orderId], now, settings.orders);
    return line;
  });
}

interface Attempt {
  readonly facts: PushFacts;
  readonly claim: Claim;
  readonly target: Target;
  readonly obstacle: Obstacle | null;
  readonly look: FirstLook | undefined;
  readonly order: OrderToPlace;
  readonly held: HeldClaim;
}

async function attempt(context: HandoffContext, { facts, claim, target, obstacle, look, order, held }: Attempt): Promise<Settlement> {
  const sentHash = digestOfOrder(order);
  const footprint = new Footprint();
  try {
    refuseAltered(facts);
    const session = openTarget(context, target, held);
    const orders = findsTogether(context, target, claim.attempt === 1 ? look : undefined);
    const hooks = {
      beforeSend() {
        held.assertInTime();
        footprint.beforeSend();
      },
    };
    const { placed, outcome, calls } = await (obstacle
      ? lookForOrder(orders, session, order, facts.kind)
      : carry(facts.kind, footprint.watch(orders), session, order, hooks));
    return {
      state: 'accepted',
      outcome,
      code: null,
      reason: null,
      notBefore: null,
      failed: false,
      mayBeThereSince: null,
      lookAfterMs: calls.at(-1) === 'find' ? null : lookupLagMs(target),
      sentHash,
      // What was not looked at again is what was sent.
      confirmedHash: placed?.lines === order.lines ? sentHash : placed && digestOfPlaced(placed),
      ...(placed && { erp: { id: placed.id, number: placed.number, state: placed.stateThere, foundIn: placed.foundIn } }),
      facts: { calls },
      ...(obstacle && isLeftUndone(outcome) && heldInstead(outcome, claim, obstacle, context.now())),
    };
  } catch (error) {
    const left = { isLeft: footprint.isLeftBy(error), lookupLagMs: lookupLagMs(target) };
    return { ...settlementOf(error, claim, left, context.now()), sentHash };
  }
}

/** An approved order that was altered cannot leave (SEMANTICS 2.12). */
function refuseAltered({ approvedHash, materialHash, externalKey, revision }: PushFacts): void {
  if (approvedHash === materialHash) return;
  throw new NeedsOperatorError(
    'ORDER_STATE',
    `revision ${revision} of ${externalKey} is not what was approved (${approvedHash.slice(0, 12)} approved, ${materialHash.slice(0, 12)} stored); revise the order so that it is approved anew`,
  );
}

async function carry(
  kind: PushFacts['kind'],
  orders: Target['orders'],
  session: ReturnType<typeof openTarget>,
  order: OrderToPlace,
  hooks: { beforeSend(): void },
): Promise<{ placed: PlacedOrder | null; outcome: string; calls: readonly string[] }> {
  if (kind === 'cancel') return { ...(await cancelOrder(orders, session, order, hooks)), outcome: 'cancelled' };
  if (kind === 'change') return { ...(await reviseOrder(orders, session, order, hooks)), outcome: 'changed' };
  const { placed, adopted, calls } = await placeOrder(orders, session, order, { ...hooks, confirm: false });
  return { placed, outcome: adopted ? 'adopted' : 'created', calls };
}
