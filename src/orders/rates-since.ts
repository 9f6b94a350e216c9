/** Rates for what could not be converted when it was judged: they may have been imported since, for the day it came in. */
import { ratesOfTrace } from '../approvals/trace.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import type { LedgerShare } from '../domain/budgets/order-ledger.ts';
import { rateOf } from '../domain/budgets/original.ts';
import { civilDay } from '../domain/orders/civil-day.ts';
import { bookOf, NO_RATES, pairKey, type RateBook } from '../domain/rates/rate.ts';
import type { OrderStanding } from '../store/budgets/order-standings.ts';
import type { Transaction } from '../store/database.ts';
import { loadRateBook } from '../store/rates.ts';

export async function ratesSince(
  trx: Transaction,
  { current, accepted, submittedAt, zone }: OrderStanding,
  budgets: ReadonlyMap<string, Budget>,
  maxAgeDays: number,
): Promise<RateBook> {
  const missing = [current, accepted].flatMap((revision) => {
    if (!revision) return [];
    const { currency: from } = revision.content;
    const known = ratesOfTrace(revision.trace);
    return [...budgets.values()].filter(({ currency: to }) => {
      const answer = known.get(pairKey(from, to));
      return from !== to && (answer === undefined || 'lack' in answer);
    }).map(({ currency: to }) => ({ from, to })); // biome-ignore format: one chain
  });
  if (missing.length === 0) return NO_RATES;
  const [from, to] = [missing.map((one) => one.from), missing.map((one) => one.to)].map((all) => [...new Set(all)]);
  return loadRateBook(trx, { from: from ?? [], to: to ?? [], day: civilDay(submittedAt, zone), maxAgeDays });
}

/** By which the order was converted when it came into the ledger: one that is corrected afterwards books nothing of it anew. */
export function ratesKept(shares: readonly LedgerShare[], budgets: ReadonlyMap<string, Budget>): RateBook {
  return bookOf(
    shares.flatMap(({ budgetId, firstOriginal }) => {
      const budget = budgets.get(budgetId);
      return firstOriginal && budget ? rateOf(firstOriginal, budget.currency) : [];
    }),
  );
}
