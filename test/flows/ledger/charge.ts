/** What the ERP tells of money: another amount than was ordered, credits, spending outside the shop, invoices. Facts are never refused. */

import { type OpenBooks, openBooks } from '../../../src/budgets/books.ts';
import { write } from '../../../src/budgets/write.ts';
import type { Budget } from '../../../src/domain/budgets/budget.ts';
import type { LedgerPeriod } from '../../../src/domain/budgets/ledger-period.ts';
import type { Entry } from '../../../src/domain/budgets/post.ts';
import { type Charge, spread } from '../../../src/domain/budgets/spread.ts';
import type { ChargeDay } from '../../../src/store/budgets/periods.ts';
import type { Transaction } from '../../../src/store/database.ts';
import { loadOrderShares, type OrderShare } from './order-shares.ts';
import { commitsOf } from './settle.ts';

export interface Fact {
  /** Says which fact it is, for ever: document and version, line event, invoice and line. The budget is added to it. */
  readonly key: string;
  readonly charges: readonly Charge[];
  /** Where it happened, for budgets in which the order has nothing yet; for credits that come too late, the day they come. */
  readonly day: ChargeDay;
  readonly orderId?: string | null;
  readonly documentId?: string | null;
  readonly by?: string;
  readonly reason?: string | null;
}

export interface Recorded {
  /** Movements that are new. */
  readonly written: number;
  /** Budgets that have no period on that day, so that nothing was written to them. */
  readonly withoutPeriod: readonly string[];
}

/** The ERP says what the order comes to now, per budget; the difference is written, and what was still reserved is committed first. */
export async function adjust(trx: Transaction, fact: Fact & { readonly orderId: string }, now: Date): Promise<Recorded> {
  const { books, shares } = await openFact(trx, fact, now);
  const commits = commitsOf(shares, { orderId: fact.orderId, by: byOf(fact) }, now);
  return record(trx, books, fact, shares, now, commits, ({ amount }, share) => ({
    type: 'ADJUST',
    amount: amount - (share ? share.charged + share.reserved : 0),
    periodId: share?.periodId ?? null,
  }));
}

/** Charges are what is given back, above zero. To the period it was taken from until that is closed for good; then as the budget says. */
export async function credit(trx: Transaction, fact: Fact & { readonly orderId: string }, now: Date): Promise<Recorded> {
  const { books, shares } = await openFact(trx, fact, now);
  return record(trx, books, fact, shares, now, [], ({ amount }, share, budget) => {
    const original = books.periods.find(({ id }) => id === share?.periodId) ?? null;
    const told = { type: 'CREDIT' as const, amount: -amount };
    if (original?.state !== 'closed_final' || budget.lateCredit === 'original') return { ...told, periodId: original?.id ?? null };
    if (budget.lateCredit === 'current')
      return { ...told, periodId: books.onDay.get(budget.id)?.id ?? original.id, reason: `late credit of ${original.key}` };
    return { ...told, amount: 0, periodId: original.id, reason: `came after ${original.key} was closed; its budget takes no late credits` };
  });
}

/** Ordered elsewhere. */
export async function external(trx: Transaction, fact: Fact, now: Date): Promise<Recorded> {
  const { books } = await openFact(trx, fact, now);
  return record(trx, books, fact, [], now, [], ({ amount }) => ({ type: 'EXTERNAL', amount, periodId: null }));
}

/** Invoiced: tells, and takes nothing. */
export async function actual(trx: Transaction, fact: Fact, now: Date): Promise<Recorded> {
  const { books, shares } = await openFact(trx, fact, now);
  return record(trx, books, fact, shares, now, [], ({ amount }, share) => ({ type: 'ACTUAL', amount, periodId: share?.periodId ?? null }));
}

type Placed = Pick<Entry, 'type' | 'amount'> & { readonly periodId: string | null; readonly reason?: string };

async function record(
  trx: Transaction,
  books: OpenBooks,
  fact: Fact,
  shares: readonly OrderShare[],
  now: Date,
  first: readonly Entry[],
  place: (charge: Charge, share: OrderShare | undefined, budget: Budget) => Placed,
): Promise<Recorded> {
  const { orderId = null, documentId = null, reason = null } = fact;
  const direct = new Set(fact.charges.map(({ budgetId }) => budgetId));
  const byBudget = new Map(shares.map((share) => [share.budgetId, share]));
  const withoutPeriod: string[] = [];
  const entries = spread(fact.charges, books.budgets).flatMap((charge): Entry[] => {
    const budget = books.budgets.get(charge.budgetId);
    const share = byBudget.get(charge.budgetId);
    // Those above follow the order's own entries: the tree may have been another when it was reserved.
    if (!budget || (shares.length > 0 && !share && !direct.has(charge.budgetId))) return [];
    const placed = place(charge, share, budget);
    const periodId = placed.periodId ?? periodOf(books, charge.budgetId)?.id;
    if (periodId === undefined) withoutPeriod.push(charge.budgetId);
    if (periodId === undefined || (placed.amount === 0 && placed.type !== 'CREDIT')) return [];
    const about = { orderId, documentId, revision: share?.revision ?? null, original: charge.original ?? null };
    const key = `${placed.type.toLowerCase()}:${fact.key}:${charge.budgetId}`;
    const over = { by: byOf(fact), reason: 'a fact of the ERP' };
    return [{ ...about, reason, ...placed, budgetId: charge.budgetId, periodId, key, at: now, by: byOf(fact), over }];
  });
  const { movements } = await write(trx, books, [...first, ...entries], now);
  return { written: movements.length, withoutPeriod };
}

async function openFact(
  trx: Transaction,
  { charges, day, orderId = null }: Fact,
  now: Date,
): Promise<{ books: OpenBooks; shares: OrderShare[] }> {
  const found = orderId === null ? [] : await loadOrderShares(trx, orderId);
  const budgetIds = [...new Set([...charges, ...found].map(({ budgetId }) => budgetId))];
  const books = await openBooks(trx, { budgetIds, day, also: found.map(({ periodId }) => periodId) }, now);
  return { books, shares: orderId === null ? [] : await loadOrderShares(trx, orderId) };
}

function periodOf(books: OpenBooks, budgetId: string): LedgerPeriod | undefined {
  return books.onDay.get(budgetId);
}

function byOf({ by = 'erp' }: Fact): string {
  return by;
}
