import type { Transaction } from '../database.ts';

/**
 * The revision that was asked about for revision `n` of an order, in SQL: whatever was decided about it holds for `n`. A correction
 * of details asked nobody anew, and what was restored is as it was released.
 */
export function askedRevision(orderId: string, n: string): string {
  return `(with recursive back(n) as (
      select ${n}
      union all
      select coalesce((select (l.facts ->> 'from')::int from order_log l where l.order_id = ${orderId} and l.kind = 'restored' and l.revision = back.n), back.n - 1)
      from back where back.n > 1 and not exists (select from evaluations e where e.order_id = ${orderId} and e.revision = back.n))
    select min(n) from back)`;
}

export async function findAskedRevision(trx: Transaction, orderId: string, n: number): Promise<number> {
  const { rows } = await trx.raw<{ rows: Array<{ n: number }> }>(`select ${askedRevision(':orderId::bigint', ':n::int')} as n`, {
    orderId,
    n,
  });
  return rows[0]?.n ?? n;
}
