/**
 * Closes a budget: from then on nothing is taken from it, and nothing moves into it or out of it, while what stands in it is settled as
 * ever. Reopened it goes on with the period of today; those that would have begun meanwhile never do.
 */
import { type Budget, isActive } from '../domain/budgets/budget.ts';
import type { Closing } from '../domain/budgets/closing.ts';
import { hasCommonDay, sayDays } from '../domain/budgets/validity.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { lockBudgets, setNextOpenings } from '../store/budgets/budgets.ts';
import { listClosings, markClosed, markReopened } from '../store/budgets/closings.ts';
import { requireBudget } from '../store/budgets/find-budget.ts';
import { findByOwners } from '../store/budgets/find-budgets.ts';
import { dropEmptyPlanned, listLastPeriods, listPeriods } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { firstOpening } from './create-budgets.ts';
import { bringUpToDate, loadRules } from './open-periods.ts';
import { invalid } from './purses.ts';

export interface BudgetState {
  readonly code: string;
  readonly currency: string;
  readonly state: Budget['state'];
  /** `false`: it was so before. */
  readonly changed: boolean;
  /** The last one; `null`: it never was closed. */
  readonly closing: Closing | null;
  /** Minor units that orders hold in it until they are settled. */
  readonly reserved: number;
}

/** A second time changes nothing, and keeps the first reason. Throws NOT_FOUND. */
export async function closeBudget(
  trx: Transaction,
  { code, by, reason }: { code: string; by: string; reason: string | null },
  now: Date,
): Promise<BudgetState> {
  const budget = await holdBudget(trx, code, now);
  if (isActive(budget)) {
    await dropEmptyPlanned(trx, [budget.id]);
    await markClosed(trx, budget.id, { by, reason }, now);
  }
  return stateOf(trx, budget, 'closed');
}

/** Throws NOT_FOUND, or BUDGET_INVALID where another one of the same owner has taken its place. */
export async function reopenBudget(trx: Transaction, { code, by }: { code: string; by: string }, now: Date): Promise<BudgetState> {
  const budget = await holdBudget(trx, code, now);
  if (!isActive(budget)) {
    await requirePlace(trx, budget);
    await markReopened(trx, budget.id, by, now);
    if (budget.nextOpensOn === null) await goOnToday(trx, budget, now);
  }
  return stateOf(trx, budget, 'active');
}

/** Locked, with orders of its company kept apart, and as the clock would have it. */
async function holdBudget(trx: Transaction, code: string, now: Date): Promise<Budget> {
  const { id, companyId } = await requireBudget(trx, code);
  await lockSpend(trx, companyId);
  await lockBudgets(trx, [id]);
  await bringUpToDate(trx, [id], now);
  return requireBudget(trx, code);
}

async function requirePlace(trx: Transaction, budget: Budget): Promise<void> {
  const other = (await findByOwners(trx, [budget])).find((one) => hasCommonDay(one, budget));
  if (!other) return;
  throw invalid(
    `${budget.code} cannot be reopened: ${other.code} has the same owner, and days in common (${sayDays(budget)}; ${sayDays(other)}); close or end that one first`,
  );
}

/** With the period that holds today, unless its last one reaches further. */
async function goOnToday(trx: Transaction, budget: Budget, now: Date): Promise<void> {
  const today = firstOpening(budget, (await loadRules(trx, [budget]))(budget), now);
  const last = (await listLastPeriods(trx, [budget.id])).get(budget.id);
  const isAfter = last && today.nextOpensOn !== null && today.nextOpensOn < last.endOn;
  const next = isAfter ? { nextOpensOn: last.endOn, nextOpensAt: last.endAt } : today;
  const stamps = [next.nextOpensAt, budget.nextDueAt].flatMap((stamp) => (stamp ? Number(stamp) : []));
  await setNextOpenings(trx, [{ ...next, id: budget.id, nextDueAt: new Date(Math.min(...stamps)) }]);
  await bringUpToDate(trx, [budget.id], now);
}

async function stateOf(trx: Transaction, { id, code, currency, state: before }: Budget, state: Budget['state']): Promise<BudgetState> {
  const closing = (await listClosings(trx, id)).at(-1) ?? null;
  const reserved = (await listPeriods(trx, id)).reduce((sum, period) => sum + period.reserved, 0);
  return { code, currency, state, changed: before !== state, closing, reserved };
}
