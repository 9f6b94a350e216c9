/** Orders that budgets may hold something of, and that something was written down about since, in the order of their numbers. */
import type { Database } from '../database.ts';
import { NEW_RATES } from './new-rates.ts';

interface OrdersQuestion {
  /** What was written down, and rates that were imported, at this instant or later. */
  readonly since: Date;
  readonly after: string;
  readonly limit: number;
  readonly rateMaxAgeDays: number;
}

export async function ordersToSettle(
  db: Database,
  { since, after, limit, rateMaxAgeDays }: OrdersQuestion,
): Promise<Array<{ id: string; name: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; name: string }> }>(
    `select o.id, 'order ' || o.external_key as name from orders o
     where o.id > :after::bigint and o.id in (
         select order_id from order_log where at >= :since
         union select r.id from orders r join ${NEW_RATES} n on n.currency = r.currency and r.submitted_at >= n.first and r.submitted_at < n.last + 1)
       and (o.company_id in (select company_id from budgets) or exists (select from budget_movements m where m.order_id = o.id))
     order by o.id limit :limit::int`,
    { since, after, limit, rateMaxAgeDays },
  );
  return rows;
}
