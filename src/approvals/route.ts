/** Where a revision goes: on its way, to people, or back. */
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { decidesOnce } from '../domain/policy/approvers/question.ts';
import { seatedAtFirst } from '../domain/policy/climb.ts';
import { factsNeeded } from '../domain/policy/facts-needed.ts';
import { insertEvaluation } from '../store/approvals/evaluations.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { insertSteps, type NewStep, voidOpenSteps } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { followAccounts } from '../store/orders/follow-accounts.ts';
import { holdSteps } from './assign.ts';
import { type CompanyPeople, peopleOf, questionAt, withManagers } from './company-people.ts';
import { loadRules, rulesAt } from './company-rules.ts';
import { defaultClock } from './default-clock.ts';
import { type AssignedStage, assignStages, judge, questionAbout } from './judge.ts';
import { loadBudgetFacts } from './load-budgets.ts';
import { type KnownOrder, loadFacts } from './load-facts.ts';
import { recall } from './notices.ts';
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
  settings: Settings,
  given: Order,
  revision: Revision,
  now: Date,
): Promise<RouteVerdict> {
  const order = { ...given, companyId: (await followAccounts(trx, [given.id])).get(given.id) ?? given.companyId };
  await recall(trx, await voidOpenSteps(trx, order.id, now), now);
  const rules = await loadRules(trx, order.companyId);
  if (factsNeeded(rules.policies.values()).spend.length > 0) await lockSpend(trx, order.companyId);
  const budgets = new Map([[order.id, await loadBudgetFacts(trx, order, revision.content, now)]]);
  const look = { rules, asSubmitted: false, budgets, rateMaxAgeDays: settings.orders.rateMaxAgeDays };
  const [known] = await loadFacts(trx, [{ order, content: revision.content }], look);
  if (!known) throw new Error(`no facts of order ${order.id}`);
  const evaluation = judge(rules, known);
  const { outcome, warnings, reasons } = evaluation;
  const people = outcome === 'require' ? await peopleOf(trx, rules, withManagers(evaluation.stages), now) : null;
  const stages = people ? assignStages(evaluation.stages, questionAt(people, order.id, questionAbout(known, known.facts.rates), now)) : [];
  const trace = traceOf(rules, known.facts, { evaluation, stages });
  await insertEvaluation(trx, { orderId: order.id, revision: revision.n, outcome, trace }, now);
  if (outcome === 'deny') return { verdict: 'rejected', reasons: [...reasons] };
  if (!people) return { verdict: 'release', approvedBy: outcome === 'bypass' ? 'bypass' : 'rules', warnings: [...warnings] };
  await writeSteps(trx, { settings, people, known, order, revision, stages, now });
  return { verdict: 'pending' };
}

interface Writing {
  readonly settings: Settings;
  readonly people: CompanyPeople;
  readonly known: KnownOrder;
  readonly order: Order;
  readonly revision: Revision;
  readonly stages: readonly AssignedStage[];
  readonly now: Date;
}

async function writeSteps(trx: Transaction, { settings, people, known, order, revision, stages, now }: Writing): Promise<void> {
  const { rules } = people;
  const ids = [...rules.policies.values()].map(({ id }) => id);
  const decideOncePerPerson = decidesOnce(rulesAt(rules, order.accountId));
  const byDefault = defaultClock(settings);
  const steps = stages.map(({ stage: { name, mode, n, approvers, causes, clock }, selection: { needed } }): NewStep => {
    const selector = { approvers, decideOncePerPerson };
    const policies = { ids, causes };
    return { orderId: order.id, revision: revision.n, name, mode, needed: n ?? needed, selector, policies, clock: clock ?? byDefault };
  });
  const [firstId] = await insertSteps(trx, steps);
  const [step] = steps;
  const [stage] = stages;
  if (!firstId || !step || !stage) return;
  const { companyId, externalKey } = order;
  const waiting = {
    id: firstId,
    stage: 1,
    state: 'waiting' as const,
    assignedAt: null,
    decidedAt: null,
    climbs: [],
    listedAt: null,
    listedBecause: null,
    stuckBecause: null,
  };
  const open = { ...step, ...waiting, ...questionAbout(known, known.facts.rates), companyId, externalKey };
  await holdSteps(trx, [{ step: open, company: people, seating: seatedAtFirst(stage.selection), climbs: open.climbs }], now);
}
