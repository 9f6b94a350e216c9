/**
 * What the ledger of budgets may have missed: orders that something has happened to since, whoever let it happen, and orders that could
 * not be converted before a rate came; then what was ordered elsewhere, and what was invoiced.
 */
import { countInvoices } from '../budgets/count-invoices.ts';
import { countOutside } from '../budgets/count-outside.ts';
import { ordersToSettle } from '../store/budgets/orders-to-settle.ts';
import { loadMark, saveMark } from '../store/orders/documents.ts';
import type { OrderContext } from './order-context.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

const MARK = 'budgets of orders';
const CHUNK = 100;
/** What a transaction writes is seen when it ends. */
const COMMIT_LAG_MS = 10 * 60_000;

export interface Tended {
  /** Orders that were looked at. */
  readonly looked: number;
  /** Movements of orders that were missing. */
  readonly settled: number;
  readonly outside: number;
  readonly invoiced: number;
}

export async function tendBudgets({ db, settings, now: clock }: OrderContext): Promise<Tended> {
  const now = clock();
  const since = await loadMark(db, MARK);
  let [looked, settled] = [0, 0];
  for (let after = '0'; ; ) {
    const ids = await ordersToSettle(db, { since, after, limit: CHUNK });
    if (ids.length === 0) break;
    settled += await db.transaction((trx) => settleBudgetsOf(trx, ids, now, settings.orders));
    looked += ids.length;
    after = ids.at(-1) ?? after;
  }
  await saveMark(db, MARK, new Date(now.getTime() - COMMIT_LAG_MS));
  return { looked, settled, outside: await countOutside(db, now, settings.orders), invoiced: await countInvoices(db, now) };
}
