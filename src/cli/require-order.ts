/** The order somebody names on the command line. */
import type { Order } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { findOrders } from '../store/orders/find-orders.ts';
import { plain } from './terminal.ts';

export const ORDER_REFERENCE = 'number, reference, or key in the ERP';

/** Throws NOT_FOUND for none, and for several. */
export async function requireOrder(db: Database, text: string): Promise<Order> {
  const [first, ...others] = await findOrders(db, text);
  if (!first) throw new NeedsOperatorError('NOT_FOUND', `there is no order "${plain(text)}"; \`kontor orders list\` shows them`);
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ externalKey, origin }) => `${externalKey} (${plain(origin)})`);
  throw new NeedsOperatorError('NOT_FOUND', `"${plain(text)}" fits several orders; name one of: ${names.join(', ')}`);
}
