/** Orders of companies with budgets that something was written down about since, in the order of their numbers. */
import type { Database } from '../database.ts';

export async function ordersToSettle(
  db: Database,
  { since, after, limit }: { since: Date; after: string; limit: number },
): Promise<Array<{ id: string; name: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; name: string }> }>(
    `select o.id, 'order ' || o.external_key as name from orders o
     where o.id > :after::bigint and o.company_id in (select company_id from budgets)
       and (o.id in (select order_id from order_log where at >= :since)
         or (o.submitted_at > :since::timestamptz - interval '31 days' and exists (select from exchange_rates x
           where x.imported_at >= :since and o.currency in (x.from_currency, x.to_currency))))
     order by o.id limit :limit::int`,
    { since, after, limit },
  );
  return rows;
}
