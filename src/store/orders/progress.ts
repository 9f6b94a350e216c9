/** How far orders have come in the ERP: which to ask for, what is held of them, and what is new. */
import type { OurLine } from '../../domain/orders/match-lines.ts';
import { isFinal, type Progress } from '../../domain/orders/progress.ts';
import type { Database, Transaction } from '../database.ts';

/** An order that the ERP has accepted, with what people approved and what was sent. */
export interface HandedOff {
  readonly orderId: string;
  readonly state: string;
  readonly externalKey: string;
  readonly connection: string;
  /** `null` where a person settled it by hand. */
  readonly erpId: string | null;
  readonly approvedRevision: number;
  readonly approved: AgreedContent;
  readonly sent: AgreedContent;
  readonly progress: Progress | null;
}

export interface AgreedContent {
  readonly currency: string;
  readonly lines: readonly OurLine[];
}

export interface AskAgain {
  readonly now: Date;
  /** An order that has just moved is asked for so soon; one that rests ever later, up to `mostS`. */
  readonly leastS: number;
  readonly mostS: number;
}

/** Ids of accepted orders that are worth asking for now, those that waited longest first. Those that are final are not even looked at. */
export async function ordersToAsk(db: Database, connection: string, { now, leastS, mostS }: AskAgain, limit: number): Promise<string[]> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `select h.order_id as id from handoffs h left join order_progress p on p.order_id = h.order_id
     where h.connection = :connection and h.kind = 'create' and h.state = 'accepted' and not h.is_final
       and (p.order_id is null or p.looked_at <= :now::timestamptz - least(make_interval(secs => :mostS),
         greatest(make_interval(secs => :leastS), (:now::timestamptz - p.changed_at) / 10)))
     order by p.looked_at nulls first, h.order_id limit :limit`,
    { connection, now, leastS, mostS, limit },
  );
  return rows.map(({ id }) => id);
}

/** Those of the orders that were accepted somewhere. */
export async function loadHandedOff(db: Database | Transaction, orderIds: readonly string[]): Promise<HandedOff[]> {
  const { rows } = await db.raw<{ rows: HandedOff[] }>(
    `select o.id as "orderId", o.state, o.external_key as "externalKey", made.connection, made.erp_id as "erpId",
       approved.n as "approvedRevision", approved.content as approved, sent.content as sent,
       case when p.order_id is null then null
         else jsonb_build_object('state', p.state, 'stateThere', p.state_there, 'version', p.version, 'lines', p.lines) end as progress
     from orders o
     join handoffs made on made.order_id = o.id and made.kind = 'create' and made.state = 'accepted'
     join lateral (select r.n, r.content from handoffs h join order_revisions r on r.order_id = h.order_id and r.n = h.revision
       where h.order_id = o.id and h.kind <> 'cancel' and h.state <> 'cancelled' order by h.seq desc limit 1) approved on true
     join lateral (select r.content from handoffs h join order_revisions r on r.order_id = h.order_id and r.n = h.revision
       where h.order_id = o.id and h.kind <> 'cancel' and h.state = 'accepted' order by h.seq desc limit 1) sent on true
     left join order_progress p on p.order_id = o.id
     where o.id = any(:orderIds) order by o.id`,
    { orderIds: [...orderIds] },
  );
  return rows;
}

export interface ProgressNews {
  readonly orderId: string;
  readonly connection: string;
  readonly progress: Progress;
}

/** Writes what is new, tells it in the orders' logs, and notes of all of them that they were looked at. Answers how many moved. */
export async function saveProgress(trx: Transaction, news: readonly ProgressNews[], now: Date): Promise<number> {
  const { rows } = await trx.raw<{ rows: Array<{ moved: number }> }>(
    `with told as (
       select * from jsonb_to_recordset(:news::jsonb) as t ("orderId" bigint, connection text, state text, "stateThere" text, version text, lines jsonb,
         "isFinal" boolean)
     ), was as materialized (
       select p.* from order_progress p join told on told."orderId" = p.order_id
     ), kept as (
       insert into order_progress as mine (order_id, connection, state, state_there, version, lines, looked_at, changed_at)
       select "orderId", connection, state, "stateThere", version, lines, :now::timestamptz, :now::timestamptz from told
       on conflict (order_id) do update set connection = excluded.connection, state = excluded.state, state_there = excluded.state_there,
         version = excluded.version, lines = excluded.lines, looked_at = excluded.looked_at,
         changed_at = case when (mine.state, mine.lines) is distinct from (excluded.state, excluded.lines) then excluded.changed_at else mine.changed_at end
       where mine.looked_at <= excluded.looked_at
       returning order_id, state, state_there
     ), closed as (
       update handoffs h set is_final = told."isFinal" from kept join told on told."orderId" = kept.order_id
       where h.order_id = kept.order_id and h.kind = 'create' and h.is_final <> told."isFinal"
     ), moved as (
       select kept.*, was.state as before from kept left join was using (order_id) where kept.state is distinct from was.state
     ), logged as (
       insert into order_log (order_id, at, kind, actor, facts)
       select order_id, :now::timestamptz, 'progress.' || state, 'feedback', jsonb_strip_nulls(jsonb_build_object('before', before, 'stateThere', state_there))
       from moved
     ) select count(*)::int as moved from moved`,
    {
      news: JSON.stringify(
        news.map(({ orderId, connection, progress }) => ({ orderId, connection, ...progress, isFinal: isFinal(progress) })),
      ),
      now,
    },
  );
  return rows[0]?.moved ?? 0;
}

/** Of orders that the ERP said nothing of: nothing changes, and they are asked for again later. */
export async function noteLooked(
  trx: Transaction,
  orders: ReadonlyArray<{ orderId: string; connection: string }>,
  now: Date,
): Promise<void> {
  await trx.raw(
    `insert into order_progress as mine (order_id, connection, state, lines, looked_at, changed_at)
     select "orderId", connection, 'placed', '[]', :now::timestamptz, :now::timestamptz
     from jsonb_to_recordset(:orders::jsonb) as t ("orderId" bigint, connection text)
     on conflict (order_id) do update set looked_at = excluded.looked_at where mine.looked_at <= excluded.looked_at`,
    { orders: JSON.stringify(orders.map(({ orderId, connection }) => ({ orderId, connection }))), now },
  );
}

/** Those of the orders whose progress or differences became others at this instant. */
export async function ordersChangedAt(trx: Transaction, orderIds: readonly string[], now: Date): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `select order_id as id from order_progress where order_id = any(:orderIds::bigint[]) and changed_at = :now
     union select order_id from order_differences where order_id = any(:orderIds::bigint[]) and (found_at = :now or settled_at = :now)`,
    { orderIds: [...orderIds], now },
  );
  return rows.map(({ id }) => id);
}
