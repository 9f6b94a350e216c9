/** Who may change an order, and what an approver's own word is worth for the change he made (SEMANTICS 2.12). */
import { activateStep } from '../approvals/assign.ts';
import { recordDecision } from '../approvals/decide.ts';
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { heldSteps, loadDecisions, newestSteps } from '../store/approvals/decisions.ts';
import { loadSteps, type Step } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { loadOrder } from '../store/orders/orders.ts';
import { follow } from './decide.ts';
import { isRequester } from './people.ts';

/** Those who ordered, those who are asked now, and, after release, those who approved. Throws NOT_ALLOWED. */
export async function mayReviseAs(trx: Transaction, order: Order, personId: string, now: Date): Promise<'requester' | 'approver'> {
  if (await isRequester(trx, order, personId)) return 'requester';
  for (const step of await newestSteps(trx, order.id)) {
    if (step.state !== 'active' && step.state !== 'exhausted') continue;
    const { holders } = await activateStep(trx, step.id, now);
    if (holders.some((holder) => holder.personId === personId)) return 'approver';
  }
  const approvers = (await loadDecisions(trx, order.id)).filter(({ verdict }) => verdict === 'approve');
  if (order.state === 'released' && approvers.some((decision) => decision.personId === personId)) return 'approver';
  const was = (await heldSteps(trx, order.id, personId)).length > 0 ? 'is not with you now' : 'is not yours';
  throw new NeedsOperatorError(
    'NOT_ALLOWED',
    `order ${order.externalKey} ${was} to change; whoever ordered it may, and those who are asked to approve it: \`kontor orders show ${order.id}\``,
  );
}

export interface OwnChange {
  readonly order: Order;
  readonly revision: Revision;
  /** The revision that was changed. */
  readonly before: number;
  readonly personId: string;
  readonly now: Date;
}

/**
 * His word covers the new version if no rule asks that did not ask before, and the step that asks is one he may decide: holders are
 * chosen with their own approve limits, so a total beyond his authority never makes him one. Answers the hand-off to wake.
 */
export async function coverOwnChange(
  trx: Transaction,
  settings: Settings,
  { order, revision, before, personId, now }: OwnChange,
): Promise<string | null> {
  const current = await loadOrder(trx, order.id);
  if (current?.state !== 'pending_approval') return null;
  const steps = await loadSteps(trx, order.id, revision.n);
  const asked = steps.find(({ state }) => state === 'active');
  const known = causesOf(await lastAskedBefore(trx, order.id, before));
  if (!asked || [...causesOf(steps)].some((cause) => !known.has(cause))) return null;
  const { holders } = await activateStep(trx, asked.id, now);
  if (!holders.some((holder) => holder.personId === personId)) return null;
  const decision = { order: current, revision, stepId: asked.id, personId, verdict: 'approve' as const, comment: null, channel: 'edit' };
  const outcome = await recordDecision(trx, decision, now);
  return follow(trx, settings, current, outcome.order, now);
}

/** A revision without material changes asked nobody; the one before it did. */
async function lastAskedBefore(trx: Transaction, orderId: string, n: number): Promise<Step[]> {
  for (let revision = n; revision > 0; revision -= 1) {
    const steps = await loadSteps(trx, orderId, revision);
    if (steps.length > 0) return steps;
  }
  return [];
}

/** By account and name: a newer version of the same rule guards the same. */
function causesOf(steps: readonly Step[]): Set<string> {
  return new Set(steps.flatMap(({ policies }) => policies.causes.map(({ accountId, rule }) => JSON.stringify([accountId, rule]))));
}
