/** What an account and the units below it have ordered, here and elsewhere, in one list with everything that followed. */

import type { ProgressLine } from '../../domain/orders/line-progress.ts';
import type { OrderContent } from '../../domain/orders/order.ts';
import { progressOf } from '../../domain/orders/progress.ts';
import type { DocumentKind, DocumentState, ToldDocument, ToldLine } from '../../domain/orders/told-order.ts';
import type { Database } from '../database.ts';

export interface HistoryEntry {
  /** `elsewhere`: placed by telephone, in another shop, by a sales person; known from documents. */
  readonly source: 'ours' | 'elsewhere';
  /** Of our order, or of the document. */
  readonly id: string;
  /** Ours towards the ERP. */
  readonly key: string | null;
  /** The storefront's. */
  readonly reference: string | null;
  /** The ERP's document numbers. */
  readonly numbers: readonly string[];
  readonly purchaseOrderNumber: string | null;
  readonly accountId: string;
  readonly account: string;
  readonly orderedOn: string;
  /** Of the approval until the order is released, then of its progress in the ERP. */
  readonly state: string;
  readonly stateThere: string | null;
  readonly currency: string | null;
  /** Minor units. */
  readonly total: number | null;
  readonly lines: readonly HistoryLine[];
  readonly shipments: readonly HistoryDocument[];
  readonly invoices: readonly HistoryDocument[];
  /** Confirmations, returns, credit notes. */
  readonly others: readonly HistoryDocument[];
}

export interface HistoryLine {
  readonly reference: string;
  readonly product: string | null;
  readonly productName: string | null;
  readonly quantity: string;
  readonly unit: string | null;
  readonly unitPrice: string | null;
  /** `null` while the ERP has said nothing. */
  readonly progress: ProgressLine | null;
}

export interface HistoryDocument {
  readonly kind: DocumentKind;
  readonly number: string | null;
  readonly state: DocumentState | null;
  readonly datedOn: string | null;
  readonly dueOn: string | null;
  readonly currency: string | null;
  readonly total: number | null;
  readonly openAmount: number | null;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly url: string | null;
}

interface Row extends Omit<HistoryEntry, 'lines' | 'shipments' | 'invoices' | 'others' | 'numbers'> {
  readonly content: OrderContent | null;
  readonly progress: readonly ProgressLine[] | null;
  readonly erpNumbers: readonly string[];
}

type KeptDocument = HistoryDocument & ToldDocument & { readonly entry: string; readonly lines: ReadonlyArray<ToldLine & Named> };
type Named = { readonly productName: string | null; readonly unit: string | null };

export interface HistoryQuestion {
  readonly accountId: string;
  readonly limit: number;
  /** Entries left out because they were seen: `next` of the page before. */
  readonly after?: string | undefined;
}

const PLACE = /^(\d{4}-\d\d-\d\d)~(ours|elsewhere)~(\d+)$/;

export async function orderHistory(db: Database, question: HistoryQuestion): Promise<{ orders: HistoryEntry[]; next: string | null }> {
  const rows = await listEntries(db, question);
  const page = rows.slice(0, question.limit);
  const documents = await documentsOf(db, page);
  const orders = page.map((row) => entryOf(row, documents.filter(({ entry }) => entry === keyOf(row)))); // biome-ignore format: one call
  const last = page.at(-1);
  return { orders, next: rows.length > question.limit && last ? `${last.orderedOn}~${keyOf(last)}` : null };
}

/** One order of ours, or one order document. `null` when there is none. */
export async function historyOf(db: Database, source: HistoryEntry['source'], id: string): Promise<HistoryEntry | null> {
  const { rows } = await db.raw<{ rows: Row[] }>(`${ENTRIES} select * from entries where source = :source and id = :id::bigint`, {
    source,
    id,
    accountId: null,
  });
  const [row] = rows;
  return row ? entryOf(row, await documentsOf(db, [row])) : null;
}

/** A pulled order document that is one of ours is not listed beside it. */
const ENTRIES = `
  with recursive tree as (
    select id from accounts where id = :accountId::bigint
    union select a.id from accounts a join tree on a.parent_id = tree.id
  ), entries as (
    select 'ours' as source, o.id, o.external_key as key, o.reference, r.content ->> 'purchaseOrderNumber' as "purchaseOrderNumber", o.account_id as "accountId",
      a.name as account, r.content ->> 'orderedOn' as "orderedOn", case when o.state = 'released' then coalesce(p.state, o.state) else o.state end as state,
      p.state_there as "stateThere", o.currency, o.total::float8 as total, r.content, p.lines as progress,
      array(select distinct h.erp_number from handoffs h where h.order_id = o.id and h.erp_number is not null order by 1) as "erpNumbers"
    from orders o join order_revisions r on r.order_id = o.id and r.n = o.revision join accounts a on a.id = o.account_id left join order_progress p on p.order_id = o.id
    where :accountId::bigint is null or o.account_id in (select id from tree)
    union all
    select 'elsewhere', d.id, null, d.reference, d.purchase_order_number, d.account_id, a.name, coalesce(d.dated_on, d.created_at::date)::text, coalesce(d.state, 'open'),
      d.state_there, d.currency, d.total::float8, null, null, array_remove(array[d.number], null)
    from documents d join accounts a on a.id = d.account_id
    where d.kind = 'order' and (:accountId::bigint is null or d.account_id in (select id from tree))
      and not exists (select from orders o where o.external_key = d.reference)
      and not exists (select from links l join sources s on s.id = l.source_id join handoffs h on h.connection = s.connection
        where l.local_id = d.id and h.erp_number = d.number and h.state = 'accepted')
  )`;

async function listEntries(db: Database, { accountId, limit, after }: HistoryQuestion): Promise<Row[]> {
  const [, on = null, source = null, id = null] = PLACE.exec(after ?? '') ?? [];
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${ENTRIES} select * from entries
     where :on::text is null or "orderedOn" < :on or ("orderedOn" = :on and (source, id) < (:source, :id::bigint))
     order by "orderedOn" desc, source desc, id desc limit :limit::int + 1`,
    { accountId, limit, on, source, id },
  );
  return rows;
}

/** Of all of them at once: the order documents themselves, and whatever is about those. */
async function documentsOf(db: Database, entries: readonly Row[]): Promise<KeptDocument[]> {
  const wanted = entries.map((row) => ({ entry: keyOf(row), key: row.key, id: row.source === 'elsewhere' ? row.id : null }));
  const { rows } = await db.raw<{ rows: KeptDocument[] }>(
    `with recursive wanted as (
       select * from jsonb_to_recordset(:wanted::jsonb) as w (entry text, key text, id bigint)
     ), kept as (
       select w.entry, d.id from wanted w join documents d on d.id = w.id or d.reference = w.key
       union select kept.entry, d.id from kept join documents d on d.about_id = kept.id
     )
     select kept.entry, d.kind, d.number, d.state, d.state_there as "stateThere", d.version, d.dated_on::text as "datedOn", d.due_on::text as "dueOn", d.currency,
       d.total::float8 as total, d.open_amount::float8 as "openAmount", d.carrier, d.tracking_number as "trackingNumber", d.url,
       coalesce((select jsonb_agg(jsonb_build_object('reference', coalesce(l.reference, a.reference), 'product', coalesce(l.product, a.product),
           'productName', l.product_name, 'unit', l.unit, 'quantity', coalesce(l.quantity, 0)::text, 'unitPrice', l.unit_price::text, 'state', l.state,
           'shipped', l.shipped::text, 'cancelled', l.cancelled::text) order by l.id)
         from document_lines l left join document_lines a on a.id = l.about_id where l.document_id = d.id), '[]') as lines
     from kept join documents d on d.id = kept.id order by d.dated_on nulls last, d.id`,
    { wanted: JSON.stringify(wanted) },
  );
  return rows;
}

function keyOf({ source, id }: Pick<Row, 'source' | 'id'>): string {
  return `${source}~${id}`;
}

function entryOf({ content, progress, erpNumbers, ...row }: Row, documents: readonly KeptDocument[]): HistoryEntry {
  const of = (...kinds: DocumentKind[]) => documents.filter(({ kind }) => kinds.includes(kind)).map(withoutLines);
  return {
    ...row,
    numbers: [
      ...new Set([...erpNumbers, ...documents.flatMap(({ kind, number }) => (kind === 'order' && number !== null ? [number] : []))]),
    ],
    lines: content ? ourLines(content, progress ?? []) : theirLines(documents),
    shipments: of('shipment'),
    invoices: of('invoice'),
    others: of('confirmation', 'return', 'credit_note'),
  };
}

function ourLines({ lines }: OrderContent, progress: readonly ProgressLine[]): HistoryLine[] {
  return lines.map(({ reference, product, productName, quantity, unit, unitPrice }) => ({
    ...{ reference, product, productName, quantity, unit, unitPrice },
    progress: progress.find((line) => line.reference === reference) ?? null,
  }));
}

/** How far they have come is told by what followed, as of orders of ours. */
function theirLines(documents: readonly KeptDocument[]): HistoryLine[] {
  const ordered = documents
    .filter(({ kind }) => kind === 'order')
    .flatMap(({ lines }) => lines)
    .map((line, place) => ({ ...line, reference: line.reference ?? `#${place + 1}` }));
  const asOurs = ordered.map(({ reference, product, quantity, unitPrice }) => ({
    ...{ reference, quantity },
    product: product ?? '',
    unitPrice: unitPrice ?? '0',
  }));
  const progress = progressOf(asOurs, documents);
  return ordered.map(({ reference, product, productName, quantity, unit, unitPrice }, place) => ({
    ...{ reference, product, productName, quantity, unit, unitPrice },
    progress: progress?.lines[place] ?? null,
  }));
}

function withoutLines({ lines: _, entry: __, version: ___, stateThere: ____, ...document }: KeptDocument): HistoryDocument {
  return document;
}
