/** Where the ledger of a budget and the ERP's own documents say different things, order by order. */
import type { Database } from '../database.ts';
import { DAY, IS_OF_BUDGET, TOTAL } from './outside-documents.ts';

export interface DriftLine {
  /** ours: an order of ours that the ERP has. missing: one that it has no document of. outside: ordered elsewhere. */
  readonly kind: 'ours' | 'missing' | 'outside';
  readonly orderId: string | null;
  readonly externalKey: string | null;
  readonly documents: readonly string[];
  /** Minor units of the budget's currency that stand in the ledger. */
  readonly ledger: number;
  /** The same in the one other currency it was converted from; `null`: it was not, or nobody can say. */
  readonly told: { readonly amount: number; readonly currency: string } | null;
  /** Net minor units by currency, as the documents say, without what is credited in them; cancelled ones say nothing. */
  readonly erp: Readonly<Record<string, number>>;
}

export interface PeriodDrift {
  readonly budgetId: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly basis: 'net' | 'gross';
  readonly actualsSource: 'kontor' | 'erp' | 'both';
  readonly period: string;
  readonly startOn: string;
  readonly committed: number;
  readonly lines: readonly DriftLine[];
}

export interface DriftFilter {
  readonly budgetId?: string | undefined;
  /** Periods that hold this day, or all that began. */
  readonly on?: string | undefined;
}

/** Whether there is any order of the ERP to compare with. */
export async function holdsErpOrders(db: Database): Promise<boolean> {
  const { rows } = await db.raw<{ rows: Array<{ holds: boolean }> }>(`select exists (select from documents where kind = 'order') as holds`);
  return rows[0]?.holds === true;
}

/** Of movements `m`: in which currency they were told, where all of them were told in one, and how much that was. */
const ONLY = `count(*) filter (where m.amount <> 0 and m.original_amount is null) = 0 and count(distinct m.original_currency) = 1`;
const AS_TOLD = `case when ${ONLY} then min(m.original_currency) end as told_in, case when ${ONLY} then sum(m.original_amount)::float8 end as told`;
const OF_ORDERS = `m.order_id is not null and m.type in ('COMMIT', 'ADJUST', 'CREDIT')`;
const IS_VOID = `d.state in ('cancelled', 'draft')`;

/**
 * Only of the budgets' own documents: those above see the same ones again. A document stands beside the period it was counted in. Where an
 * order stands in several, as one whose return came after the close, the one with the most of it answers for what differs.
 */
export async function loadDrift(db: Database, { budgetId, on }: DriftFilter): Promise<PeriodDrift[]> {
  const { rows } = await db.raw<{ rows: PeriodDrift[] }>(
    `with asked as (
       select b.*, p.id as period_id, p.key, p.start_on, p.end_on, p.committed from budgets b join budget_periods p on p.budget_id = b.id
       where (:budgetId::bigint is null or b.id = :budgetId) and p.state <> 'planned'
         and (:on::date is null or (p.start_on <= :on and p.end_on > :on))
     ), here as (
       select distinct a.id as budget_id, a.currency, m.order_id from asked a join budget_movements m on m.period_id = a.period_id where ${OF_ORDERS}
     ), booked as (
       select h.budget_id, h.currency, m.period_id, m.order_id, sum(m.amount)::float8 as ledger, ${AS_TOLD}
       from here h join budget_movements m on m.order_id = h.order_id and m.budget_id = h.budget_id where ${OF_ORDERS}
       group by h.budget_id, h.currency, m.period_id, m.order_id
     ), said as (
       select k.*, case when bool_and(told_in is not null) over o and min(told_in) over o = max(told_in) over o then told_in end as only_in from booked k
       window o as (partition by budget_id, order_id)
     ), shares as (
       select s.period_id, s.order_id, s.ledger, s.told_in, s.told, v.sum, coalesce(s.only_in, s.currency) as sum_in,
         sum(v.sum) over (partition by s.budget_id, s.order_id) as total, row_number() over (partition by s.budget_id, s.order_id order by s.ledger desc, s.period_id) as n
       from said s cross join lateral (select case when s.only_in is null then s.ledger else s.told end as sum) v
     ), there as (
       with recursive mine as (
         select h.order_id, d.id from here h join orders o on o.id = h.order_id join documents d on d.reference = o.external_key
         union select mine.order_id, d.id from mine join documents d on d.about_id = mine.id)
       select mine.order_id, jsonb_agg(coalesce(d.number, d.id::text) order by d.id) as documents, jsonb_agg(jsonb_build_array(d.currency, case
           when ${IS_VOID} then 0 when d.kind = 'order' then ${TOTAL} else -abs(${TOTAL}) end)) as sums
       from mine join documents d using (id) join orders o on o.id = mine.order_id
       where d.kind = 'credit_note' or (d.kind = 'order' and d.reference = o.external_key)
       group by mine.order_id having bool_or(d.kind = 'order')
     ), roots as (
       with recursive up as (
         select a.id as start, a.id, a.parent_id, 0 as level from accounts a
         union all select up.start, p.id, p.parent_id, up.level + 1 from up join accounts p on p.id = up.parent_id where up.level < 32)
       select distinct on (start) start as account_id, id as company_id from up order by start, level desc
     ), elsewhere as (
       select b.id as budget_id, p.id as period_id, t.id as document_id, t.number, t.currency, t.said as total
       from (select d.*, d.attributes ->> 'costCentre' as cost_centre, ${DAY} as day, case when ${IS_VOID} then 0 else ${TOTAL} end as said
         from documents d where d.kind = 'order' and not exists (select from orders o where o.external_key = d.reference)) t
       join roots r on r.account_id = t.account_id
       join budgets b on b.id in (select id from asked) and ${IS_OF_BUDGET}
       left join budget_periods p on p.budget_id = b.id and p.start_on <= t.day and p.end_on > t.day
     ), counted as (
       select m.budget_id, m.document_id, max(m.period_id) as period_id, sum(m.amount)::float8 as ledger, ${AS_TOLD}
       from budget_periods p join budget_movements m on m.period_id = p.id
       where p.budget_id in (select id from asked) and m.type = 'EXTERNAL' group by m.budget_id, m.document_id
     ), lines as (
       select s.period_id, s.order_id, o.external_key, s.ledger, s.told_in, s.told, t.order_id is not null as is_there,
         coalesce(t.documents, '[]') as documents, case when t.order_id is null then '[]' when s.n > 1 then jsonb_build_array(jsonb_build_array(s.sum_in, s.sum))
           when s.total = s.sum then t.sums else t.sums || jsonb_build_array(jsonb_build_array(s.sum_in, s.sum - s.total)) end as sums
       from shares s join orders o on o.id = s.order_id left join there t on t.order_id = s.order_id
       union all
       select coalesce(c.period_id, e.period_id), null, null, coalesce(c.ledger, 0), c.told_in, c.told, null,
         jsonb_build_array(coalesce(e.number, d.number, coalesce(e.document_id, c.document_id)::text)),
         case when e.total is null then '[]' else jsonb_build_array(jsonb_build_array(e.currency, e.total)) end
       from elsewhere e full join counted c on c.budget_id = e.budget_id and c.document_id = e.document_id
       left join documents d on d.id = c.document_id
     )
     select a.id as "budgetId", a.code, a.name, a.currency, a.basis, a.actuals_source as "actualsSource", a.key as period, a.start_on as "startOn",
       a.committed::float8 as committed,
       coalesce((select jsonb_agg(jsonb_build_object(
           'kind', case when l.order_id is null then 'outside' when l.is_there then 'ours' else 'missing' end,
           'orderId', l.order_id::text, 'externalKey', l.external_key, 'documents', l.documents, 'ledger', l.ledger,
           'told', case when l.told_in is not null then jsonb_build_object('amount', l.told, 'currency', l.told_in) end, 'erp', (
             select coalesce(jsonb_object_agg(currency, total), '{}') from (
               select coalesce(one ->> 0, a.currency) as currency, sum((one ->> 1)::numeric) as total from jsonb_array_elements(l.sums) one
               where one ->> 1 is not null group by 1) s))
         order by l.order_id nulls last, l.documents) from lines l where l.period_id = a.period_id), '[]') as lines
     from asked a order by a.code, a.start_on`,
    { budgetId: budgetId ?? null, on: on ?? null },
  );
  return rows;
}
