/** Documents about orders of ours: those that carry our reference, and whatever is about those. */
import type { DocumentKind, DocumentState, ToldLine } from '../../domain/orders/told-order.ts';
import type { Database, Transaction } from '../database.ts';

export interface StoredDocument {
  readonly orderId: string;
  readonly kind: DocumentKind;
  readonly number: string | null;
  readonly state: DocumentState | null;
  readonly stateThere: string | null;
  readonly version: string | null;
  readonly currency: string | null;
  readonly lines: readonly ToldLine[];
}

/** A shipped line without our mark has that of the ordered line it is about. */
export async function documentsOfOrders(db: Database | Transaction, orderIds: readonly string[]): Promise<StoredDocument[]> {
  const { rows } = await db.raw<{ rows: StoredDocument[] }>(
    `with recursive mine as (
       select o.id as order_id, d.id from orders o join documents d on d.reference = o.external_key where o.id = any(:orderIds)
       union
       select mine.order_id, d.id from mine join documents d on d.about_id = mine.id
     )
     select mine.order_id as "orderId", d.kind, d.number, d.state, d.state_there as "stateThere", d.version, d.currency,
       coalesce((select jsonb_agg(jsonb_build_object('reference', coalesce(l.reference, a.reference), 'product', coalesce(l.product, a.product),
           'quantity', coalesce(l.quantity, 0)::text, 'unitPrice', l.unit_price::text, 'state', l.state, 'shipped', l.shipped::text,
           'cancelled', l.cancelled::text) order by l.id)
         from document_lines l left join document_lines a on a.id = l.about_id where l.document_id = d.id), '[]') as lines
     from mine join documents d on d.id = mine.id order by mine.order_id, d.id`,
    { orderIds: [...orderIds] },
  );
  return rows;
}

/** Orders with documents that were pulled or changed at or after `since`, whatever they are about. */
export async function ordersWithNewDocuments(db: Database | Transaction, since: Date): Promise<string[]> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `with recursive touched as (
       select id from documents where updated_at >= :since
       union select document_id from document_lines where updated_at >= :since and document_id is not null
     ), up as (
       select d.id, d.about_id, d.reference from documents d join touched using (id)
       union select d.id, d.about_id, d.reference from documents d join up on up.about_id = d.id
     )
     select distinct o.id from orders o join up on up.reference = o.external_key order by o.id`,
    { since },
  );
  return rows.map(({ id }) => id);
}

/** Until when documents were looked through; from the beginning if never. */
export async function loadMark(db: Database | Transaction, name: string): Promise<Date> {
  const row = await db('feedback_marks').where({ name }).first<{ seen_until: Date } | undefined>('seen_until');
  return row?.seen_until ?? new Date(0);
}

export async function saveMark(db: Database | Transaction, name: string, seenUntil: Date): Promise<void> {
  await db.raw(
    `insert into feedback_marks (name, seen_until) values (:name, :seenUntil)
     on conflict (name) do update set seen_until = greatest(feedback_marks.seen_until, excluded.seen_until)`,
    { name, seenUntil },
  );
}
