/**
 * An order that waits meets the rules, budgets and rates of today, as it stands. Where they ask the same, nothing is written, so it may
 * be done twice; where they do not, what was asked and decided by the old ones is void, and the order goes on by the new ones.
 */
import { isDeepStrictEqual } from 'node:util';
import { type RouteVerdict, routeRevision } from '../approvals/route.ts';
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadDecisions, newestSteps } from '../store/approvals/decisions.ts';
import { type Step, voidSteps } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog, loadOrder, loadRevision, lockOrder } from '../store/orders/orders.ts';
import { follow } from './decide.ts';
import type { OrderContext } from './order-context.ts';
import { releaseOrder } from './release.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { tellRequester } from './tell-requester.ts';

export interface RejudgeRequest {
  readonly orderId: string;
  readonly reason: string;
  readonly actor: string;
  /** Says what would become of it, and leaves it as it is. */
  readonly dryRun?: boolean;
}

export interface Rejudged {
  /** As it is then, or would be. */
  readonly order: Order;
  /** `false`: the rules of today ask the same, and nothing was done. */
  readonly isChanged: boolean;
  /** Names of the steps that were asked, and of those that are. */
  readonly was: readonly string[];
  readonly asks: readonly string[];
  /** Decisions that count no longer. */
  readonly voided: number;
  readonly warnings: readonly string[];
  readonly reasons: readonly string[];
  readonly handoffId: string | null;
}

/** Throws ORDER_STATE for an order that does not wait. */
export async function rejudgeOrder({ db, settings, now: clock }: OrderContext, request: RejudgeRequest): Promise<Rejudged> {
  const trx = await db.transaction();
  try {
    const rejudged = await rejudge(trx, settings, request, clock());
    await (rejudged.isChanged && !request.dryRun ? trx.commit() : trx.rollback());
    return rejudged;
  } catch (error) {
    await trx.rollback();
    throw error;
  }
}

async function rejudge(trx: Transaction, settings: Settings, { orderId, reason, actor }: RejudgeRequest, now: Date): Promise<Rejudged> {
  const order = await lockOrder(trx, orderId);
  if (order.state !== 'pending_approval') throw notWaiting(order);
  const revision = await loadRevision(trx, order.id);
  const before = (await newestSteps(trx, order.id)).filter(counts);
  const stepIds = before.map(({ id }) => id);
  const voided = (await loadDecisions(trx, order.id)).filter(({ stepId }) => stepIds.includes(stepId)).length;
  const route = await routeRevision(trx, settings, order, revision, now);
  const asked = (await newestSteps(trx, order.id)).filter((step) => counts(step) && !stepIds.includes(step.id));
  const told = {
    was: before.map(({ name }) => name),
    asks: asked.map(({ name }) => name),
    warnings: route.verdict === 'release' ? route.warnings : [],
    reasons: route.verdict === 'rejected' ? route.reasons : [],
  };
  if (route.verdict === 'pending' && isDeepStrictEqual(before.map(questionOf), asked.map(questionOf)))
    return { order, isChanged: false, ...told, voided: 0, handoffId: null };
  await voidSteps(trx, stepIds, now);
  await appendLog(trx, order.id, { kind: 'rejudged', actor, revision: revision.n, facts: { reason, ...told, voided } }, now);
  const handoffId = await goOn(trx, settings, { order, revision, route }, now);
  return { order: (await loadOrder(trx, order.id)) ?? order, isChanged: true, ...told, voided, handoffId };
}

function counts({ state }: Step): boolean {
  return state !== 'void';
}

/** What a step asks, of whom, and by which versions. How many are needed follows from the people there are. */
function questionOf({ name, mode, selector, policies, clock }: Step) {
  return { name, mode, selector, policies, clock };
}

interface Going {
  readonly order: Order;
  readonly revision: Revision;
  readonly route: RouteVerdict;
}

/** Whoever ordered has waited, and is told what came of it. Answers the hand-off to wake. */
async function goOn(trx: Transaction, settings: Settings, { order, revision, route }: Going, now: Date): Promise<string | null> {
  if (route.verdict === 'rejected') {
    await appendLog(trx, order.id, { kind: 'rejected', actor: 'rules', revision: revision.n, facts: { reasons: route.reasons } }, now);
    return follow(trx, settings, order, 'rejected', now);
  }
  if (route.verdict === 'pending') {
    await settleBudgetsOf(trx, [order.id], now, settings.orders);
    return null;
  }
  const { handoffId } = await releaseOrder(trx, settings, order, revision, route.approvedBy, now);
  await tellRequester(trx, order, 'order.approved', now);
  await settleBudgetsOf(trx, [order.id], now, settings.orders);
  return handoffId;
}

function notWaiting({ externalKey, state }: Order): NeedsOperatorError {
  return new NeedsOperatorError(
    'ORDER_STATE',
    `order ${externalKey} is ${state} and waits for nobody, so the rules are not asked again; \`kontor orders show ${externalKey}\` says what became of it`,
  );
}
