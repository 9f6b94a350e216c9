/** The one way into the ledger: entries, under the locks of their periods, become movements, sums and alerts. */
import type { Budget } from '../domain/budgets/budget.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { type Entry, type Posting, post } from '../domain/budgets/post.ts';
import { appendMovements, knownKeys } from '../store/budgets/movements.ts';
import type { Transaction } from '../store/database.ts';
import { raiseAlerts } from './raise-alerts.ts';

export interface Books {
  readonly budgets: ReadonlyMap<string, Budget>;
  /** Locked by this transaction. */
  readonly periods: readonly LedgerPeriod[];
}

/** Entries whose key is known do nothing. */
export async function write(trx: Transaction, { budgets, periods }: Books, entries: readonly Entry[], now: Date): Promise<Posting> {
  const byId = new Map(periods.map((period) => [period.id, period]));
  if (entries.length === 0) return post(byId, [], new Set());
  const known = await knownKeys(
    trx,
    entries.map(({ key }) => key),
  );
  const posting = post(byId, entries, known);
  await appendMovements(trx, posting.movements, now);
  const running = periods.filter(({ state }) => state === 'open');
  const passed = running.flatMap((period) => {
    const posted = posting.periods.get(period.id);
    return posted ? { period, ...posted } : [];
  });
  await raiseAlerts(trx, budgets, passed, now);
  return posting;
}
