/** Orders by what people and storefronts call them. */
import type { Order } from '../../domain/orders/order.ts';
import type { Database, Transaction } from '../database.ts';
import { ORDER_COLUMNS } from './orders.ts';

export interface KnownOrder {
  readonly order: Order;
  readonly submittedDigest: string;
}

/** Of one origin, by reference. */
export async function findByReferences(
  db: Database | Transaction,
  origin: string,
  references: readonly string[],
): Promise<Map<string, KnownOrder>> {
  const { rows } = await db.raw<{ rows: Array<Order & { submittedDigest: string }> }>(
    `select ${ORDER_COLUMNS}, o.submitted_digest as "submittedDigest" from orders o where o.origin = ? and o.reference = any(?)`,
    [origin, [...references]],
  );
  return new Map(rows.map(({ submittedDigest, ...order }) => [order.reference, { order, submittedDigest }]));
}

/** Every order that fits, best kind of fit first and only that kind: external key, our id, a storefront's reference. */
export async function findOrders(db: Database | Transaction, text: string): Promise<Order[]> {
  const { rows } = await db.raw<{ rows: Array<Order & { rank: number }> }>(
    `with found as (
       select 1 as rank, id from orders where external_key = :text
       union all select 2, id from orders where id = substring(:text from '^[0-9]{1,18}$')::bigint
       union all (select 3, id from orders where reference = :text limit 10)
     )
     select ${ORDER_COLUMNS} from orders o
     where o.id in (select id from found where rank = (select min(rank) from found)) order by o.id`,
    { text },
  );
  return rows;
}
