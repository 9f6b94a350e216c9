/** What of the committed money was invoiced: it tells, and takes nothing. An invoice that changes is corrected. */
import type { Entry } from '../domain/budgets/post.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { type InvoiceShare, invoiceShares, invoicesToCount } from '../store/budgets/invoices.ts';
import { lockPeriods } from '../store/budgets/periods.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type Swept, sweep } from './sweep.ts';
import { write } from './write.ts';

export function countInvoices(db: Database, now: Date): Promise<Swept> {
  const mend = (trx: Transaction, ids: readonly string[]) => countThese(trx, ids, now);
  return sweep(db, { mark: 'budgets invoiced', chunk: 200, find: invoicesToCount, mend }, now);
}

async function countThese(trx: Transaction, invoiceIds: readonly string[], now: Date): Promise<number> {
  const found = await invoiceShares(trx, invoiceIds);
  if (found.length === 0) return 0;
  const companies = new Set(found.map(({ companyId }) => companyId));
  await lockSpends(trx, companies);
  // Under the lock: another process may have written them meanwhile.
  const shares = (await invoiceShares(trx, invoiceIds)).filter(({ companyId }) => companies.has(companyId));
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
