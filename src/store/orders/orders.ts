/** Orders and their revisions. Every change of state is guarded by the states it may come from. */

import type { Order, OrderContent, OrderState, Revision } from '../../domain/orders/order.ts';
import { ORDER_MOVES } from '../../domain/orders/order.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { column, jsonLines } from '../columns.ts';
import type { Database, Transaction } from '../database.ts';

export const ORDER_COLUMNS = `o.id, o.origin, o.reference, o.external_key as "externalKey", o.account_id as "accountId", o.company_id as "companyId",
  o.ordered_by_id as "orderedById", o.on_behalf_of_id as "onBehalfOfId", o.state, o.approved_by as "approvedBy", o.revision, o.currency,
  o.total::float8 as total, o.submitted_at as "submittedAt", o.decided_at as "decidedAt"`;

export async function loadOrder(db: Database | Transaction, id: string): Promise<Order | null> {
  const { rows } = await db.raw<{ rows: Order[] }>(`select ${ORDER_COLUMNS} from orders o where o.id = ?`, [id]);
  return rows[0] ?? null;
}

/** Held until the transaction ends: whoever decides, edits or releases an order does so alone. Throws NOT_FOUND. */
export async function lockOrder(trx: Transaction, id: string): Promise<Order> {
  const { rows } = await trx.raw<{ rows: Order[] }>(`select ${ORDER_COLUMNS} from orders o where o.id = ? for update`, [id]);
  if (!rows[0]) throw new NeedsOperatorError('NOT_FOUND', `there is no order ${id}; \`kontor orders list\` lists them`);
  return rows[0];
}

/** Several at once, always in the order of their numbers: two who lock several never wait for each other in a circle. */
export async function lockOrders(trx: Transaction, ids: readonly string[]): Promise<Order[]> {
  if (ids.length === 0) return [];
  const { rows } = await trx.raw<{ rows: Order[] }>(
    `select ${ORDER_COLUMNS} from orders o where o.id = any(:ids::bigint[]) order by o.id for update`,
    { ids: [...new Set(ids)] },
  );
  return rows;
}

export interface NewOrder {
  readonly origin: string;
  readonly reference: string;
  readonly keyPrefix: string;
  readonly submittedDigest: string;
  readonly accountId: string;
  readonly companyId: string;
  readonly orderedById: string;
  readonly onBehalfOfId: string | null;
  readonly content: OrderContent;
  readonly materialHash: string;
  readonly total: number;
}

/** Stored as its first revision, waiting; `null` when the reference was taken meanwhile. */
export async function insertOrder(trx: Transaction, order: NewOrder, now: Date): Promise<Order | null> {
  const { content, ...rest } = order;
  const { rows } = await trx.raw<{ rows: Order[] }>(
    `with number as (select nextval(pg_get_serial_sequence('orders', 'id')) as id)
     insert into orders as o (id, origin, reference, external_key, submitted_digest, account_id, company_id, ordered_by_id, on_behalf_of_id,
       state, currency, total, submitted_at, updated_at)
     overriding system value
     select id, :origin, :reference, :keyPrefix::text || id, :submittedDigest, :accountId::bigint, :companyId::bigint, :orderedById::bigint,
       :onBehalfOfId::bigint, 'pending_approval', :currency, :total::bigint, :now::timestamptz, :now::timestamptz from number
     on conflict on constraint orders_origin_reference_key do nothing returning ${ORDER_COLUMNS}`,
    { ...rest, currency: content.currency, now },
  );
  const inserted = rows[0];
  if (!inserted) return null;
  await insertRevision(trx, { ...order, orderId: inserted.id, n: 1, editedById: null, reason: null }, now);
  return inserted;
}

export async function insertRevision(trx: Transaction, revision: Omit<Revision, 'createdAt'>, now: Date): Promise<void> {
  await trx.raw(
    `insert into order_revisions (order_id, n, content, material_hash, total, edited_by_id, reason, created_at)
     values (:orderId, :n, :json::jsonb, :materialHash, :total, :editedById, :reason, :now)`,
    { ...revision, json: JSON.stringify(revision.content), now },
  );
  await trx.raw('update orders set revision = :n, total = :total, currency = :currency, updated_at = :now where id = :orderId', {
    ...revision,
    currency: revision.content.currency,
    now,
  });
}

/** `n` is the newest if not given. */
export async function loadRevision(db: Database | Transaction, orderId: string, n?: number): Promise<Revision> {
  const { rows } = await db.raw<{ rows: Revision[] }>(
    `select r.order_id as "orderId", r.n, r.content, r.material_hash as "materialHash", r.total::float8 as total,
       r.edited_by_id as "editedById", r.reason, r.created_at as "createdAt"
     from order_revisions r join orders o on o.id = r.order_id where r.order_id = :orderId and r.n = coalesce(:n::int, o.revision)`,
    { orderId, n: n ?? null },
  );
  if (!rows[0])
    throw new NeedsOperatorError('NOT_FOUND', `order ${orderId} has no revision ${n}; \`kontor orders show ${orderId}\` lists them`);
  return rows[0];
}

/** Throws ORDER_STATE unless the order may go there from where it is. */
export async function moveOrder(
  trx: Transaction,
  order: Pick<Order, 'id'>,
  to: OrderState,
  { now, approvedBy }: { now: Date; approvedBy?: Order['approvedBy'] },
): Promise<void> {
  const from = (Object.keys(ORDER_MOVES) as OrderState[]).filter((state) => ORDER_MOVES[state].includes(to));
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `update orders set state = :to, approved_by = coalesce(:approvedBy, approved_by), updated_at = :now,
       decided_at = case when :to = 'pending_approval' then null else :now::timestamptz end
     where id = :id and state = any(:from) returning id`,
    { id: order.id, to, from, now, approvedBy: approvedBy ?? null },
  );
  if (rows[0]) return;
  const current = await loadOrder(trx, order.id);
  const name = current?.externalKey ?? order.id;
  throw new NeedsOperatorError(
    'ORDER_STATE',
    `order ${name} is ${current?.state ?? 'gone'} and cannot become ${to}; \`kontor orders show ${name}\` tells what happened to it`,
  );
}

export interface LogEntry {
  readonly kind: string;
  readonly personId?: string | null;
  /** Who acted where no person of ours did: the name of a key, `cli`, `relay`. */
  readonly actor?: string | null;
  readonly revision?: number | null;
  readonly facts?: object;
}

/** The trail people read; append-only, written in the transaction of what it tells. */
export async function appendLog(trx: Transaction, orderId: string, entry: LogEntry, now: Date): Promise<void> {
  await appendLogs(trx, [{ ...entry, orderId, at: now }]);
}

/** In the order given; `at` may lie before what was written already, where the clock was late. */
export async function appendLogs(trx: Transaction, entries: ReadonlyArray<LogEntry & { orderId: string; at: Date }>): Promise<void> {
  if (entries.length === 0) return;
  await trx.raw(
    `insert into order_log (order_id, at, kind, person_id, actor, revision, facts)
     select l.order_id, l.at, l.kind, l.person_id, l.actor, l.revision, l.facts::jsonb
     from rows from (
       unnest(:orderIds::bigint[], :at::timestamptz[], :kinds::text[], :personIds::bigint[], :actors::text[], :revisions::int[]),
       string_to_table(:facts, chr(10))
     ) with ordinality as l(order_id, at, kind, person_id, actor, revision, facts, n) order by l.n`,
    {
      orderIds: column(entries.map(({ orderId }) => orderId)),
      at: column(entries.map(({ at }) => at)),
      kinds: column(entries.map(({ kind }) => kind)),
      personIds: column(entries.map(({ personId }) => personId)),
      actors: column(entries.map(({ actor }) => actor)),
      revisions: column(entries.map(({ revision }) => revision)),
      facts: jsonLines(entries.map(({ facts }) => facts ?? {})),
    },
  );
}
