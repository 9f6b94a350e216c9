/** Invoices, and what their orders stand for in budgets, whether those are ours or were placed elsewhere. */
import type { Database, Transaction } from '../database.ts';

export interface InvoiceShare {
  readonly documentId: string;
  readonly companyId: string;
  readonly budgetId: string;
  readonly periodId: string;
  readonly orderId: string | null;
  readonly number: string | null;
  readonly version: string | null;
  /** What must stand: the share of the budget's charge that the invoice is of the whole order. */
  readonly amount: number;
  /** What stands. */
  readonly posted: number;
  readonly movements: number;
}

/** What of an order or of a document ordered elsewhere was charged, or changed, since: whatever was invoiced of it before is counted now. */
const OF_CHARGED = `
  with recursive charged(id) as (
    select d.id from budget_movements m join orders o on o.id = m.order_id join documents d on d.reference = o.external_key
      where m.recorded_at >= :since and m.type in ('COMMIT', 'ADJUST')
    union select m.document_id from budget_movements m where m.recorded_at >= :since and m.type = 'EXTERNAL' and m.document_id is not null
    union select d.id from charged c join documents d on d.about_id = c.id)
  select id from charged`;

/** Invoices that were pulled or changed since, and those of what was charged since, by id. */
export async function invoicesToCount(
  db: Database | Transaction,
  { since, after, limit }: { since: Date; after: string; limit: number },
): Promise<Array<{ id: string; name: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; name: string }> }>(
    `select d.id, 'invoice ' || coalesce(d.number, d.id::text) as name from documents d
     where d.kind = 'invoice' and d.id > :after::bigint and (d.updated_at >= :since
       or exists (select from document_lines l where l.document_id = d.id and l.updated_at >= :since) or d.id in (${OF_CHARGED}))
     order by d.id limit :limit::int`,
    { since, after, limit },
  );
  return rows;
}

/** Only those whose amount is not what stands. */
export async function invoiceShares(db: Database | Transaction, invoiceIds: readonly string[]): Promise<InvoiceShare[]> {
  const { rows } = await db.raw<{ rows: InvoiceShare[] }>(
    `with recursive told as (
       select d.id, d.number, d.version, d.about_id, d.reference,
         case when d.state in ('draft', 'cancelled') then 0
           else coalesce(d.total, (select sum(l.amount) from document_lines l where l.document_id = d.id), 0) end as total
       from documents d where d.id = any(:invoiceIds::bigint[])
     ), up as (
       select t.id as invoice, t.id, t.about_id, t.reference from told t
       union select up.invoice, d.id, d.about_id, d.reference from up join documents d on d.id = up.about_id
     ), charged as (
       select distinct up.invoice, o.id as order_id, m.budget_id, m.period_id, sum(m.amount) as charge, o.total as whole
       from up join orders o on o.external_key = up.reference join budget_movements m on m.order_id = o.id and m.type in ('COMMIT', 'ADJUST')
       group by up.invoice, up.id, o.id, m.budget_id, m.period_id, o.total
       union all
       select up.invoice, null, m.budget_id, m.period_id, sum(m.amount), max(d.total)
       from up join documents d on d.id = up.id join budget_movements m on m.document_id = d.id and m.type = 'EXTERNAL'
       group by up.invoice, m.budget_id, m.period_id
     ), due as (
       select c.invoice, c.order_id, c.budget_id, c.period_id, round(t.total::numeric * c.charge / nullif(c.whole, 0))::float8 as amount
       from charged c join told t on t.id = c.invoice where c.charge <> 0
     )
     select due.invoice as "documentId", b.company_id as "companyId", due.budget_id as "budgetId", due.period_id as "periodId",
       due.order_id as "orderId", t.number, t.version, due.amount, coalesce(stands.posted, 0)::float8 as posted,
       coalesce(stands.movements, 0)::int as movements
     from due join told t on t.id = due.invoice join budgets b on b.id = due.budget_id
     left join lateral (select sum(m.amount) as posted, count(*) as movements from budget_movements m
       where m.type = 'ACTUAL' and m.document_id = due.invoice and m.budget_id = due.budget_id and m.period_id = due.period_id) stands on true
     where due.amount is not null and due.amount <> coalesce(stands.posted, 0)
     order by b.company_id, due.invoice, due.budget_id`,
    { invoiceIds: [...invoiceIds] },
  );
  return rows;
}
