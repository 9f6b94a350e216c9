/**
 * The budgets that past orders would have met: the money of the instant each came in, without its own; owners, rules and tree are those
 * of today, and a budget that was made later is not asked. Locks nothing and opens nothing.
 */
import { FARTHEST_DAYS } from '../budgets/books.ts';
import { loadRules } from '../budgets/open-periods.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import type { ChargeDay } from '../domain/budgets/charge-day.ts';
import { addDays } from '../domain/budgets/civil-days.ts';
import { periodOn } from '../domain/budgets/civil-periods.ts';
import { sayClosed } from '../domain/budgets/closing.ts';
import type { OwnPeriods } from '../domain/budgets/period-rule.ts';
import { spread } from '../domain/budgets/spread.ts';
import { isValidOn } from '../domain/budgets/validity.ts';
import type { BudgetFact } from '../domain/policy/budget-facts.ts';
import { dayOf as dayIn } from '../domain/start-of-day.ts';
import { findBudgetsOf, loadWithAncestors } from '../store/budgets/budgets.ts';
import { hasBudgets } from '../store/budgets/order-shares.ts';
import {
  loadPastStandings,
  type PastPeriod,
  type PastQuestion,
  type PastStanding,
  type PastStandings,
} from '../store/budgets/past-standings.ts';
import type { Database } from '../store/database.ts';
import { dayBySubmission, describeBudget, holdsOn, isOwnedBy, ownersOf, sayNoPeriod, withoutReplaced } from './charged-budgets.ts';
import type { AskedOrder } from './load-facts.ts';

type Tree = ReadonlyMap<string, Budget>;

/** By order; all of one company. */
export async function loadPastBudgets(db: Database, companyId: string, asked: readonly AskedOrder[]): Promise<Map<string, BudgetFact[]>> {
  if (!(await hasBudgets(db, companyId))) return new Map();
  const owners = new Map(
    asked.flatMap(({ order, content }) => ownersOf(order, content)).map((owner) => [`${owner.kind} ${owner.name}`, owner]),
  );
  const found = await findBudgetsOf(db, companyId, [...owners.values()]);
  const tree = await loadWithAncestors(db, found.map(({ id }) => id)); // biome-ignore format: one call
  const met = asked.map((one) => meet(one, found, tree));
  const ruleOf = await loadRules(db, [...tree.values()]);
  const standings = await loadPastStandings(db, met.flatMap(({ questions }) => questions)); // biome-ignore format: one call
  return new Map(met.map((one) => [one.order.id, factsOf(one, { tree, ruleOf, standings })]));
}

interface Past {
  readonly tree: Tree;
  readonly ruleOf: (budget: Budget) => OwnPeriods | null;
  readonly standings: PastStandings;
}

function factsOf({ order, own, dayOf }: Met, { tree, ruleOf, standings }: Past): BudgetFact[] {
  const standingOf = ({ id }: Budget) => standings({ orderId: order.id, budgetId: id });
  const isKnown = (budget: Budget) => standingOf(budget)?.isKnown === true;
  const isActive = (budget: Budget) => standingOf(budget)?.closing === null;
  const charged = chargedWith(withoutReplaced(own.filter(isKnown), isActive), tree).filter(isKnown);
  const facts = charged.map((budget) => {
    const told = describeBudget(budget, dayOf(budget));
    return factOf(budget, told, standingOf(budget), plannedThen(budget, ruleOf(budget), told.day, order.submittedAt));
  });
  return facts.sort((a, b) => (a.code < b.code ? -1 : 1));
}

interface Met extends Pick<AskedOrder, 'order'> {
  /** Of its owners, on its day. */
  readonly own: readonly Budget[];
  readonly dayOf: (budget: Budget) => ChargeDay;
  readonly questions: readonly PastQuestion[];
}

/** Whatever of today's budgets may have been charged then, and what must be known about it. */
function meet({ order, content }: AskedOrder, found: readonly Budget[], tree: Tree): Met {
  const dayOf = dayBySubmission(order, content);
  const owners = ownersOf(order, content);
  const own = found.filter((budget) => owners.some((owner) => isOwnedBy(budget, owner)) && holdsOn(budget, dayOf(budget)));
  const about = { orderId: order.id, at: order.submittedAt };
  const questions = chargedWith(own, tree).map((budget) => ({ ...about, budgetId: budget.id, day: dayOf(budget) }));
  return { order, own, questions, dayOf };
}

function chargedWith(own: readonly Budget[], tree: Tree): Budget[] {
  const charges = own.map(({ id }) => ({ budgetId: id, amount: 1 }));
  return spread(charges, tree).flatMap(({ budgetId }) => tree.get(budgetId) ?? []);
}

/** A period ahead that is not there was planned then and has been dropped since, for nothing was ever taken from it. */
function plannedThen(budget: Budget, rule: OwnPeriods | null, on: string, at: Date): PastPeriod | null {
  const today = dayIn(at, budget.zone);
  if (rule === null || on <= today || on > addDays(today, FARTHEST_DAYS) || !isValidOn(budget, on)) return null;
  const period = periodOn(rule, on);
  const total = budget.amount ?? 0;
  return period && { id: '0', key: period.key, isLimited: budget.limitKind === 'amount', total, available: total };
}

function factOf(
  budget: Budget,
  told: Omit<BudgetFact, 'lack' | 'period'>,
  standing: PastStanding | undefined,
  planned: PastPeriod | null,
): BudgetFact {
  if (standing?.closing) return { ...told, lack: sayClosed(budget, standing.closing), period: null };
  const period = standing?.period ?? planned;
  // What others waited for then is told to those who decide, and decides nothing.
  return { ...told, lack: period === null ? sayNoPeriod(told) : null, period: period && { ...period, pending: 0 } };
}
