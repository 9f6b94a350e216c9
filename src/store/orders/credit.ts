/** The seller's risk (SEMANTICS 2.17): the limit that holds for an account, what is used of it, and how old that knowledge is. */
import type { Database } from '../database.ts';

export interface CreditSnapshot {
  /** Who holds the limit: the account, or the nearest above it that has one. */
  readonly holder: string;
  readonly currency: string | null;
  /** Minor units. */
  readonly limit: number;
  readonly balance: number;
  /** Orders on their way, or taken after the snapshot. Without the order in question. */
  readonly openOrders: number;
  /** Of them in other currencies; they cannot be added up. */
  readonly otherCurrencies: number;
  /** `null`: nobody knows. */
  readonly asOf: Date | null;
}

/** `null`: no limit is known for this account. */
export async function creditSnapshot(db: Database, accountId: string, exceptOrderId: string): Promise<CreditSnapshot | null> {
  const { rows } = await db.raw<{ rows: CreditSnapshot[] }>(
    `with recursive up as (
       select a.id, a.parent_id, 0 as level from accounts a where a.id = :accountId
       union all select a.id, a.parent_id, up.level + 1 from accounts a join up on a.id = up.parent_id where up.level < 64
     ), holder as (
       select a.* from accounts a join up using (id) where a.credit_limit is not null order by up.level limit 1
     ), below as (
       select id, credit_limit, 0 as level from holder
       union all select a.id, a.credit_limit, below.level + 1 from accounts a join below on a.parent_id = below.id
         where below.level < 64 and a.credit_limit is null
     ), known as (
       select least(clock_timestamp(), coalesce(holder.credit_as_of + interval '1 day', max(r.finished_at))) as as_of
       from holder left join links l on l.local_id = holder.id left join sources s on s.id = l.source_id left join runs r on r.id = s.cursor_run_id
       group by holder.credit_as_of
     ), open as (
       select o.currency, o.total from orders o join below b on b.id = o.account_id
       left join handoffs f on f.order_id = o.id and f.kind = 'create'
       where o.state = 'released' and o.id <> :exceptOrderId
         and (f.id is null or f.state not in ('accepted', 'cancelled') or (f.state = 'accepted' and f.settled_at > (select as_of from known)))
     )
     select h.name as holder, h.currency, h.credit_limit::float8 as limit, coalesce(h.balance, 0)::float8 as balance, known.as_of as "asOf",
       (select coalesce(sum(total), 0) from open where currency = h.currency)::float8 as "openOrders",
       (select count(*) from open where currency is distinct from h.currency)::int as "otherCurrencies"
     from holder h, known`,
    { accountId, exceptOrderId },
  );
  return rows[0] ?? null;
}
