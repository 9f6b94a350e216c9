/** Tells the people of budgets that a share of them was reached; what nobody is there to be told is told to whoever is there later. */
import { decimalOfMinor } from '../domain/orders/money.ts';
import { findReaders, lockUntold, markUntold, type ReachedAlert } from '../store/budgets/alerts.ts';
import type { Transaction } from '../store/database.ts';
import { queueNotices } from '../store/notifications.ts';

/** What has nobody to read it stands on the radar. */
export async function tellAlerts(trx: Transaction, alerts: readonly ReachedAlert[], now: Date): Promise<void> {
  await markUntold(trx, await tellReaders(trx, alerts, now), true);
}

/** Answers how many could be told by now, of periods that still run. */
export async function tellUntold(trx: Transaction, now: Date): Promise<number> {
  const untold = await lockUntold(trx);
  const left = new Set(await tellReaders(trx, untold, now));
  const told = untold.filter((alert) => !left.has(alert));
  await markUntold(trx, told, false);
  return told.length;
}

/** Answers those that nobody is there to be told. */
async function tellReaders(trx: Transaction, alerts: readonly ReachedAlert[], now: Date): Promise<ReachedAlert[]> {
  if (alerts.length === 0) return [];
  const readers = await findReaders(trx, [...new Set(alerts.map(({ budgetId }) => budgetId))]);
  const personsOf = new Map<string, string[]>();
  for (const { budgetId, personId } of readers) personsOf.set(budgetId, [...(personsOf.get(budgetId) ?? []), personId]);
  const notices = alerts.flatMap((alert) =>
    (personsOf.get(alert.budgetId) ?? []).map((personId) => ({
      event: 'budget.alert' as const,
      dedupeKey: `budget.alert:${alert.periodId}:${alert.percent}:${personId}`,
      personId,
      facts: factsOf(alert),
    })),
  );
  await queueNotices(trx, notices, now);
  return alerts.filter(({ budgetId }) => !personsOf.has(budgetId));
}

function factsOf({ code, name, period, percent, currency, used, limitedTo, endsAt }: ReachedAlert) {
  return {
    ...{ budget: code, budgetName: name, period, percent, currency, used, limitedTo },
    ...{ usedText: decimalOfMinor(used, currency), limitText: decimalOfMinor(limitedTo, currency), endsAt: endsAt.toISOString() },
  };
}
