/**
 * What the ledger of budgets may have missed: orders that something has happened to since, whoever let it happen, and orders that could
 * not be converted before a rate came; then what was ordered elsewhere, what was invoiced, and alerts that nobody was there to be told.
 */
import { countInvoices } from '../budgets/count-invoices.ts';
import { countOutside } from '../budgets/count-outside.ts';
import { throwStuck } from '../budgets/stuck.ts';
import { sweep } from '../budgets/sweep.ts';
import { tellUntold } from '../budgets/tell-alerts.ts';
import { ordersToSettle } from '../store/budgets/orders-to-settle.ts';
import type { OrderContext } from './order-context.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

export interface Tended {
  /** Orders that were looked at. */
  readonly looked: number;
  /** Movements of orders that were missing. */
  readonly settled: number;
  readonly outside: number;
  readonly invoiced: number;
  /** Alerts that somebody is there to be told by now. */
  readonly alerted: number;
}

/** What cannot be counted keeps nothing else from it, and is named by what is thrown in the end. */
export async function tendBudgets({ db, settings, now: clock }: OrderContext): Promise<Tended> {
  const now = clock();
  const orders = await sweep(
    db,
    {
      mark: 'budgets of orders',
      chunk: 100,
      find: (at, asked) => ordersToSettle(at, { ...asked, rateMaxAgeDays: settings.orders.rateMaxAgeDays }),
      mend: (trx, ids) => settleBudgetsOf(trx, ids, now, settings.orders),
    },
    now,
  );
  const outside = await countOutside(db, now, settings.orders);
  const invoices = await countInvoices(db, now);
  const alerted = await db.transaction((trx) => tellUntold(trx, now));
  throwStuck('what budgets could not count', [...orders.stuck, ...outside.stuck, ...invoices.stuck]);
  return { looked: orders.looked, settled: orders.written, outside: outside.written, invoiced: invoices.written, alerted };
}
