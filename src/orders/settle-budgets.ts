/**
 * Brings the ledger of budgets to what the states of orders demand: reserved while an order waits or is on its way, committed as the ERP
 * took it, released or credited when it is gone. It asks what is, not what happened, so it may be called whenever something has changed,
 * again, late, or in two processes, and whatever one call missed the next one mends.
 */
import { openDays } from '../budgets/open-days.ts';
import { write } from '../budgets/write.ts';
import { entriesOf, type LedgerShare } from '../domain/budgets/order-ledger.ts';
import type { RateBook } from '../domain/rates/rate.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { loadLedgerShares } from '../store/budgets/order-shares.ts';
import { companiesOf, loadOrderStandings, type OrderStanding } from '../store/budgets/order-standings.ts';
import type { Transaction } from '../store/database.ts';
import { isSettled } from './is-settled.ts';
import { daysAsked, demandOf, trialsOf } from './order-demand.ts';
import { ratesKept, ratesSince } from './rates-since.ts';

/** In the transaction of the change, after it. Answers how many movements were written. */
export async function settleBudgetsOf(
  trx: Transaction,
  orderIds: readonly string[],
  now: Date,
  { rateMaxAgeDays = 7 }: { rateMaxAgeDays?: number } = {},
): Promise<number> {
  let written = 0;
  const open = orderIds.length > 1 ? await withoutSettled(trx, orderIds, now) : orderIds;
  // Company by company, whose spend is locked while its orders are settled, in the same order as batches that are submitted.
  for (const [companyId, ids] of await byCompany(trx, open)) {
    await lockSpend(trx, companyId);
    for (const standing of await loadOrderStandings(trx, ids)) written += await settle(trx, standing, now, rateMaxAgeDays);
  }
  return written;
}

/** Of many orders, as a sweep looks at, nearly all are right: they are told in three statements, and left alone. */
async function withoutSettled(trx: Transaction, orderIds: readonly string[], now: Date): Promise<string[]> {
  const standings = await loadOrderStandings(trx, orderIds);
  const shares = await loadLedgerShares(trx, orderIds);
  const budgets = await loadBudgets(trx, [...new Set(standings.flatMap(({ current, accepted }) => [current, accepted].flatMap(trialsOf)).map(({ id }) => id))]); // biome-ignore format: one call
  return standings.filter((one) => !isSettled(one, shares.get(one.orderId) ?? [], budgets, now)).map(({ orderId }) => orderId);
}

async function byCompany(trx: Transaction, orderIds: readonly string[]): Promise<Array<[string, string[]]>> {
  const companies = new Map<string, string[]>();
  for (const { companyId, orderId } of await companiesOf(trx, orderIds))
    companies.set(companyId, [...(companies.get(companyId) ?? []), orderId]);
  return [...companies];
}

async function settle(trx: Transaction, standing: OrderStanding, now: Date, rateMaxAgeDays: number): Promise<number> {
  const { orderId } = standing;
  const shares = (await loadLedgerShares(trx, [orderId])).get(orderId) ?? [];
  const named = [standing.current, standing.accepted].flatMap((revision) => trialsOf(revision).map(({ id }) => id));
  if (named.length === 0 && shares.length === 0) return 0;
  const budgets = await loadBudgets(trx, [...new Set([...named, ...shares.map(({ budgetId }) => budgetId)])]);
  const asked = daysAsked({ standing, budgets, now });
  const books = await openDays(trx, asked, shares.map(({ periodId }) => periodId), now); // biome-ignore format: one call
  const locked = (await loadLedgerShares(trx, [orderId])).get(orderId) ?? [];
  const rates: RateBook = new Map([...(await ratesSince(trx, standing, budgets, rateMaxAgeDays)), ...ratesKept(locked, budgets)]);
  const demand = demandOf({ standing, books, rates, shares: locked, chargedIn: chargedIn(locked), now });
  const entries = entriesOf(demand, locked, now);
  if (entries.length === 0) return 0;
  return (await write(trx, { budgets, periods: books.periods }, entries, now)).movements.length;
}

/** Where most of it stands. */
function chargedIn(shares: readonly LedgerShare[]): Map<string, string> {
  const charged = shares.filter((share) => share.charged !== 0).sort((a, b) => a.charged - b.charged);
  return new Map(charged.map(({ budgetId, periodId }) => [budgetId, periodId]));
}
