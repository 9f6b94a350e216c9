/** Orders that came in since a day, with their newest revision, for a look back with other rules. */
import type { Order, OrderContent } from '../../domain/orders/order.ts';
import type { Database } from '../database.ts';
import { ORDER_COLUMNS } from '../orders/orders.ts';

export interface PastOrder {
  readonly order: Order;
  readonly content: OrderContent;
}

export interface PastOrderFilter {
  readonly companyId: string;
  /** For one of these, or by somebody of one of these. */
  readonly accountIds: readonly string[];
  readonly since: Date;
  /** Go on behind this order. */
  readonly afterId: string;
  readonly limit: number;
}

export async function loadPastOrders(db: Database, filter: PastOrderFilter): Promise<PastOrder[]> {
  const { rows } = await db.raw<{ rows: Array<Order & { content: OrderContent }> }>(
    `select ${ORDER_COLUMNS}, r.content from orders o join order_revisions r on r.order_id = o.id and r.n = o.revision
     where o.company_id = :companyId and o.submitted_at >= :since and o.id > :afterId
       and (o.account_id = any(:accountIds::bigint[])
         or o.ordered_by_id in (select c.id from contacts c where c.account_id = any(:accountIds::bigint[])))
     order by o.id limit :limit`,
    { ...filter },
  );
  return rows.map(({ content, ...order }) => ({ order, content }));
}
