/** Carries a revision on as far as its decisions reach: a step with enough of them is approved, and the next one is asked. */
import { isApproved, type Seat } from '../domain/orders/quorum.ts';
import { insertDecision, loadDecisions, settleStep } from '../store/approvals/decisions.ts';
import { loadIdentities } from '../store/approvals/directory.ts';
import { loadHolders } from '../store/approvals/holders.ts';
import { loadStep, loadSteps, type Step, type StepState } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog } from '../store/orders/orders.ts';
import { activateStep } from './assign.ts';
import { recall } from './notices.ts';
import { tryBudgetsAgain } from './try-budgets-again.ts';

export interface Progress {
  readonly step: StepState;
  /** Of the whole revision. */
  readonly order: 'pending' | 'approved' | 'declined' | 'rejected';
}

/** To be called under `lockOrder`, after a decision or after holders have changed. */
export async function advance(trx: Transaction, orderId: string, stepId: string, now: Date): Promise<Progress> {
  const step = await loadStep(trx, stepId);
  if (step.state !== 'active' || !(await hasEnough(trx, step))) return { step: step.state, order: 'pending' };
  await settleStep(trx, stepId, 'approved', now);
  await recall(trx, [stepId], now);
  return { step: 'approved', order: await goOn(trx, orderId, step, now) };
}

async function goOn(trx: Transaction, orderId: string, step: Step, now: Date): Promise<Progress['order']> {
  const next = (await loadSteps(trx, orderId, step.revision)).find(({ state }) => state === 'waiting');
  if (next) {
    await askNext(trx, next, now);
    return (await advance(trx, orderId, next.id, now)).order;
  }
  const said = await tryBudgetsAgain(trx, step, now);
  if (said === 'asked') return goOn(trx, orderId, step, now);
  return said === 'fits' ? 'approved' : 'rejected';
}

async function hasEnough(trx: Transaction, { id, orderId, mode, needed }: Step): Promise<boolean> {
  const approvals = (await loadDecisions(trx, orderId)).filter(({ stepId, verdict }) => stepId === id && verdict === 'approve');
  const holders = await loadHolders(trx, id);
  const said = [...holders, ...approvals].flatMap(({ personId, forPersonId }) => [personId, forPersonId ?? personId]);
  const who = await loadIdentities(trx, said);
  return isApproved({ mode, needed, holders: asPeople(holders, who), approvals: asPeople(approvals, who) });
}

/** Two numbers of one person are one. */
function asPeople(seats: readonly Seat[], who: ReadonlyMap<string, string>) {
  const known = (id: string | null) => (id === null ? null : (who.get(id) ?? id));
  return seats.map(({ personId, forPersonId, seatId = null }) => {
    return { personId: who.get(personId) ?? personId, forPersonId: known(forPersonId), seatId: known(seatId) };
  });
}

/** Who has approved an earlier step of this revision is not asked twice, where the rules let one word count for both. */
async function askNext(trx: Transaction, step: Step, now: Date): Promise<void> {
  const { approvedBefore, holders } = await activateStep(trx, step.id, now);
  const { orderId, revision } = step;
  for (const personId of approvedBefore) {
    const holder = holders.find((one) => one.personId === personId);
    const decision = {
      stepId: step.id,
      orderId,
      revision,
      personId,
      forPersonId: holder?.forPersonId ?? null,
      verdict: 'approve' as const,
    };
    const authority = { via: holder?.via ?? null, step: step.name, countedFrom: 'an earlier step' };
    await insertDecision(
      trx,
      { ...decision, comment: null, authority, channel: 'counted', selfApproved: holder?.selfApproved ?? false },
      now,
    );
    await appendLog(
      trx,
      orderId,
      { kind: 'approved', personId, revision, facts: { stepId: step.id, step: step.name, channel: 'counted' } },
      now,
    );
  }
}
