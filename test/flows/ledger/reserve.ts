/** Drives the ledger as orders do, without orders: an order takes its amount out of its budgets, out of all of them or none. */

import { type OpenBooks, openBooks } from '../../../src/budgets/books.ts';
import { write } from '../../../src/budgets/write.ts';
import { available } from '../../../src/domain/budgets/balance.ts';
import type { Budget } from '../../../src/domain/budgets/budget.ts';
import type { Entry, Over } from '../../../src/domain/budgets/post.ts';
import { type Charge, spread } from '../../../src/domain/budgets/spread.ts';
import { decimalOfMinor } from '../../../src/domain/orders/money.ts';
import type { ChargeDay } from '../../../src/store/budgets/periods.ts';
import type { Transaction } from '../../../src/store/database.ts';
import { loadOrderShares, type OrderShare } from './order-shares.ts';

export interface ReserveRequest {
  readonly orderId: string;
  readonly revision: number;
  /** Of the budgets the order is charged to; those above follow by themselves. */
  readonly charges: readonly Charge[];
  readonly day: ChargeDay;
  readonly by: string;
  /** Somebody with authority lets it exceed budgets that require approval. Those that block it block it still. */
  readonly over?: Over | null;
}

export interface BudgetVerdict {
  readonly budgetId: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly enforcement: Budget['enforcement'];
  /** `null`: the budget has no period on that day, and nothing was reserved in it. */
  readonly periodId: string | null;
  readonly periodKey: string | null;
  /** Charged with what is below it, not by the order itself. */
  readonly isAbove: boolean;
  readonly amount: number;
  /** Before this order; `null`: no limit. Below zero: overspent. */
  readonly available: number | null;
  /** By how much it does not fit. */
  readonly excess: number;
}

export interface Reservation {
  /**
   * - reserved: in every budget that has a period on that day, what exceeded `allow` and `warn` with an OVERRIDE
   * - held: not reserved, for a budget that requires approval does not cover it; what an older revision had reserved is released
   * - refused: nothing was written, for a budget that blocks does not cover it
   */
  readonly outcome: 'reserved' | 'held' | 'refused';
  readonly budgets: readonly BudgetVerdict[];
}

/**
 * In one transaction with the order's own change. What older revisions of it had reserved is released first and counts as free. Doing it
 * twice does it once. A budget without a period on that day is answered with `periodId: null`; whether that is right is the caller's question.
 */
export async function reserve(trx: Transaction, request: ReserveRequest, now: Date): Promise<Reservation> {
  const { books, shares } = await openFor(trx, request, now);
  const reservation = judge(books, shares, request);
  if (reservation.outcome === 'refused') return reservation;
  const entries = shares
    .filter(({ reserved, revision }) => reserved !== 0 && revision !== request.revision)
    .map((old) => releaseOf(old, request, now));
  if (reservation.outcome === 'reserved') entries.push(...reservationsOf(books, reservation.budgets, request, now));
  await write(trx, books, entries, now);
  return reservation;
}

/** What `reserve` would answer, under the same locks and without writing. */
export async function weigh(trx: Transaction, request: ReserveRequest, now: Date): Promise<Reservation> {
  const { books, shares } = await openFor(trx, request, now);
  return judge(books, shares, request);
}

async function openFor(
  trx: Transaction,
  { orderId, charges, day }: ReserveRequest,
  now: Date,
): Promise<{ books: OpenBooks; shares: OrderShare[] }> {
  const shares = await loadOrderShares(trx, orderId);
  const budgetIds = [...new Set([...charges.map(({ budgetId }) => budgetId), ...shares.map(({ budgetId }) => budgetId)])];
  const books = await openBooks(trx, { budgetIds, day, also: shares.map(({ periodId }) => periodId) }, now);
  return { books, shares: await loadOrderShares(trx, orderId) };
}

function judge(books: OpenBooks, shares: readonly OrderShare[], { charges, over = null }: ReserveRequest): Reservation {
  const own = new Map(shares.map(({ periodId, reserved }) => [periodId, reserved]));
  const direct = new Set(charges.map(({ budgetId }) => budgetId));
  const budgets = spread(charges, books.budgets).flatMap(({ budgetId, amount }): BudgetVerdict[] => {
    const budget = books.budgets.get(budgetId);
    if (!budget) return [];
    const period = books.onDay.get(budgetId) ?? null;
    const { code, name, currency, enforcement } = budget;
    const free = period?.isLimited ? available(period) + (own.get(period.id) ?? 0) : null;
    const excess = free === null ? 0 : Math.max(0, Math.min(amount, amount - free));
    const where = { periodId: period?.id ?? null, periodKey: period?.key ?? null, isAbove: !direct.has(budgetId) };
    return [{ budgetId, code, name, currency, enforcement, ...where, amount, available: free, excess }];
  });
  const exceeded = new Set(budgets.flatMap(({ excess, enforcement }) => (excess > 0 ? enforcement : [])));
  if (exceeded.has('block')) return { outcome: 'refused', budgets };
  return { outcome: exceeded.has('require_approval') && over === null ? 'held' : 'reserved', budgets };
}

function reservationsOf(
  books: OpenBooks,
  verdicts: readonly BudgetVerdict[],
  { orderId, revision, charges, by, over = null }: ReserveRequest,
  now: Date,
): Entry[] {
  const originals = new Map(spread(charges, books.budgets).map((charge) => [charge.budgetId, charge.original ?? null]));
  return verdicts.flatMap((verdict): Entry[] => {
    const { budgetId, periodId, amount, enforcement } = verdict;
    if (periodId === null || amount === 0) return [];
    const told = over && enforcement === 'require_approval' ? over : { by, reason: sayExcess(verdict) };
    const key = `reserve:${orderId}:${revision}:${budgetId}`;
    const original = originals.get(budgetId) ?? null;
    return [{ budgetId, periodId, type: 'RESERVE', amount, key, at: now, by, orderId, revision, original, over: told }];
  });
}

/** Names the rule that lets it pass. */
function sayExcess({ code, enforcement, excess, currency }: BudgetVerdict): string {
  return `enforcement ${enforcement} of ${code} lets orders exceed it: ${decimalOfMinor(excess, currency)} ${currency} over`;
}

export function releaseOf(
  share: OrderShare,
  { orderId, by, reason }: { orderId: string; by: string; reason?: string | null },
  now: Date,
): Entry {
  const { budgetId, periodId, revision, reserved } = share;
  const key = `release:${orderId}:${revision}:${budgetId}`;
  const over = { by, reason: 'still overspent' };
  return {
    budgetId,
    periodId,
    type: 'RELEASE',
    amount: -reserved,
    key,
    at: now,
    by,
    orderId,
    revision,
    reason: reason ?? 'another revision takes its place',
    over,
  };
}
