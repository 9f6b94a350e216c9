/** Where a revision goes: on its way, to people, or back. */
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { decidesOnce } from '../domain/policy/approvers/question.ts';
import { factsNeeded } from '../domain/policy/facts-needed.ts';
import { insertEvaluation } from '../store/approvals/evaluations.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { insertSteps, type NewStep, voidOpenSteps } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { holdStep } from './assign.ts';
import { type CompanyRules, loadRules, rulesAt } from './company-rules.ts';
import { type AssignedStage, assignStages, judge, loadPeopleOf, questionAbout } from './judge.ts';
import { type KnownOrder, loadFacts } from './load-facts.ts';
import { traceOf } from './trace.ts';

export type RouteVerdict =
  | { verdict: 'release'; approvedBy: 'rules' | 'bypass'; warnings: string[] }
  | { verdict: 'pending' }
  | { verdict: 'rejected'; reasons: string[] };

/**
 * In the transaction that submits or revises, under `lockOrder`. Stores what the rules said, voids what older revisions asked, and
 * writes the steps; the order itself is for the caller to move.
 */
export async function routeRevision(
  trx: Transaction,
  _settings: Settings,
  order: Order,
  revision: Revision,
  now: Date,
): Promise<RouteVerdict> {
  await voidOpenSteps(trx, order.id, now);
  const rules = await loadRules(trx, order.companyId);
  if (factsNeeded(rules.policies.values()).spend.length > 0) await lockSpend(trx, order.companyId);
  const [known] = await loadFacts(trx, [{ order, content: revision.content }], { rules, asSubmitted: false });
  if (!known) throw new Error(`no facts of order ${order.id}`);
  const evaluation = judge(rules, known);
  const { outcome, warnings, reasons } = evaluation;
  const stages = outcome === 'require' ? await assign(trx, { rules, known, planned: evaluation.stages, now }) : [];
  const trace = traceOf(rules, known.facts, { evaluation, stages });
  await insertEvaluation(trx, { orderId: order.id, revision: revision.n, outcome, trace }, now);
  if (outcome === 'deny') return { verdict: 'rejected', reasons: [...reasons] };
  if (outcome !== 'require') return { verdict: 'release', approvedBy: outcome === 'bypass' ? 'bypass' : 'rules', warnings: [...warnings] };
  await writeSteps(trx, { rules, order, revision, stages, now });
  return { verdict: 'pending' };
}

interface Assigning {
  readonly rules: CompanyRules;
  readonly known: KnownOrder;
  readonly planned: Parameters<typeof assignStages>[0];
  readonly now: Date;
}

async function assign(trx: Transaction, { rules, known, planned, now }: Assigning): Promise<AssignedStage[]> {
  const directory = await loadPeopleOf(trx, rules, planned, now, known.order.id);
  return assignStages(planned, { directory, policies: rules.policies, order: questionAbout(known) });
}

interface Writing {
  readonly rules: CompanyRules;
  readonly order: Order;
  readonly revision: Revision;
  readonly stages: readonly AssignedStage[];
  readonly now: Date;
}

async function writeSteps(trx: Transaction, { rules, order, revision, stages, now }: Writing): Promise<void> {
  const ids = [...rules.policies.values()].map(({ id }) => id);
  const decideOncePerPerson = decidesOnce(rulesAt(rules, order.accountId));
  const steps = stages.map(({ stage: { name, mode, n, approvers, causes }, selection: { needed } }): NewStep => {
    const selector = { approvers, decideOncePerPerson };
    return { orderId: order.id, revision: revision.n, name, mode, needed: n ?? needed, selector, policies: { ids, causes } };
  });
  const [firstId] = await insertSteps(trx, steps);
  const [first] = stages;
  if (firstId && first)
    await holdStep(
      trx,
      { stepId: firstId, orderId: order.id, revision: revision.n, name: first.stage.name, was: 'waiting' },
      first.selection,
      now,
    );
}
