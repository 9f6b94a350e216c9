/** New budgets begin with the period that holds today, or with their first day. */
import type { Budget, NewBudget } from '../domain/budgets/budget.ts';
import { periodOn } from '../domain/budgets/civil-periods.ts';
import type { ListedPeriod } from '../domain/budgets/period-list.ts';
import type { OwnPeriods } from '../domain/budgets/period-rule.ts';
import { dayOf, startOfDay } from '../domain/start-of-day.ts';
import { insertBudgets } from '../store/budgets/budgets.ts';
import type { Transaction } from '../store/database.ts';
import { bringUpToDate, loadRules } from './open-periods.ts';

/** Checked definitions, whose codes are not taken. Their first periods are open when it answers their ids by code. */
export async function createBudgets(trx: Transaction, budgets: readonly NewBudget[], by: string, now: Date): Promise<Map<string, string>> {
  const ruleOf = await loadRules(trx, budgets);
  const rows = budgets.map((budget) => ({ ...budget, ...firstOpening(budget, ruleOf(budget), now) }));
  const ids = await insertBudgets(trx, rows, by, now);
  await bringUpToDate(trx, [...ids.values()], now);
  return ids;
}

export function firstOpening(
  { validFrom, zone }: Pick<NewBudget, 'validFrom' | 'zone'>,
  rule: OwnPeriods | null,
  now: Date,
): Pick<Budget, 'nextOpensOn' | 'nextOpensAt'> {
  const today = dayOf(now, zone);
  const running = rule && periodOn(rule, today)?.startOn;
  const wanted = running && running > validFrom ? running : validFrom;
  const on = rule?.kind === 'list' ? firstListed(rule.periods, wanted) : wanted;
  return { nextOpensOn: on, nextOpensAt: startOfDay(on, zone) };
}

/** A list may begin after the budget does. */
function firstListed(periods: readonly ListedPeriod[], wanted: string): string {
  const later = periods.find(({ endOn }) => endOn > wanted);
  return later && later.startOn > wanted ? later.startOn : wanted;
}
