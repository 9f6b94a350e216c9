/** What customers ordered elsewhere, as the ERP tells it, and the budgets that count it. */
import type { StandingDocument } from '../../domain/budgets/outside-ledger.ts';
import type { Database, Transaction } from '../database.ts';
import { ORIGINAL } from './movements.ts';
import { NEW_RATES } from './new-rates.ts';

/** One document and one budget whose own it is. */
export interface OutsideCharge {
  readonly documentId: string;
  readonly companyId: string;
  readonly budgetId: string;
  readonly number: string | null;
  readonly version: string | null;
  /** Civil date; that of the pull where the document has none. */
  readonly on: string;
  readonly currency: string;
  /** Net minor units; 0 for what is cancelled, or has turned out to be an order of ours. */
  readonly total: number;
}

/** Accounts with the company they belong to, upwards from those of the documents. */
const ROOTS = `roots as (
  with recursive up as (
    select a.id as start, a.id, a.parent_id, 0 as level from accounts a where a.id in (select account_id from told)
    union all select up.start, p.id, p.parent_id, up.level + 1 from up join accounts p on p.id = up.parent_id where up.level < 32)
  select distinct on (start) start as account_id, id as company_id from up order by start, level desc)`;

/** Of a document `d`: its day, that of the pull where it tells none, and what it comes to. */
export const DAY = 'coalesce(d.dated_on, d.created_at::date)';
export const TOTAL = `coalesce(d.total, (select sum(l.amount) from document_lines l where l.document_id = d.id))`;

/** A budget of the unit, or of the cost centre where the document tells one. */
export const IS_OF_BUDGET = `((b.owner_kind = 'unit' and b.owner_id = t.account_id)
  or (b.owner_kind = 'cost_centre' and b.company_id = r.company_id and lower(b.owner_code) = lower(btrim(t.cost_centre))))`;

/**
 * What belongs to budgets that somebody has put or opened again since, and to those below them, or stands in one of them: whatever they
 * counted before, and whether they count at all, may have changed.
 */
const OF_CHANGED_BUDGETS = `
  with recursive changed(id) as (
    select id from budgets where updated_at >= :since or active_since >= :since
    union select b.id from changed c join budgets b on b.parent_id = c.id)
  select t.id from changed join budgets b using (id) join documents t on b.owner_kind = 'unit' and t.account_id = b.owner_id
  union all select t.id from changed join budgets b using (id)
    join documents t on b.owner_kind = 'cost_centre' and lower(btrim(t.attributes ->> 'costCentre')) = lower(b.owner_code)
  union all select m.document_id from changed c join budget_movements m on m.budget_id = c.id and m.document_id is not null`;

export interface OutsideQuestion {
  /** Documents pulled or changed at or after it, and all that budgets and rates which are newer may count otherwise. */
  readonly since: Date;
  readonly after: string;
  readonly limit: number;
  readonly rateMaxAgeDays: number;
}

/** Documents by id, whole: all budgets of a document come with it. */
export async function outsideDocuments(
  db: Database | Transaction,
  { since, after, limit, rateMaxAgeDays }: OutsideQuestion,
): Promise<Array<{ id: string; name: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; name: string }> }>(
    `select d.id, 'document ' || coalesce(d.number, d.id::text) as name from documents d
     where d.kind = 'order' and d.id > :after::bigint and d.account_id is not null
       and (d.updated_at >= :since or exists (select from document_lines l where l.document_id = d.id and l.updated_at >= :since)
         or d.id in (${OF_CHANGED_BUDGETS})
         or d.id in (select r.id from documents r join ${NEW_RATES} n
           on n.currency = r.currency and coalesce(r.dated_on, r.created_at::date) between n.first and n.last))
     order by d.id limit :limit::int`,
    { since, after, limit, rateMaxAgeDays },
  );
  return rows;
}

/** What must stand for these documents in budgets that are theirs, closed or not; where anything else stands it no longer should. */
export async function outsideCharges(db: Database | Transaction, documentIds: readonly string[]): Promise<OutsideCharge[]> {
  const { rows } = await db.raw<{ rows: OutsideCharge[] }>(
    `with told as (
       select d.id, d.account_id, d.number, d.version, ${DAY} as day, d.currency, ${TOTAL} as total,
         d.attributes ->> 'costCentre' as cost_centre,
         d.state is not distinct from 'cancelled' or d.state is not distinct from 'draft'
           or exists (select from orders o where o.external_key = d.reference) as is_nothing
       from documents d where d.id = any(:documentIds::bigint[])
     ), ${ROOTS}, due as (
       select t.id as document_id, b.id as budget_id, case when t.is_nothing then 0 else t.total end as total
       from told t join roots r on r.account_id = t.account_id
       join budgets b on b.actuals_source <> 'kontor' and t.day >= b.valid_from
         and (b.valid_until is null or t.day < b.valid_until) and ${IS_OF_BUDGET}
     )
     select d.document_id as "documentId", b.company_id as "companyId", d.budget_id as "budgetId", t.number, t.version, t.day as "on",
       coalesce(t.currency, b.currency) as currency, d.total::float8 as total
     from due d join told t on t.id = d.document_id join budgets b on b.id = d.budget_id
     where d.total is not null order by b.company_id, d.document_id, d.budget_id`,
    { documentIds: [...documentIds] },
  );
  return rows;
}

export interface PostedDocument extends StandingDocument {
  readonly companyId: string;
}

/** What stands of documents. */
export async function loadPosted(db: Database | Transaction, documentIds: readonly string[]): Promise<PostedDocument[]> {
  const { rows } = await db.raw<{ rows: PostedDocument[] }>(
    `select m.document_id as "documentId", m.budget_id as "budgetId", b.company_id as "companyId", max(m.period_id) as "periodId",
       sum(m.amount)::float8 as amount, count(*)::int as movements,
       case when sum(m.original_amount) <> 0 then (array_agg(${ORIGINAL} order by m.id desc) filter (where m.rate is not null))[1]
         || jsonb_build_object('amount', sum(m.original_amount)) end as original
     from budget_movements m join budgets b on b.id = m.budget_id
     where m.type = 'EXTERNAL' and m.document_id = any(:documentIds::bigint[]) group by m.document_id, m.budget_id, b.company_id`,
    { documentIds: [...documentIds] },
  );
  return rows;
}
