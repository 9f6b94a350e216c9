/** The budgets an order would be charged to, with their numbers, under the locks that keep them true until the transaction ends. */
import { type OpenDays, openDays } from '../budgets/open-days.ts';
import { available, entitled } from '../domain/budgets/balance.ts';
import { type Budget, isActive } from '../domain/budgets/budget.ts';
import type { ChargeDay } from '../domain/budgets/charge-day.ts';
import { type Closing, sayClosed } from '../domain/budgets/closing.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import type { LedgerShare } from '../domain/budgets/order-ledger.ts';
import { spread } from '../domain/budgets/spread.ts';
import type { OrderContent } from '../domain/orders/order.ts';
import type { BudgetFact, BudgetNumbers } from '../domain/policy/budget-facts.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { findBudgetsOf, loadWithAncestors } from '../store/budgets/budgets.ts';
import { loadOpenClosings } from '../store/budgets/closings.ts';
import { hasBudgets, loadLedgerShares, loadPending } from '../store/budgets/order-shares.ts';
import type { Transaction } from '../store/database.ts';
import { type Charged, dayBySubmission, describeBudget, holdsOn, ownersOf, sayNoPeriod, withoutReplaced } from './charged-budgets.ts';

/**
 * Of who ordered, of the account, of the cost centre and the project, and of those above that enforce what is below. Whatever is
 * reserved for the order itself counts as free; of a closed one nothing else does. Locks the spend of the company.
 */
export async function loadBudgetFacts(trx: Transaction, order: Charged, content: OrderContent, now: Date): Promise<BudgetFact[]> {
  if (!(await hasBudgets(trx, order.companyId))) return [];
  await lockSpend(trx, order.companyId);
  const dayOf = dayBySubmission(order, content);
  const holding = (await findBudgetsOf(trx, order.companyId, ownersOf(order, content))).filter((budget) => holdsOn(budget, dayOf(budget)));
  const own = withoutReplaced(holding, isActive);
  if (own.length === 0) return [];
  const tree = await loadWithAncestors(
    trx,
    own.map(({ id }) => id),
  );
  const charged = spread(
    own.map(({ id }) => ({ budgetId: id, amount: 1 })),
    tree,
  ).flatMap(({ budgetId }) => tree.get(budgetId) ?? []);
  return loadFactsOn(trx, order, { budgets: charged, dayOf }, now);
}

interface OnDays {
  readonly budgets: readonly Budget[];
  readonly dayOf: (budget: Budget) => ChargeDay;
}

/** Of these budgets on their days, under the lock of the company's spend. */
export async function loadFactsOn(
  trx: Transaction,
  order: Pick<Charged, 'id'>,
  { budgets, dayOf }: OnDays,
  now: Date,
): Promise<BudgetFact[]> {
  const shares = (await loadLedgerShares(trx, [order.id])).get(order.id) ?? [];
  const days = budgets.map((budget) => ({ budgetId: budget.id, day: dayOf(budget) }));
  const closings = await loadOpenClosings(trx, budgets.filter((budget) => !isActive(budget)).map(({ id }) => id)); // biome-ignore format: one call
  const held = shares.filter(({ budgetId }) => closings.has(budgetId)).map(({ periodId }) => periodId);
  const books = await openDays(trx, days, held, now);
  const pending = await loadPending(
    trx,
    books.periods.map(({ id }) => id),
    order.id,
  );
  return budgets
    .map((budget) => factOf(budget, { books, day: dayOf(budget), shares, pending, closing: closings.get(budget.id) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

interface Known {
  readonly books: OpenDays;
  readonly day: ChargeDay;
  readonly shares: readonly LedgerShare[];
  readonly pending: ReadonlyMap<string, number>;
  readonly closing: Closing | undefined;
}

function factOf(budget: Budget, known: Known): BudgetFact {
  const told = describeBudget(budget, known.day);
  if (known.closing) return { ...told, lack: sayClosed(budget, known.closing), period: heldIn(budget.id, known) };
  const period = known.books.periodOn({ budgetId: budget.id, day: known.day });
  return { ...told, lack: period === null ? sayNoPeriod(told) : null, period: period && numbersOf(period, known.shares, known.pending) };
}

/** What the order holds in a closed budget it keeps; there is nothing beside it. */
function heldIn(budgetId: string, { books, shares }: Known): BudgetNumbers | null {
  const share = shares.find((one) => one.budgetId === budgetId && takenBy(one) > 0);
  const period = share && books.periodOf(share.periodId);
  if (!period) return null;
  const held = takenBy(share);
  return { id: period.id, key: period.key, isLimited: true, total: held, available: held, pending: 0 };
}

function takenBy({ reserved, charged, credited }: LedgerShare): number {
  return reserved + charged - credited;
}

function numbersOf(period: LedgerPeriod, shares: readonly LedgerShare[], pending: ReadonlyMap<string, number>): BudgetNumbers {
  const { id, key, isLimited } = period;
  const own = shares.filter((share) => share.periodId === id).reduce((sum, one) => sum + takenBy(one), 0);
  return { id, key, isLimited, total: entitled(period), available: available(period) + own, pending: pending.get(id) ?? 0 };
}
