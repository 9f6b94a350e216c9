/** Tells the people of a budget when a movement, the clock or a change of the budget takes a running period across one of its alert percentages. */
import { entitled, used } from '../domain/budgets/balance.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import { crossed, type Passage } from '../domain/budgets/crossing.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { type BudgetAlert, insertAlerts, type ReachedAlert } from '../store/budgets/alerts.ts';
import type { Transaction } from '../store/database.ts';
import { tellAlerts } from './tell-alerts.ts';

export type AlertingBudget = Pick<Budget, 'id' | 'code' | 'name' | 'currency' | 'alertPercents'>;

/** A running period that something has happened to. */
export interface PassedPeriod extends Passage {
  readonly period: LedgerPeriod;
}

/** In the transaction of what happened; three statements if something was crossed, none otherwise. */
export async function raiseAlerts(
  trx: Transaction,
  budgets: ReadonlyMap<string, AlertingBudget>,
  passed: readonly PassedPeriod[],
  now: Date,
): Promise<void> {
  const reached = passed.flatMap(({ period, ...passage }): BudgetAlert[] => {
    const percents = budgets.get(period.budgetId)?.alertPercents ?? [];
    if (!period.isLimited) return [];
    const [spent, limitedTo] = [used(passage.after), entitled(passage.after)];
    return crossed(percents, passage).map((percent) => ({ periodId: period.id, percent, used: spent, limitedTo }));
  });
  const byId = new Map(passed.map(({ period }) => [period.id, period]));
  const alerts = highestOf(await insertAlerts(trx, reached, now)).flatMap((alert): ReachedAlert[] => {
    const period = byId.get(alert.periodId);
    const budget = period && budgets.get(period.budgetId);
    if (!period || !budget) return [];
    const { id: budgetId, code, name, currency } = budget;
    return [{ ...alert, budgetId, code, name, currency, period: period.key, endsAt: period.endAt }];
  });
  await tellAlerts(trx, alerts, now);
}

/** Whoever crosses several at once is told the highest of them, once; all are written down as crossed. */
function highestOf(alerts: readonly BudgetAlert[]): BudgetAlert[] {
  const highest = new Map<string, BudgetAlert>();
  for (const alert of alerts) if (alert.percent > (highest.get(alert.periodId)?.percent ?? 0)) highest.set(alert.periodId, alert);
  return [...highest.values()];
}
