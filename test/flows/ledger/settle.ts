/** What becomes of a reservation: the order is gone, or the ERP has taken it. */

import { type OpenBooks, openBooks } from '../../../src/budgets/books.ts';
import { write } from '../../../src/budgets/write.ts';
import type { Entry } from '../../../src/domain/budgets/post.ts';
import type { Transaction } from '../../../src/store/database.ts';
import { loadOrderShares, type OrderShare } from './order-shares.ts';
import { releaseOf } from './reserve.ts';

export interface Settlement {
  readonly orderId: string;
  readonly by: string;
  /** Such as declined, withdrawn, expired. */
  readonly reason?: string | null;
}

/** Declined, withdrawn, expired, cancelled before the ERP had it: everything it still reserves becomes free. Both entries remain. */
export async function release(trx: Transaction, settlement: Settlement, now: Date): Promise<void> {
  const { books, shares } = await openShares(trx, settlement.orderId, now);
  const entries = shares.filter(({ reserved }) => reserved !== 0).map((share) => releaseOf(share, { reason: null, ...settlement }, now));
  await write(trx, books, entries, now);
}

/** The ERP has accepted it: reserved becomes committed, in the period it was reserved in, whatever has become of that. */
export async function commit(trx: Transaction, settlement: Settlement, now: Date): Promise<void> {
  const { books, shares } = await openShares(trx, settlement.orderId, now);
  await write(trx, books, commitsOf(shares, settlement, now), now);
}

export function commitsOf(shares: readonly OrderShare[], { orderId, by, reason = null }: Settlement, now: Date): Entry[] {
  return shares
    .filter(({ reserved }) => reserved !== 0)
    .map(({ budgetId, periodId, revision, reserved }) => {
      const key = `commit:${orderId}:${revision}:${budgetId}`;
      const over = { by, reason: 'still overspent' };
      return { budgetId, periodId, type: 'COMMIT', amount: reserved, key, at: now, by, orderId, revision, reason, over };
    });
}

/** The books an order stands in, without those of a day. */
async function openShares(trx: Transaction, orderId: string, now: Date): Promise<{ books: OpenBooks; shares: OrderShare[] }> {
  const found = await loadOrderShares(trx, orderId);
  if (found.length === 0) return { books: { budgets: new Map(), periods: [], onDay: new Map() }, shares: [] };
  const ids = found.map(({ budgetId }) => budgetId);
  const books = await openBooks(trx, { budgetIds: ids, day: null, also: found.map(({ periodId }) => periodId) }, now);
  return { books, shares: await loadOrderShares(trx, orderId) };
}
