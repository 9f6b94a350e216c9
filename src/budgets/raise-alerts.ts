/** Tells the people of a budget when a movement takes it across one of its alert percentages. */

import { type Balance, entitled, used } from '../domain/budgets/balance.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import type { Posting } from '../domain/budgets/post.ts';
import { decimalOfMinor } from '../domain/orders/money.ts';
import { type BudgetAlert, findReaders, insertAlerts } from '../store/budgets/alerts.ts';
import type { Transaction } from '../store/database.ts';
import { queueNotices } from '../store/notifications.ts';

/** In the transaction of the movements; three statements if something was crossed, none otherwise. */
export async function raiseAlerts(
  trx: Transaction,
  { budgets, periods, posting }: { budgets: ReadonlyMap<string, Budget>; periods: readonly LedgerPeriod[]; posting: Posting },
  now: Date,
): Promise<void> {
  const crossed = periods.flatMap((period): BudgetAlert[] => {
    const posted = posting.periods.get(period.id);
    const percents = budgets.get(period.budgetId)?.alertPercents ?? [];
    if (!posted || !period.isLimited || period.state !== 'open') return [];
    return percents
      .filter((percent) => hasReached(posted.after, percent) && !hasReached(posted.before, percent))
      .map((percent) => ({ periodId: period.id, percent, used: used(posted.after), limitedTo: entitled(posted.after) }));
  });
  const alerts = highestOf(await insertAlerts(trx, crossed, now));
  if (alerts.length === 0) return;
  const byId = new Map(periods.map((period) => [period.id, period]));
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

function hasReached(balance: Balance, percent: number): boolean {
  const spent = used(balance);
  return spent > 0 && spent * 100 >= percent * Math.max(0, entitled(balance));
}
