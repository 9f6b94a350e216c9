/** Sales orders as the service tells them, with their items and prices. */
import { z } from 'zod';
import { entityOf, entityPath, etagOf, type ODataRow, readAllOf } from '../../src/connector/odata/index.ts';
import type { PlacedOrder } from '../../src/connector/orders.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { type SapSession, text } from './partners.ts';
import { serviceOf } from './sales-order-service.ts';

export async function orderRows(session: SapSession, filters: readonly string[], also: readonly string[] = []): Promise<ODataRow[]> {
  const { config } = session;
  const service = serviceOf(config);
  const query = { expand: [...service.expand, ...also], orderBy: ['SalesOrder'] };
  const rows = await readAllOf(
    service.ask(session),
    filters.map((filter) => service.path(config, '', { ...query, filter })),
  );
  return rows.map(known);
}

const found = z.looseObject({ SalesOrder: z.string().min(1), PurchaseOrderByCustomer: z.string() });

/** An order that cannot be read must not count as none: another one would be made. */
function known(row: ODataRow): ODataRow {
  if (found.safeParse(row).success) return row;
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'A_SalesOrder: an order came without its number or its purchase order number');
}

/** Address of an order. */
export function orderPath({ config }: SapSession, { id }: Pick<PlacedOrder, 'id'>, below = ''): string {
  return serviceOf(config).path(config, `${entityPath('', text(id))}${below === '' ? '' : `/${below}`}`);
}

/** An order right before it is changed. Without its ETag, what somebody else has done to it in the meantime would be lost. */
export async function orderWithTag(session: SapSession, placed: PlacedOrder): Promise<{ order: ODataRow; etag: string }> {
  const service = serviceOf(session.config);
  const answer = await session.http.send({ path: orderPath(session, placed), headers: service.headers });
  const order = entityOf(answer.json, service.names.set);
  const etag = etagOf(order, answer.headers);
  if (etag !== undefined) return { order, etag };
  const { number, id } = placed;
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `order ${number ?? id} came without its ETag; it was left as it is`);
}
