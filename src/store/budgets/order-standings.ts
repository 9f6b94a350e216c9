/** Everything that decides what budgets hold for an order, of many orders in one statement. */
import type { ProgressLine } from '../../domain/orders/line-progress.ts';
import type { OrderContent, OrderState } from '../../domain/orders/order.ts';
import type { ProgressState } from '../../domain/orders/progress.ts';
import type { Database, Transaction } from '../database.ts';

/** A revision with what the rules, and the budgets, said about it. */
export interface JudgedRevision {
  readonly n: number;
  readonly content: OrderContent;
  /** The revision the rules were asked about: an earlier one where nothing material has changed since. */
  readonly routed: number;
  readonly trace: unknown;
}

export interface OrderStanding {
  readonly orderId: string;
  readonly companyId: string;
  /** Of the company, whose day it is that an order came in. */
  readonly zone: string;
  readonly externalKey: string;
  readonly state: OrderState;
  readonly submittedAt: Date;
  readonly decidedAt: Date | null;
  readonly current: JudgedRevision | null;
  /** The newest revision the ERP has accepted. */
  readonly accepted: (JudgedRevision & { readonly at: Date | null }) | null;
  /** The ERP has taken back what it had. */
  readonly isCancelledThere: boolean;
  /** Something was handed off, and nobody has said that it never arrived. */
  readonly mayBeThere: boolean;
  /** `person:17`, of the newest approval. */
  readonly approvedBy: string | null;
  readonly progress: { readonly state: ProgressState; readonly version: string | null; readonly lines: readonly ProgressLine[] } | null;
  readonly prices: Readonly<Record<string, string>>;
  readonly creditNotes: number;
}

/** Of a revision `r`: what was said about it, or about the newest before it that is materially the same. */
const JUDGED = (n: string) => `(
  select jsonb_build_object('n', r.n, 'content', r.content, 'routed', e.revision, 'trace', e.trace)
  from order_revisions r
  join evaluations e on e.order_id = r.order_id and e.revision <= r.n
  join order_revisions judged on judged.order_id = e.order_id and judged.n = e.revision and judged.material_hash = r.material_hash
  where r.order_id = o.id and r.n = ${n} order by e.id desc limit 1)`;

export async function loadOrderStandings(db: Database | Transaction, orderIds: readonly string[]): Promise<OrderStanding[]> {
  type Row = Omit<OrderStanding, 'accepted'> & { accepted: JudgedRevision | null; acceptedAt: Date | null };
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select o.id as "orderId", o.company_id as "companyId",
       coalesce((select time_zone from accounts where id = o.company_id), 'UTC') as zone, o.external_key as "externalKey", o.state, o.submitted_at as "submittedAt",
       o.decided_at as "decidedAt", ${JUDGED('o.revision')} as current, ${JUDGED('taken.revision')} as accepted, taken.settled_at as "acceptedAt",
       exists (select from handoffs h where h.order_id = o.id and h.kind = 'cancel' and h.state = 'accepted') as "isCancelledThere",
       exists (select from handoffs h where h.order_id = o.id and h.kind <> 'cancel' and h.state <> 'cancelled') as "mayBeThere",
       (select 'person:' || d.person_id from decisions d where d.order_id = o.id and d.verdict = 'approve' order by d.id desc limit 1) as "approvedBy",
       case when p.order_id is null then null else jsonb_build_object('state', p.state, 'version', p.version, 'lines', p.lines) end as progress,
       coalesce((select jsonb_object_agg(x ->> 'line', x ->> 'confirmed') from (
         select distinct on (x ->> 'line') x from order_differences f, jsonb_array_elements(f.differences) x
         where f.order_id = o.id and f.state <> 'gone' and x ->> 'about' = 'price' and x ->> 'line' is not null and x ->> 'confirmed' is not null
         order by x ->> 'line', f.id desc) dear), '{}') as prices,
       coalesce((with recursive mine as (
           select d.id from documents d where d.reference = o.external_key
           union select d.id from documents d join mine on d.about_id = mine.id)
         select sum(abs(coalesce(d.total, (select sum(l.amount) from document_lines l where l.document_id = d.id), 0)))
         from mine join documents d using (id) where d.kind = 'credit_note' and d.state is distinct from 'draft' and d.state is distinct from 'cancelled'
           and taken.revision is not null and (d.currency is null or d.currency = o.currency)), 0)::float8 as "creditNotes"
     from orders o
     left join lateral (select h.revision, h.settled_at from handoffs h
       where h.order_id = o.id and h.kind <> 'cancel' and h.state = 'accepted' order by h.seq desc limit 1) taken on true
     left join order_progress p on p.order_id = o.id
     where o.id = any(:orderIds::bigint[]) order by o.company_id, o.id`,
    { orderIds: [...orderIds] },
  );
  return rows.map(({ acceptedAt, accepted, ...row }) => ({ ...row, accepted: accepted && { ...accepted, at: acceptedAt } }));
}

/**
 * Of orders that budgets are asked about, or have been: an account may have left a company in whose budgets something stands. In
 * the order of the companies, as numbers, and of the orders.
 */
export async function companiesOf(
  db: Database | Transaction,
  orderIds: readonly string[],
): Promise<Array<{ companyId: string; orderId: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ companyId: string; orderId: string }> }>(
    `select o.company_id as "companyId", o.id as "orderId" from orders o
     where o.id = any(:orderIds::bigint[]) and (exists (select from budgets b where b.company_id = o.company_id)
       or exists (select from budget_movements m where m.order_id = o.id))
     order by o.company_id, o.id`,
    { orderIds: [...orderIds] },
  );
  return rows;
}
