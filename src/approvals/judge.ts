/** One order before the rules of its company. */
import type { ApproverQuestion } from '../domain/policy/approvers/question.ts';
import { type Evaluation, evaluate } from '../domain/policy/evaluate.ts';
import type { PlannedStage } from '../domain/policy/merge-stages.ts';
import { type Selection, selectApprovers } from '../domain/policy/select-approvers.ts';
import type { RateBook } from '../domain/rates/rate.ts';
import { loadDirectory } from '../store/approvals/directory.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type CompanyRules, rulesAt } from './company-rules.ts';
import type { AskedOrder, KnownOrder } from './load-facts.ts';

/** Limits are those of the unit the requester belongs to; of the order's unit if that is none of this company. */
export function judge(rules: CompanyRules, { order, facts, requester }: KnownOrder): Evaluation {
  const home = requester?.accountId ?? null;
  const limitsAt = home !== null && rules.units.has(home) ? home : order.accountId;
  return evaluate(rulesAt(rules, order.accountId), facts, rulesAt(rules, limitsAt));
}

export interface AssignedStage {
  readonly stage: PlannedStage;
  readonly selection: Selection;
}

/** Whom each stage would be held by now. */
export function assignStages(stages: readonly PlannedStage[], question: ApproverQuestion): AssignedStage[] {
  return stages.map((stage) => ({ stage, selection: selectApprovers(stage, question) }));
}

/** The people of the company as they are now. */
export async function loadPeopleOf(
  db: Database | Transaction,
  rules: CompanyRules,
  stages: ReadonlyArray<Pick<PlannedStage, 'approvers'>>,
  now: Date,
  orderId?: string,
) {
  const withManagers = stages.some(({ approvers }) => approvers.some(({ kind }) => kind === 'accountManager'));
  return loadDirectory(db, { companyId: rules.companyId, units: rules.units, now, withManagers, orderId });
}

export function questionAbout({ order, content }: AskedOrder, rates: RateBook): ApproverQuestion['order'] & { readonly rates: RateBook } {
  return {
    accountId: order.accountId,
    orderedById: order.orderedById,
    onBehalfOfId: order.onBehalfOfId,
    currency: content.currency,
    goods: content.lines.reduce((sum, { amount }) => sum + amount, 0),
    shippingCost: content.shippingCost,
    costCentre: content.costCentre,
    rates,
  };
}
