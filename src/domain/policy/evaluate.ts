/**
 * What the rules say about an order. Every rule and every limit is tried and told, matched or not; then bypass, deny and approval
 * are asked in this order, and the strictest of what is left wins (SEMANTICS 2.2, 2.8).
 */
import type { BudgetFact } from './budget-facts.ts';
import { type BudgetTrial, sayBudgetTrial, tryBudget } from './budgets.ts';
import { mayWaive, type Policy, type PolicyRef, refOf } from './effective.ts';
import type { Facts } from './facts.ts';
import { type LimitGroup, type LimitTrial, limitsOf, tryGroup } from './limits.ts';
import { mergeStages, type PlannedStage, type StageDemand } from './merge-stages.ts';
import { EFFECTS, type Effect, type Rule } from './schema.ts';
import { TRIGGER_NAMES, TRIGGERS, type TriggerName } from './triggers/index.ts';
import type { Tried, Trigger } from './triggers/trigger.ts';

export interface ConditionTrial extends Tried {
  readonly trigger: TriggerName;
}

export interface RuleTrial {
  readonly policy: PolicyRef;
  readonly rule: string;
  readonly effect: Effect;
  readonly matched: boolean;
  /** It matched, or failed to let pass, only because an amount could not be converted. */
  readonly because?: 'no rate';
  /** It matched, and a bypass took that back. */
  readonly waivedBy?: string;
  readonly conditions: readonly ConditionTrial[];
}

export interface Evaluation {
  readonly outcome: Effect;
  /** In the order of accounts, priority and name. */
  readonly rules: readonly RuleTrial[];
  readonly limits: ReadonlyArray<LimitTrial & { readonly waivedBy?: string }>;
  /** No bypass waives them: what is spent is spent. */
  readonly budgets: readonly BudgetTrial[];
  readonly stages: readonly PlannedStage[];
  readonly warnings: readonly string[];
  /** Why it is denied, or needs approval. */
  readonly reasons: readonly string[];
}

interface Tested {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly trial: RuleTrial;
}

/** Who answers for amounts that nobody can convert, and for what exceeds a limit. */
const SUPERIOR: Rule['stages'] = [{ mode: 'any', approvers: [{ kind: 'superior', level: 1 }] }];

/** `policies` hold for the order's account, `limitPolicies` for the account of who ordered; both from the company down. */
export function evaluate(policies: readonly Policy[], facts: Facts, limitPolicies: readonly Policy[] = policies): Evaluation {
  const tested = policies.flatMap((policy) => policy.document.rules.map((rule) => ({ policy, rule, trial: tryRule(policy, rule, facts) })));
  tested.sort(byAccountAndPriority);
  const bypasses = tested.filter(({ trial }) => trial.matched && trial.effect === 'bypass');
  const waiverOf = (policy: Policy) => bypasses.find((bypass) => mayWaive(bypass.policy, policy))?.rule.name;
  const standing = tested.filter(({ policy, trial }) => trial.matched && trial.effect !== 'bypass' && waiverOf(policy) === undefined);
  const limits = limitsOf('buy', facts.requester, limitPolicies).map((group) => ({ group, ...tryGroup(group, facts) }));
  const exceeded = limits.filter(({ group, exceeded: isExceeded }) => isExceeded && waiverOf(group.policy) === undefined);

  const budgets = facts.budgets.map((budget) => ({ budget, trial: tryBudget(budget, facts) }));
  const saidBy = (effect: Effect) => budgets.filter(({ trial }) => trial.effect === effect);

  const demands = [
    ...standing.filter(asksApproval).map(demandOf),
    ...exceeded.map(({ group }) => limitDemand(group)),
    ...saidBy('require').map(({ budget }) => budgetDemand(budget)),
  ];
  const effects = [
    ...standing.map((one) => (asksApproval(one) ? 'require' : one.trial.effect)),
    ...exceeded.map(() => 'require' as const),
    ...budgets.map(({ trial }) => trial.effect),
  ];
  const strictest = EFFECTS[Math.max(EFFECTS.indexOf('allow'), ...effects.map((effect) => EFFECTS.indexOf(effect)))] ?? 'require';
  const outcome = strictest === 'allow' && bypasses.length > 0 ? 'bypass' : strictest;
  const denials = standing.filter((one) => one.trial.effect === 'deny' && !asksApproval(one));
  const askers = [
    ...standing.filter(asksApproval).map(sayTrial),
    ...exceeded.flatMap(({ trials }) => trials.map(sayLimitTrial)),
    ...saidBy('require').map(({ trial }) => sayBudgetTrial(trial)),
  ];
  return {
    outcome,
    rules: tested.map(({ policy, trial }) => waived(trial, trial.effect === 'bypass' || !trial.matched ? undefined : waiverOf(policy))),
    limits: limits.flatMap(({ group, trials, exceeded: isExceeded }) =>
      trials.map((trial) => waived(trial, isExceeded ? waiverOf(group.policy) : undefined)),
    ),
    budgets: budgets.map(({ trial }) => trial),
    stages: outcome === 'require' ? mergeStages(demands) : [],
    warnings: [
      ...standing.filter(({ trial }) => trial.effect === 'warn').map(sayTrial),
      ...saidBy('warn').map(({ trial }) => sayBudgetTrial(trial)), // biome-ignore format: two kinds, two lines
    ],
    reasons: outcome === 'deny' ? [...denials.map(sayTrial), ...saidBy('deny').map(({ trial }) => sayBudgetTrial(trial))] : askers,
  };
}

/** Conditions hold together: one that fails ends it, one that nobody can judge fails closed (SEMANTICS 2.7). */
function tryRule(policy: Policy, { name, effect, when }: Rule, facts: Facts): RuleTrial {
  const conditions = TRIGGER_NAMES.flatMap((trigger): ConditionTrial[] => {
    const condition = when[trigger];
    return condition === undefined ? [] : [{ trigger, ...(TRIGGERS[trigger] as Trigger).try(condition, facts) }];
  });
  const told = { policy: refOf(policy), rule: name, effect, conditions };
  if (conditions.some(({ holds }) => holds === false)) return { ...told, matched: false };
  if (conditions.every(({ holds }) => holds)) return { ...told, matched: true };
  const letsPass = effect === 'bypass' || effect === 'allow';
  return { ...told, matched: !letsPass, because: 'no rate' };
}

/** What cannot be converted needs a person, not a refusal (SEMANTICS 2.7): a deny that only that made match asks the superior. */
function asksApproval({ trial: { effect, because } }: Tested): boolean {
  return effect === 'require' || (effect === 'deny' && because === 'no rate');
}

function demandOf({ policy, rule }: Tested): StageDemand {
  const { accountId, version, path } = policy;
  const stages = rule.effect === 'require' ? rule.stages : SUPERIOR;
  return { cause: { accountId, version, rule: rule.name }, depth: path.length, priority: rule.priority, stages };
}

function limitDemand({ policy: { accountId, version, path } }: LimitGroup): StageDemand {
  return { cause: { accountId, version, rule: 'buy limit' }, depth: path.length, priority: 0, stages: SUPERIOR };
}

/** Its owner, else the superior of who ordered. */
export function budgetDemand({ companyId, code, owner }: BudgetFact): StageDemand {
  const stages = owner.kind === 'person' ? SUPERIOR : [{ mode: 'any' as const, approvers: [{ kind: 'budgetOwner' as const, owner }] }];
  return { cause: { accountId: companyId, version: 0, rule: `budget ${code}` }, depth: Number.MAX_SAFE_INTEGER, priority: 0, stages };
}

function byAccountAndPriority(a: Tested, b: Tested): number {
  return a.policy.path.length - b.policy.path.length || b.rule.priority - a.rule.priority || (a.rule.name < b.rule.name ? -1 : 1);
}

function waived<Trial extends object>(trial: Trial, waivedBy: string | undefined): Trial & { waivedBy?: string } {
  return waivedBy === undefined ? trial : { ...trial, waivedBy };
}

function sayTrial({ trial: { policy, rule, conditions, because } }: Tested): string {
  const told = conditions.map(({ trigger, found, wanted }) => `${trigger} ${found} (rule: ${wanted})`).join('; ') || 'every order';
  return `"${rule}" of ${policy.account}: ${told}${because ? `; ${because}` : ''}`;
}

function sayLimitTrial({ policy, entry, limit, found, because }: LimitTrial): string {
  return `buy limit of ${policy.account} (${entry}): ${found}; the limit is ${limit}${because ? `; ${because}` : ''}`;
}
