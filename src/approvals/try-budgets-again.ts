/**
 * The day an order is decided may be of another period than the day it came in. Budgets that charge by that day are asked again before it
 * leaves: one that blocks rejects it, one that requires approval asks whoever may let it pass (SEMANTICS 2.3).
 */
import type { Order } from '../domain/orders/order.ts';
import type { BudgetFact } from '../domain/policy/budget-facts.ts';
import { type BudgetTrial, sayBudgetTrial, tryAgain } from '../domain/policy/budgets.ts';
import { budgetDemand } from '../domain/policy/evaluate.ts';
import { mergeStages } from '../domain/policy/merge-stages.ts';
import { insertEvaluation, loadEvaluations } from '../store/approvals/evaluations.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { insertSteps, type Step } from '../store/approvals/steps.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog, loadOrder } from '../store/orders/orders.ts';
import { loadFactsOn } from './load-budgets.ts';
import type { Trace } from './trace.ts';

/** To be called when the last step of a revision is approved. `asked`: it waits for a further step. */
export async function tryBudgetsAgain(trx: Transaction, step: Step, now: Date): Promise<'fits' | 'asked' | 'rejected'> {
  const { orderId, revision } = step;
  const [evaluation] = await loadEvaluations(trx, orderId);
  const trace = evaluation?.trace as Partial<Trace> | undefined;
  const order = await loadOrder(trx, orderId);
  const again = order && trace?.budgets ? await tryAll(trx, order, trace.budgets, now) : [];
  const exceeded = again.filter(({ trial: { effect } }) => effect === 'require' || effect === 'deny');
  if (exceeded.length === 0) return 'fits';
  const isDenied = exceeded.some(({ trial }) => trial.effect === 'deny');
  const outcome = isDenied ? ('deny' as const) : ('require' as const);
  const reasons = exceeded.filter(({ trial }) => trial.effect === outcome).map(({ trial }) => sayBudgetTrial(trial));
  const trials = new Map(exceeded.map(({ trial }) => [trial.id, trial]));
  const budgets = (trace?.budgets ?? []).map((before) => trials.get(before.id) ?? before);
  await insertEvaluation(trx, { orderId, revision, outcome, trace: { ...trace, outcome, budgets, reasons } }, now);
  if (!isDenied)
    await askFor(trx, step, exceeded.map(({ fact }) => fact)); // biome-ignore format: one call
  else await appendLog(trx, orderId, { kind: 'rejected', actor: 'rules', revision, facts: { reasons } }, now);
  return isDenied ? 'rejected' : 'asked';
}

interface Again {
  readonly fact: BudgetFact;
  readonly trial: BudgetTrial;
}

/** What somebody has let it exceed already is not asked about twice. */
async function tryAll(trx: Transaction, order: Order, trials: readonly BudgetTrial[], now: Date): Promise<Again[]> {
  const open = new Map(trials.flatMap((trial) => (trial.effect === 'allow' && trial.takes !== null ? [[trial.id, trial] as const] : [])));
  const moving = [...(await loadBudgets(trx, [...open.keys()])).values()].filter(({ chargeOn }) => chargeOn === 'decision');
  if (moving.length === 0) return [];
  await lockSpend(trx, order.companyId);
  const facts = await loadFactsOn(trx, order, { budgets: moving, dayOf: () => ({ at: now }) }, now);
  return facts.flatMap((fact): Again[] => {
    const trial = open.get(fact.id);
    return trial?.takes == null ? [] : [{ fact, trial: tryAgain(trial, trial.takes, fact) }];
  });
}

/** By the rules and the clock of the step before; those who approved that one did not know of this. */
async function askFor(
  trx: Transaction,
  { orderId, revision, clock, policies: { ids } }: Step,
  facts: readonly BudgetFact[],
): Promise<void> {
  const stages = mergeStages(facts.map(budgetDemand));
  const steps = stages.map(({ name, mode, n, approvers, causes }) => {
    const selector = { approvers, decideOncePerPerson: false };
    return { orderId, revision, name, mode, needed: n ?? 1, selector, policies: { ids, causes }, clock };
  });
  await insertSteps(trx, steps);
}
