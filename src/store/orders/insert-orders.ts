/** Many new orders in two statements. */
import type { Order, Revision } from '../../domain/orders/order.ts';
import type { Transaction } from '../database.ts';
import { type NewOrder, ORDER_COLUMNS } from './orders.ts';

export interface InsertedOrder {
  readonly order: Order;
  readonly revision: Revision;
}

/**
 * Each as its first revision, waiting, with the first line of its log; by reference, without those whose reference was taken
 * meanwhile. All of one origin. Numbers follow the order given; rows go in by reference, so that two who bring the same ones
 * wait for each other and never in a circle.
 */
export async function insertOrders(trx: Transaction, orders: readonly NewOrder[], now: Date): Promise<Map<string, InsertedOrder>> {
  const given = orders.map(({ content, ...order }, place) => ({ ...order, place, content, currency: content.currency }));
  const { rows } = await trx.raw<{ rows: Order[] }>(
    `insert into orders as o (id, origin, reference, external_key, submitted_digest, account_id, company_id, ordered_by_id, on_behalf_of_id,
       state, currency, total, submitted_at, updated_at)
     overriding system value
     select n.id, n.origin, n.reference, n."keyPrefix" || n.id, n."submittedDigest", n."accountId", n."companyId", n."orderedById", n."onBehalfOfId",
       'pending_approval', n.currency, n.total, :now::timestamptz, :now::timestamptz
     from (
       select nextval(pg_get_serial_sequence('orders', 'id')) as id, sorted.* from (
         select * from jsonb_to_recordset(:json::jsonb) as g (place int, origin text, reference text, "keyPrefix" text, "submittedDigest" text,
           "accountId" bigint, "companyId" bigint, "orderedById" bigint, "onBehalfOfId" bigint, currency text, total bigint) order by place
       ) sorted
     ) n order by n.reference collate "C"
     on conflict on constraint orders_origin_reference_key do nothing returning ${ORDER_COLUMNS}`,
    { json: JSON.stringify(given.map(({ content: _, ...rest }) => rest)), now },
  );
  const stored = new Map(rows.map((order) => [order.reference, order]));
  const inserted = new Map<string, InsertedOrder>();
  for (const { reference, content, materialHash, total } of given) {
    const order = stored.get(reference);
    if (!order) continue;
    const revision = { orderId: order.id, n: 1, content, materialHash, total, editedById: null, reason: null, createdAt: now };
    inserted.set(reference, { order, revision });
  }
  await insertFirstRevisions(trx, [...inserted.values()], now);
  return inserted;
}

async function insertFirstRevisions(trx: Transaction, inserted: readonly InsertedOrder[], now: Date): Promise<void> {
  if (inserted.length === 0) return;
  const given = inserted.map(({ order, revision }) => ({ ...revision, personId: order.orderedById, actor: order.origin }));
  await trx.raw(
    `with given as materialized (
       select * from jsonb_to_recordset(:json::jsonb) as g ("orderId" bigint, content jsonb, "materialHash" text, total bigint, "personId" bigint, actor text)
     ), revised as (
       insert into order_revisions (order_id, n, content, material_hash, total, created_at)
       select "orderId", 1, content, "materialHash", total, :now from given
     )
     insert into order_log (order_id, at, kind, person_id, actor, revision)
     select "orderId", :now, 'submitted', "personId", actor, 1 from given`,
    { json: JSON.stringify(given), now },
  );
}
