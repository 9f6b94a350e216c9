/** Whether the ledger says already what an order demands, told without locks and periods, for many orders that a sweep looks at. */
import type { Budget } from '../domain/budgets/budget.ts';
import { mayMove } from '../domain/budgets/charge-day.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { entriesOf, type LedgerShare } from '../domain/budgets/order-ledger.ts';
import { NO_RATES } from '../domain/rates/rate.ts';
import type { OrderStanding } from '../store/budgets/order-standings.ts';
import { demandOf, trialsOf } from './order-demand.ts';

/** `false` where only a closer look can tell: money that may have to move to another period, or could not be converted. */
export function isSettled(
  standing: OrderStanding,
  shares: readonly LedgerShare[],
  budgets: ReadonlyMap<string, Budget>,
  now: Date,
): boolean {
  const trials = [standing.current, standing.accepted].flatMap(trialsOf);
  const isUnclear = trials.some(({ id, takes }) => {
    const budget = budgets.get(id);
    return (
      takes === null || (budget !== undefined && mayMove(budget) && shares.some((share) => share.budgetId === id && share.reserved !== 0))
    );
  });
  if (isUnclear) return false;
  const held = new Map(shares.map(({ budgetId, periodId }) => [budgetId, periodId]));
  const books = {
    budgets,
    // Where it is, or somewhere: what matters is whether anything would be written.
    periodOn: ({ budgetId }: { budgetId: string }) => ({ id: held.get(budgetId) ?? 'none yet' }) as LedgerPeriod,
    periodOf: () => null,
  };
  return entriesOf(demandOf({ standing, books, rates: NO_RATES, shares, chargedIn: held, now }), shares, now).length === 0;
}
