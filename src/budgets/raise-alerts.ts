/** Tells the people of a budget when a movement, the clock or a change of the budget takes a running period across one of its alert percentages. */
import { entitled, used } from '../domain/budgets/balance.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import { crossed, type Passage } from '../domain/budgets/crossing.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { decimalOfMinor } from '../domain/orders/money.ts';
import { type BudgetAlert, findReaders, insertAlerts } from '../store/budgets/alerts.ts';
import type { Transaction } from '../store/database.ts';
import { queueNotices } from '../store/notifications.ts';

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
  const alerts = highestOf(await insertAlerts(trx, reached, now));
  if (alerts.length === 0) return;
  const byId = new Map(passed.map(({ period }) => [period.id, period]));
  const readers = await findReaders(trx, [...new Set(alerts.flatMap(({ periodId }) => byId.get(periodId)?.budgetId ?? []))]);
  const notices = alerts.flatMap(({ periodId, percent, used: spent, limitedTo }) => {
    const period = byId.get(periodId);
    const budget = period && budgets.get(period.budgetId);
    if (!period || !budget) return [];
    const { currency } = budget;
    const facts = {
      ...{ budget: budget.code, budgetName: budget.name, period: period.key, percent, currency, used: spent, limitedTo },
      ...{ usedText: decimalOfMinor(spent, currency), limitText: decimalOfMinor(limitedTo, currency), endsAt: period.endAt.toISOString() },
    };
    return readers
      .filter(({ budgetId }) => budgetId === budget.id)
      .map(({ personId }) => ({
        event: 'budget.alert' as const,
        dedupeKey: `budget.alert:${periodId}:${percent}:${personId}`,
        personId,
        facts,
      }));
  });
  await queueNotices(trx, notices, now);
}

/** Whoever crosses several at once is told the highest of them, once; all are written down as crossed. */
function highestOf(alerts: readonly BudgetAlert[]): BudgetAlert[] {
  const highest = new Map<string, BudgetAlert>();
  for (const alert of alerts) if (alert.percent > (highest.get(alert.periodId)?.percent ?? 0)) highest.set(alert.periodId, alert);
  return [...highest.values()];
}
