/** What would have happened to past orders with these rules. Stores nothing. */
import type { Order } from '../domain/orders/order.ts';
import { pathOf } from '../domain/policy/approvers/directory.ts';
import type { Policy } from '../domain/policy/effective.ts';
import { EFFECTS, type Effect, type PolicyDocument } from '../domain/policy/schema.ts';
import { findCompany, loadUnits } from '../store/approvals/directory.ts';
import { loadPastOrders, type PastOrder } from '../store/approvals/past-orders.ts';
import { loadActivePolicies, readPolicies } from '../store/approvals/policies.ts';
import type { Database } from '../store/database.ts';
import type { CompanyRules } from './company-rules.ts';
import { assignStages, judge, loadPeopleOf, questionAbout } from './judge.ts';
import { type Known, loadFacts } from './load-facts.ts';
import { loadPastBudgets } from './load-past-budgets.ts';

const PAGE = 500;

export interface DryRunOrder {
  readonly id: string;
  /** Ours towards the ERP. */
  readonly key: string;
  readonly reference: string;
  readonly submittedAt: Date;
  readonly total: number;
  readonly currency: string;
  /** What became of it in fact. */
  readonly state: Order['state'];
  readonly outcome: Effect;
  readonly because: readonly string[];
  readonly stages: ReadonlyArray<{ readonly name: string; readonly holders: readonly string[]; readonly exhausted: string | null }>;
}

export interface DryRun {
  readonly since: Date;
  readonly counts: Readonly<Record<Effect, number>>;
  readonly orders: readonly DryRunOrder[];
  /** How many would have found nobody, or too few, to approve them. */
  readonly withoutApprover: number;
}

interface Question {
  /** Takes the place of the active rules of this account, and nobody else's. */
  readonly accountId: string;
  readonly document: PolicyDocument;
  readonly since: Date;
  readonly now: Date;
  readonly rateMaxAgeDays: number;
}

/** Sums, firsts, rates and what budgets had left are those of when each order came in; people, and the rules of budgets, are those of today. */
export async function dryRun(db: Database, question: Question): Promise<DryRun> {
  const { accountId, since, rateMaxAgeDays } = question;
  const rules = await rulesWith(db, question);
  const accountIds = [...rules.units.keys()].filter((id) => pathOf(rules.units, id).includes(accountId));
  const people = lazily(() => loadPeopleOf(db, rules, stagesOf(rules), question.now));
  const orders: DryRunOrder[] = [];
  for (let afterId: string | undefined = '0'; afterId !== undefined; ) {
    const page: PastOrder[] = await loadPastOrders(db, { companyId: rules.companyId, accountIds, since, afterId, limit: PAGE });
    const budgets = await loadPastBudgets(db, rules.companyId, page);
    for (const known of await loadFacts(db, page, { rules, asSubmitted: true, budgets, rateMaxAgeDays })) {
      orders.push(await tell(rules, known, people));
    }
    afterId = page.length === PAGE ? page.at(-1)?.order.id : undefined;
  }
  const counts = Object.fromEntries(EFFECTS.map((effect) => [effect, orders.filter(({ outcome }) => outcome === effect).length]));
  const withoutApprover = orders.filter(({ stages }) => stages.some(({ exhausted }) => exhausted !== null)).length;
  return { since, counts: counts as Record<Effect, number>, orders, withoutApprover };
}

async function rulesWith(db: Database, { accountId, document }: Question): Promise<CompanyRules> {
  const companyId = await findCompany(db, accountId);
  const units = await loadUnits(db, companyId);
  const policies = readPolicies(await loadActivePolicies(db, companyId), units);
  const account = units.get(accountId)?.name ?? `account ${accountId}`;
  const tested: Policy = { id: '0', accountId, account, version: 0, path: pathOf(units, accountId), document };
  return { companyId, units, policies: new Map([...policies, [accountId, tested]]) };
}

type People = ReturnType<typeof loadPeopleOf>;

async function tell(rules: CompanyRules, known: PastOrder & Known, people: () => People): Promise<DryRunOrder> {
  const { outcome, stages, reasons, warnings } = judge(rules, known);
  const asked = { policies: rules.policies, order: questionAbout(known, known.facts.rates) };
  const assigned = stages.length > 0 ? assignStages(stages, { ...asked, directory: await people() }) : [];
  const { id, externalKey: key, reference, submittedAt, total, currency, state } = known.order;
  return {
    id,
    key,
    reference,
    submittedAt,
    total,
    currency,
    state,
    outcome,
    because: outcome === 'warn' ? warnings : reasons,
    stages: assigned.map(({ stage: { name }, selection: { holders, exhausted } }) => {
      return { name, holders: holders.map((holder) => holder.name), exhausted };
    }),
  };
}

function stagesOf({ policies }: CompanyRules) {
  return [...policies.values()].flatMap(({ document }) => document.rules.flatMap(({ stages }) => stages));
}

function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
