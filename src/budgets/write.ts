/** The one way into the ledger: entries, under the locks of their periods, become movements, sums and alerts. */
import type { Budget } from '../domain/budgets/budget.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { type Entry, type Posting, post } from '../domain/budgets/post.ts';
import { appendMovements, knownKeys } from '../store/budgets/movements.ts';
import type { Transaction } from '../store/database.ts';
import { type PassedPeriod, raiseAlerts } from './raise-alerts.ts';

export interface Books {
  readonly budgets: ReadonlyMap<string, Budget>;
  /** Locked by this transaction. */
  readonly periods: readonly LedgerPeriod[];
}

/** Entries whose key is known do nothing. `isChanged`: the budgets are other ones than before, so whatever their periods have come to is news. */
export async function write(
  trx: Transaction,
  { budgets, periods }: Books,
  entries: readonly Entry[],
  now: Date,
  { isChanged = false }: { isChanged?: boolean } = {},
): Promise<Posting> {
  const byId = new Map(periods.map((period) => [period.id, period]));
  const known = entries.length === 0 ? new Set<string>() : await knownKeys(trx, entries.map(({ key }) => key)); // biome-ignore format: one call
  const posting = post(byId, entries, known);
  await appendMovements(trx, posting.movements, now);
  const running = periods.filter(({ state }) => state === 'open');
  const passed = running.flatMap((period): PassedPeriod[] => {
    const posted = posting.periods.get(period.id);
    if (isChanged) return [{ period, before: null, after: posted?.after ?? period }];
    return posted ? [{ period, ...posted }] : [];
  });
  await raiseAlerts(trx, budgets, passed, now);
  return posting;
}
