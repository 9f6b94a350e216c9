/** A decision and what it does to the order: the last approval releases it, and its hand-off, in the same transaction. */

import type { Progress } from '../approvals/advance.ts';
import { type DecisionOutcome, type NewDecision, recordDecision } from '../approvals/decide.ts';
import type { Settings } from '../config/settings.ts';
import type { Order } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { newestSteps } from '../store/approvals/decisions.ts';
import { loadHolders } from '../store/approvals/holders.ts';
import type { Step } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { loadOrder, loadRevision, lockOrder, moveOrder } from '../store/orders/orders.ts';
import { fundOrder } from './fund-order.ts';
import type { OrderContext } from './order-context.ts';
import { requireActive } from './people.ts';
import { releaseOrder } from './release.ts';
import { restoreReleased } from './restore-released.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { tellRequester } from './tell-requester.ts';

export interface DecideRequest extends Pick<NewDecision, 'personId' | 'verdict' | 'comment' | 'channel'> {
  readonly orderId: string;
  /** That the person has seen; the newest if not given. */
  readonly revision?: number | undefined;
  /** The one that is asked now, if not given. */
  readonly stepId?: string | undefined;
  /** Code of a budget that gives what the order takes beyond its own; only with the approval that releases it. */
  readonly fromBudget?: string | undefined;
}

export interface Decided extends DecisionOutcome {
  readonly state: Order['state'];
  /** To be woken after the transaction; `null` when nothing leaves. */
  readonly handoffId: string | null;
}

export async function decideOrder(context: OrderContext, request: DecideRequest): Promise<Decided> {
  return context.db.transaction((trx) => decide(trx, context.settings, request, context.now()));
}

async function decide(trx: Transaction, settings: Settings, request: DecideRequest, now: Date): Promise<Decided> {
  const order = await lockOrder(trx, request.orderId);
  await requireActive(trx, request.personId);
  const revision = await loadRevision(trx, order.id, request.revision);
  const stepId = request.stepId ?? (await findStep(trx, order, request.personId));
  const { personId, verdict, comment, channel } = request;
  const outcome = await recordDecision(trx, { order, revision, stepId, personId, verdict, comment, channel }, now);
  if (request.fromBudget !== undefined && !outcome.already)
    await fund(trx, order, { ...request, fromBudget: request.fromBudget }, outcome.order, now);
  const handoffId = outcome.already ? null : await follow(trx, settings, order, outcome.order, now);
  const after = await loadOrder(trx, order.id);
  return { ...outcome, state: after?.state ?? order.state, handoffId };
}

async function fund(
  trx: Transaction,
  order: Order,
  { fromBudget, personId, verdict }: DecideRequest & { readonly fromBudget: string },
  progress: Progress['order'],
  now: Date,
): Promise<void> {
  if (verdict === 'decline') throw new NeedsOperatorError('USAGE', 'a declined order takes no money; name a budget only when you approve');
  if (progress === 'approved') return fundOrder(trx, { order, fromBudget, personId }, now);
  const told = `others must still approve order ${order.externalKey}, and until then it takes no money`;
  throw new NeedsOperatorError('ORDER_STATE', `${told}; approve without naming ${fromBudget}, the last who approves names it`);
}

/** What the order becomes once its steps have come this far. Answers the hand-off to wake. */
export async function follow(
  trx: Transaction,
  settings: Settings,
  order: Order,
  progress: Progress['order'],
  now: Date,
): Promise<string | null> {
  const handoffId = await leave(trx, settings, order, progress, now);
  await settleBudgetsOf(trx, [order.id], now, settings.orders);
  return handoffId;
}

async function leave(trx: Transaction, settings: Settings, order: Order, progress: Progress['order'], now: Date): Promise<string | null> {
  if (progress === 'pending') return null;
  if (progress === 'approved') return releaseNewest(trx, settings, order, now);
  return endOrRestore(trx, settings, order, progress === 'rejected' ? 'rejected_by_system' : 'declined', now);
}

async function releaseNewest(trx: Transaction, settings: Settings, order: Order, now: Date): Promise<string> {
  const newest = await loadRevision(trx, order.id);
  const { handoffId } = await releaseOrder(trx, settings, order, newest, 'people', now);
  await tellRequester(trx, order, 'order.approved', now);
  return handoffId;
}

async function endOrRestore(
  trx: Transaction,
  settings: Settings,
  order: Order,
  end: 'declined' | 'rejected_by_system',
  now: Date,
): Promise<string | null> {
  await tellRequester(trx, order, 'order.declined', now);
  const restored = await restoreReleased(trx, settings, order, 'declined', now);
  if (restored) return restored.handoffId;
  await moveOrder(trx, order, end, { now });
  return null;
}

/** The step that this person is asked about now, else one they were asked about before; else whatever is asked, to be told who may. */
async function findStep(trx: Transaction, order: Order, personId: string): Promise<string> {
  const asked = (await newestSteps(trx, order.id)).filter(({ state }) => state !== 'waiting' && state !== 'void').reverse();
  const isOpen = ({ state }: Step) => state === 'active' || state === 'exhausted';
  const held: Step[] = [];
  for (const step of asked) if ((await loadHolders(trx, step.id)).some((holder) => holder.personId === personId)) held.push(step);
  const found = held.find(isOpen) ?? held[0] ?? asked.find(isOpen) ?? asked[0];
  if (found) return found.id;
  throw new NeedsOperatorError('ORDER_STATE', `order ${order.externalKey} is ${order.state} and asks nobody; there is nothing to decide`);
}
