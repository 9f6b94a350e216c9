/** The budgets of an order as they stand now, for those who decide about it. */
import type { Database } from '../database.ts';

export interface OrderBudget {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly enforcement: 'allow' | 'warn' | 'require_approval' | 'block';
  readonly period: string | null;
  /** `null`: nobody can say, or there is no limit. Minor units. */
  readonly takes: number | null;
  /** Without this order. */
  readonly available: number | null;
  /** With this order, as if the others that wait were declined. */
  readonly remaining: number | null;
  /** With this order and all others that wait. */
  readonly remainingWithPending: number | null;
  /** Why it could not be judged. */
  readonly because: string | null;
}

/** Which they are, and what the order takes, as it was judged; what is left, as of now. */
export async function orderBudgets(db: Database, orderId: string): Promise<OrderBudget[]> {
  const { rows } = await db.raw<{ rows: OrderBudget[] }>(
    `with judged as (
       select t.* from (select trace from evaluations where order_id = :orderId order by id desc limit 1) e
       cross join lateral jsonb_to_recordset(coalesce(e.trace -> 'budgets', '[]')) as t (id bigint, period text, takes bigint, because text)
     ), standing as (
       select j.*, p.id as period_id, p.is_limited, p.allocated + p.carried_in + p.carried_out + p.adjusted - p.reserved - p.committed as free
       from judged j left join budget_periods p on p.budget_id = j.id and p.key = j.period
     ), moved as (
       select s.period_id, o.id = :orderId as is_own,
         sum(case m.type when 'COMMIT' then -m.amount when 'RESERVE' then m.amount when 'RELEASE' then m.amount else 0 end) as reserved,
         sum(m.amount) filter (where m.type in ('COMMIT', 'ADJUST', 'CREDIT')) as committed
       from standing s join budget_movements m on m.period_id = s.period_id
       join orders o on o.id = m.order_id and (o.id = :orderId or o.state = 'pending_approval') group by 1, 2
     ), figures as (
       select s.*, s.free + coalesce(own.reserved, 0) + coalesce(own.committed, 0) as available, coalesce(others.reserved, 0) as pending
       from standing s left join moved own on own.period_id = s.period_id and own.is_own
       left join moved others on others.period_id = s.period_id and not others.is_own
     )
     select b.id, b.code, b.name, b.currency, b.enforcement, f.period, f.takes::float8 as takes,
       coalesce(f.because, case when b.state = 'closed' then 'it is closed and takes nothing more' end) as because,
       case when f.is_limited then f.available::float8 end as available,
       case when f.is_limited then (f.available + f.pending - f.takes)::float8 end as remaining,
       case when f.is_limited then (f.available - f.takes)::float8 end as "remainingWithPending"
     from figures f join budgets b on b.id = f.id order by b.code`,
    { orderId },
  );
  return rows;
}
