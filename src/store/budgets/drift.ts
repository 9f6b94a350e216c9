/** Where the ledger of a budget and the ERP's own documents say different things, order by order. */
import type { Database } from '../database.ts';
import { IS_OF_BUDGET } from './outside-documents.ts';

export interface DriftLine {
  /** ours: an order of ours that the ERP has. missing: one that it has no document of. outside: ordered elsewhere. */
  readonly kind: 'ours' | 'missing' | 'outside';
  readonly orderId: string | null;
  readonly externalKey: string | null;
  readonly documents: readonly string[];
  /** Minor units of the budget's currency that stand in the ledger. */
  readonly ledger: number;
  /** Net minor units by currency, as the documents say; cancelled ones say nothing. */
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

/** Only of the budgets' own documents: those above see the same ones again. */
export async function loadDrift(db: Database, { budgetId, on }: DriftFilter): Promise<PeriodDrift[]> {
  const { rows } = await db.raw<{ rows: PeriodDrift[] }>(
    `with asked as (
       select b.*, p.id as period_id, p.key, p.start_on, p.end_on, p.committed from budgets b join budget_periods p on p.budget_id = b.id
       where (:budgetId::bigint is null or b.id = :budgetId) and p.state <> 'planned'
         and (:on::date is null or (p.start_on <= :on and p.end_on > :on))
     ), booked as (
       select a.period_id, m.order_id, sum(m.amount)::float8 as ledger from asked a join budget_movements m on m.period_id = a.period_id
       where m.order_id is not null and m.type in ('COMMIT', 'ADJUST', 'CREDIT') group by a.period_id, m.order_id
     ), ours as (
       select k.period_id, k.order_id, o.external_key, k.ledger, d.number, d.id as document_id, d.currency,
         case when d.state in ('cancelled', 'draft') then 0 else d.total end as total
       from booked k join orders o on o.id = k.order_id left join documents d on d.reference = o.external_key and d.kind = 'order'
     ), roots as (
       with recursive up as (
         select a.id as start, a.id, a.parent_id, 0 as level from accounts a
         union all select up.start, p.id, p.parent_id, up.level + 1 from up join accounts p on p.id = up.parent_id where up.level < 32)
       select distinct on (start) start as account_id, id as company_id from up order by start, level desc
     ), elsewhere as (
       select b.period_id, t.id as document_id, t.number, t.currency, case when t.state in ('cancelled', 'draft') then 0 else t.total end as total
       from asked b join lateral (select d.*, d.attributes ->> 'costCentre' as cost_centre from documents d
         where d.kind = 'order' and d.dated_on >= b.start_on and d.dated_on < b.end_on) t on true
       join roots r on r.account_id = t.account_id
       where ${IS_OF_BUDGET} and not exists (select from orders o where o.external_key = t.reference)
     ), counted as (
       select a.period_id, m.document_id, sum(m.amount)::float8 as ledger from asked a join budget_movements m on m.period_id = a.period_id
       where m.type = 'EXTERNAL' group by a.period_id, m.document_id
     ), lines as (
       select period_id, order_id, external_key, ledger, bool_or(document_id is not null) as is_there,
         coalesce(jsonb_agg(coalesce(number, document_id::text) order by document_id) filter (where document_id is not null), '[]') as documents,
         coalesce(jsonb_agg(jsonb_build_array(currency, total)) filter (where total is not null), '[]') as sums
       from ours group by period_id, order_id, external_key, ledger
       union all
       select coalesce(e.period_id, c.period_id), null, null, coalesce(c.ledger, 0), null,
         jsonb_build_array(coalesce(e.number, d.number, coalesce(e.document_id, c.document_id)::text)),
         case when e.total is null then '[]' else jsonb_build_array(jsonb_build_array(e.currency, e.total)) end
       from elsewhere e full join counted c on c.period_id = e.period_id and c.document_id = e.document_id
       left join documents d on d.id = c.document_id
     )
     select a.id as "budgetId", a.code, a.name, a.currency, a.basis, a.actuals_source as "actualsSource", a.key as period, a.start_on as "startOn",
       a.committed::float8 as committed,
       coalesce((select jsonb_agg(jsonb_build_object(
           'kind', case when l.order_id is null then 'outside' when l.is_there then 'ours' else 'missing' end,
           'orderId', l.order_id::text, 'externalKey', l.external_key, 'documents', l.documents, 'ledger', l.ledger, 'erp', (
             select coalesce(jsonb_object_agg(currency, total), '{}') from (
               select coalesce(one ->> 0, a.currency) as currency, sum((one ->> 1)::numeric) as total from jsonb_array_elements(l.sums) one group by 1) s))
         order by l.order_id nulls last, l.documents) from lines l where l.period_id = a.period_id), '[]') as lines
     from asked a order by a.code, a.start_on`,
    { budgetId: budgetId ?? null, on: on ?? null },
  );
  return rows;
}
