/** One verdict of one person on one exact revision; what follows from it for the step, the steps behind it and the order. */
import type { Order, Revision } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { type Decision, insertDecision, loadDecisions, newestSteps, settleStep, type Verdict } from '../store/approvals/decisions.ts';
import { loadHolders } from '../store/approvals/holders.ts';
import { loadStep, type Step, voidOpenSteps } from '../store/approvals/steps.ts';
import type { Database, Transaction } from '../store/database.ts';
import { appendLog, loadRevision } from '../store/orders/orders.ts';
import { advance, type Progress } from './advance.ts';
import { activateStep } from './assign.ts';
import { recall } from './notices.ts';

export interface NewDecision {
  /** Locked by the caller. */
  readonly order: Order;
  /** That the person has seen. */
  readonly revision: Revision;
  readonly stepId: string;
  readonly personId: string;
  readonly verdict: Verdict;
  readonly comment: string | null;
  /** Where the person said it: cli, http, link, edit. */
  readonly channel: string;
}

export interface DecisionOutcome extends Progress {
  /** Said before, by this person or by one whose word was enough; nothing was written. */
  readonly already: Decision | null;
}

/** To be called under `lockOrder`; the caller releases or ends the order. Throws NOT_ALLOWED, ORDER_CONFLICT or ORDER_STATE. */
export async function recordDecision(trx: Transaction, given: NewDecision, now: Date): Promise<DecisionOutcome> {
  const { order, stepId, verdict } = given;
  const step = await loadStep(trx, stepId);
  if (step.orderId !== order.id) throw new NeedsOperatorError('NOT_FOUND', `step ${stepId} is none of order ${order.externalKey}`);
  const already = await alreadyDecided(trx, given, step);
  if (already) return { step: step.state, order: progressOf(order), already };
  await refuseUnlessOpen(trx, given, step);
  const { holders } = await activateStep(trx, stepId, now);
  const holder = holders.find(({ personId }) => personId === given.personId);
  if (!holder) throw notAllowed(order, holders);
  const authority = {
    via: holder.via,
    step: step.name,
    seen: given.revision.n,
    total: order.total,
    currency: order.currency,
    rules: step.policies.ids,
  };
  const { personId, comment, channel } = given;
  const decision = { stepId, orderId: order.id, revision: step.revision, personId, verdict, comment, channel };
  await insertDecision(trx, { ...decision, forPersonId: holder.forPersonId, authority, selfApproved: holder.selfApproved }, now);
  const facts = {
    stepId,
    step: step.name,
    comment,
    channel,
    forPersonId: holder.forPersonId,
    ...(holder.selfApproved && { selfApproved: true }),
  };
  await appendLog(
    trx,
    order.id,
    { kind: verdict === 'approve' ? 'approved' : 'declined', personId, revision: given.revision.n, facts },
    now,
  );
  if (verdict === 'approve') return { ...(await advance(trx, order.id, stepId, now)), already: null };
  await settleStep(trx, stepId, 'declined', now);
  const voided = await voidOpenSteps(trx, order.id, now);
  await recall(trx, [stepId, ...voided], now);
  return { step: 'declined', order: 'declined', already: null };
}

/** Whoever repeats what was decided is told so; whoever says the opposite is told who decided, and when. */
async function alreadyDecided(trx: Transaction, { order, revision, personId, verdict }: NewDecision, step: Step): Promise<Decision | null> {
  const decisions = (await loadDecisions(trx, order.id)).filter(({ stepId }) => stepId === step.id);
  const own = decisions.find((one) => one.personId === personId);
  const isSettled = step.state === 'approved' || step.state === 'declined';
  const mayKnow = own !== undefined || (isSettled && (await loadHolders(trx, step.id)).some((holder) => holder.personId === personId));
  const settling = isSettled ? decisions.findLast((one) => (one.verdict === 'approve') === (step.state === 'approved')) : undefined;
  const said = own ?? settling;
  if (!mayKnow || !said) return null;
  // What was approved is another order now; a decline ended it as it was.
  if (said.verdict === 'approve' && (await isOutdated(trx, order, revision, step))) return null;
  if (said.verdict === verdict) return said;
  const who = said.personId === personId ? 'you have' : `${said.personName ?? `person ${said.personId}`} has`;
  const what = said.verdict === 'approve' ? 'approved' : 'declined';
  throw new NeedsOperatorError(
    'ORDER_CONFLICT',
    `${who} ${what} step "${step.name}" of order ${order.externalKey} already, on ${said.at.toISOString()}; a decision is not taken back: comment, or revise or withdraw the order`,
    { details: { orderId: order.id, decidedBy: said.personId, decidedAt: said.at.toISOString(), verdict: said.verdict } },
  );
}

async function refuseUnlessOpen(trx: Transaction, { order, revision }: NewDecision, step: Step): Promise<void> {
  const name = `order ${order.externalKey}`;
  if (order.state !== 'pending_approval')
    throw new NeedsOperatorError('ORDER_STATE', `${name} is ${order.state}; there is nothing to decide`);
  if (step.state === 'waiting')
    throw new NeedsOperatorError('ORDER_STATE', `step "${step.name}" of ${name} waits for the step before it; decide when it is asked`);
  const isOpen = step.state === 'active' || step.state === 'exhausted';
  if (isOpen && seenFits(order, revision, step) && !(await isOutdated(trx, order, revision, step))) return;
  throw new NeedsOperatorError(
    'ORDER_CONFLICT',
    `${name} has been changed since revision ${revision.n}; look at revision ${order.revision} and decide on that`,
    { details: { orderId: order.id, revision: order.revision } },
  );
}

function seenFits(order: Order, seen: Revision, step: Step): boolean {
  return seen.orderId === order.id && seen.n >= step.revision;
}

/** A revision that changed nothing material keeps the steps of the one before, and whoever saw either saw the same order. */
export async function isOutdated(trx: Database | Transaction, order: Order, seen: Revision, step: Step): Promise<boolean> {
  const [newest] = await newestSteps(trx, order.id);
  if (newest && newest.revision > step.revision) return true;
  return seen.n !== order.revision && seen.materialHash !== (await loadRevision(trx, order.id)).materialHash;
}

function notAllowed(order: Order, holders: ReadonlyArray<{ personId: string; name: string }>): NeedsOperatorError {
  const who = holders.map(({ name }) => name).join(', ');
  const cure = who === '' ? 'nobody may at the moment' : `ask ${who}`;
  return new NeedsOperatorError(
    'NOT_ALLOWED',
    `this step of order ${order.externalKey} is not yours to decide; ${cure}. \`kontor orders why ${order.externalKey}\` tells why`,
    {
      details: { orderId: order.id },
    },
  );
}

function progressOf({ state }: Order): Progress['order'] {
  if (state === 'pending_approval') return 'pending';
  return state === 'released' || state === 'cancelled' ? 'approved' : 'declined';
}
