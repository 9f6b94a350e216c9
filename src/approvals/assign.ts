/** Who holds a step. People are looked up whenever a step is assigned; the rules stay those the order was matched with (SEMANTICS 2.8). */
import { type Selection, selectApprovers } from '../domain/policy/select-approvers.ts';
import { assignStep, loadApprovers, loadHolders, loadStep, type Step, type StepHolder, type StepState } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog, loadOrder, loadRevision } from '../store/orders/orders.ts';
import { loadRules } from './company-rules.ts';
import { loadPeopleOf, questionAbout } from './judge.ts';

export interface Assignment {
  /** `active` or `exhausted`; else the step was decided or voided before, and nothing was done. */
  readonly state: StepState;
  readonly needed: number;
  readonly holders: Selection['holders'];
  /** Why nobody, or too few, may decide. */
  readonly exhausted: string | null;
  /** Holders who have approved another step of this revision; their word counts here, too, where the rules let it. */
  readonly approvedBefore: readonly string[];
}

/** Also for a step that is active: whoever has left loses it, whoever stands in gets it. To be called under `lockOrder`. */
export async function activateStep(trx: Transaction, stepId: string, now: Date): Promise<Assignment> {
  const step = await loadStep(trx, stepId);
  const isOpen = step.state === 'waiting' || step.state === 'active' || step.state === 'exhausted';
  if (!isOpen) return { state: step.state, needed: step.needed, holders: [], exhausted: null, approvedBefore: [] };
  const selection = await selectNow(trx, step, now);
  const state = await holdStep(
    trx,
    { stepId, orderId: step.orderId, revision: step.revision, name: step.name, was: step.state },
    selection,
    now,
  );
  const approvers = step.selector.decideOncePerPerson ? await loadApprovers(trx, step.orderId, step.revision) : [];
  const approvedBefore = selection.holders.map(({ personId }) => personId).filter((id) => approvers.includes(id));
  return { state, needed: selection.needed, holders: selection.holders, exhausted: selection.exhausted, approvedBefore };
}

async function selectNow(trx: Transaction, { orderId, revision, mode, needed, selector, policies }: Step, now: Date): Promise<Selection> {
  const order = await loadOrder(trx, orderId);
  if (!order) throw new Error(`step of order ${orderId}, which is not there`);
  const { content } = await loadRevision(trx, orderId, revision);
  const rules = await loadRules(trx, order.companyId, policies.ids);
  const directory = await loadPeopleOf(trx, rules, [selector], now, orderId);
  const stage = { mode, n: mode === 'n_of_m' ? needed : null, approvers: selector.approvers };
  return selectApprovers(stage, { directory, policies: rules.policies, order: questionAbout({ order, content }) });
}

/** Writes the holders, and into the order's trail who was considered. */
export async function holdStep(
  trx: Transaction,
  { stepId, orderId, revision, name, was }: { stepId: string; orderId: string; revision: number; name: string; was: StepState },
  { holders, needed, considered, exhausted }: Selection,
  now: Date,
): Promise<'active' | 'exhausted'> {
  const state = exhausted === null ? 'active' : 'exhausted';
  const before = await loadHolders(trx, stepId);
  await assignStep(trx, { stepId, state, needed, holders }, now);
  // Looked at again, and nothing is new.
  if (state === was && isSame(before, holders)) return state;
  const kind = exhausted === null ? 'step_assigned' : 'step_exhausted';
  await appendLog(trx, orderId, { kind, revision, facts: { stepId, name, needed, holders, considered, exhausted } }, now);
  return state;
}

function isSame(before: readonly StepHolder[], holders: readonly StepHolder[]): boolean {
  const told = (all: readonly StepHolder[]) => all.map(({ personId, forPersonId }) => `${personId} ${forPersonId ?? ''}`).sort();
  return told(before).join() === told(holders).join();
}
