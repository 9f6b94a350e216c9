/** What a budget and all below it have spent together while its running period lasts, whether that counts against it or not. */
import type { Database } from '../database.ts';

/** Minor units of the currency that all of them have. */
export interface RolledUp {
  /** How many are below it. */
  readonly budgets: number;
  readonly reserved: number;
  readonly committed: number;
}

/**
 * Each order, and each document that was ordered elsewhere, once, as where what is below is enforced (domain/budgets/spread.ts): of budgets
 * one above the other the lowest tells of it, those of owners of one kind add up, and of different kinds the larger counts. Below its own
 * period are those that begin within it. `null`: nothing is below it, or it has no running period.
 */
export async function loadRolledUp(db: Database, budgetId: string, now: Date): Promise<RolledUp | null> {
  const { rows } = await db.raw<{ rows: Array<RolledUp & { isRunning: boolean }> }>(
    `with recursive tree as (
       select b.id, b.owner_kind, array[b.id] as way from budgets b where b.id = :budgetId
       union all select b.id, b.owner_kind, tree.way || b.id from tree join budgets b on b.parent_id = tree.id where not b.id = any(tree.way)
     ), running as (
       select start_on, end_on from budget_periods where budget_id = :budgetId and start_at <= :now and end_at > :now
     ), sums as (
       select tree.id, tree.owner_kind, tree.way, m.order_id, m.document_id,
         sum(case m.type when 'RESERVE' then m.amount when 'RELEASE' then m.amount when 'COMMIT' then -m.amount else 0 end) as reserved,
         sum(case when m.type in ('COMMIT', 'ADJUST', 'CREDIT', 'EXTERNAL') then m.amount else 0 end) as committed
       from running join budget_periods p on p.start_on >= running.start_on and p.start_on < running.end_on
       join tree on tree.id = p.budget_id
       join budget_movements m on m.period_id = p.id and m.type in ('RESERVE', 'RELEASE', 'COMMIT', 'ADJUST', 'CREDIT', 'EXTERNAL')
       group by tree.id, tree.owner_kind, tree.way, m.order_id, m.document_id
     ), shares as (
       select * from sums where reserved <> 0 or committed <> 0
     ), lowest as (
       select s.* from shares s where not exists (select from shares t
         where t.order_id is not distinct from s.order_id and t.document_id is not distinct from s.document_id and t.id <> s.id and s.id = any(t.way))
     ), kinds as (
       select order_id, document_id, owner_kind, sum(reserved) as reserved, sum(committed) as committed from lowest group by 1, 2, 3
     ), once as (
       select distinct on (order_id, document_id) reserved, committed from kinds
       order by order_id, document_id, abs(reserved + committed) desc, owner_kind
     )
     select (select count(*) from tree)::int - 1 as budgets, exists (select from running) as "isRunning",
       coalesce(sum(reserved), 0)::float8 as reserved, coalesce(sum(committed), 0)::float8 as committed from once`,
    { budgetId, now },
  );
  const [row] = rows;
  if (!row?.isRunning || row.budgets === 0) return null;
  const { budgets, reserved, committed } = row;
  return { budgets, reserved, committed };
}
