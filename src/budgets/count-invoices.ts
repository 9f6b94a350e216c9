/** What of the committed money was invoiced: it tells, and takes nothing. An invoice that changes is corrected. */
import type { Entry } from '../domain/budgets/post.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { changedInvoices, type InvoiceShare } from '../store/budgets/invoices.ts';
import { lockPeriods } from '../store/budgets/periods.ts';
import type { Database, Transaction } from '../store/database.ts';
import { loadMark, saveMark } from '../store/orders/documents.ts';
import { write } from './write.ts';

const MARK = 'budgets invoiced';
const CHUNK = 500;
const COMMIT_LAG_MS = 10 * 60_000;

/** Answers how many movements were written. */
export async function countInvoices(db: Database, now: Date): Promise<number> {
  const since = await loadMark(db, MARK);
  let written = 0;
  for (;;) {
    const done = await db.transaction((trx) => countSome(trx, since, now));
    written += done;
    if (done < CHUNK) break;
  }
  await saveMark(db, MARK, new Date(now.getTime() - COMMIT_LAG_MS));
  return written;
}

async function countSome(trx: Transaction, since: Date, now: Date): Promise<number> {
  const found = await changedInvoices(trx, since, CHUNK);
  if (found.length === 0) return 0;
  const companies = new Set(found.map(({ companyId }) => companyId));
  for (const id of [...companies].sort((a, b) => Number(a) - Number(b))) await lockSpend(trx, id);
  // Under the lock: another process may have written them meanwhile.
  const shares = (await changedInvoices(trx, since, CHUNK)).filter(({ companyId }) => companies.has(companyId));
  const budgets = await loadBudgets(trx, [...new Set(shares.map(({ budgetId }) => budgetId))]);
  const periods = await lockPeriods(trx, [...new Set(shares.map(({ periodId }) => periodId))]);
  const { movements } = await write(trx, { budgets, periods }, shares.map((share) => entryOf(share, now)), now); // biome-ignore format: one call
  return movements.length;
}

function entryOf({ documentId, budgetId, periodId, orderId, number, version, amount, posted, movements }: InvoiceShare, now: Date): Entry {
  const key = `actual:${budgetId}:${periodId}:${documentId}:${version ?? ''}:${movements + 1}`;
  const reason = `invoice ${number ?? documentId}${movements === 0 ? '' : ' has changed'}`;
  const over = { by: 'erp', reason: 'a fact of the ERP' };
  return { budgetId, periodId, type: 'ACTUAL', amount: amount - posted, key, at: now, by: 'erp', orderId, documentId, reason, over };
}
