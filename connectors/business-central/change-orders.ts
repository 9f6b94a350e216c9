/**
 * Orders that are changed or cancelled afterwards. The API cancels nothing: an open order is deleted. A line is changed by a call of its own, so a
 * change may stop in the middle; the next try takes the order as it is then.
 */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import { lineChanges } from '../../src/connector/line-changes.ts';
import { entityOf, entityPath, etagOf } from '../../src/connector/odata/index.ts';
import type { OrderLine, OrderToPlace, PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import { type BusinessCentralSession, companyPath } from './company.ts';
import { textOf } from './decimals.ts';
import { findDocuments, type SalesDocument } from './documents.ts';
import { commentsOf, headOf, lineOf } from './order-body.ts';

const keyed = z.looseObject({ id: z.string() });

export async function cancelOrder(session: BusinessCentralSession, placed: PlacedOrder): Promise<void> {
  const { path, etag } = await pathOf(session, await openOrder(session, placed, 'cancelled'));
  // Whoever changed it a moment ago is not overruled: with another tag the service does nothing.
  await session.http.send({ method: 'DELETE', path, headers: { 'if-match': etag } });
}

export async function reviseOrder(session: BusinessCentralSession, placed: PlacedOrder, given: OrderToPlace): Promise<void> {
  const order = withShippingLine(given, session.config.shippingItem);
  const there = await openOrder(session, placed, 'changed');
  const company = await companyPath(session);
  const { path: head, etag } = await pathOf(session, there);
  const { changed, missing, surplus } = lineChanges(order.lines, linesOf(there));
  // Before anything is sent: what cannot be said must leave the order as it is.
  const updates = changed.map(({ line, there: { key } }) => ({ key, json: amountsOf(order, line) }));
  const additions = [...missing.map((line) => lineOf(order, line)), ...newComments(session, order, there)];
  await session.http.send({ method: 'PATCH', path: head, headers: { 'if-match': etag }, json: await headOf(session, company, order) });
  for (const { key, json } of updates) await writeLine(session, company, key, json);
  for (const { key } of surplus) await writeLine(session, company, key, null);
  for (const json of additions) await session.http.send({ method: 'POST', path: `${head}/salesOrderLines`, json });
}

async function pathOf(session: BusinessCentralSession, order: SalesDocument): Promise<{ path: string; etag: string }> {
  const path = `${await companyPath(session)}/${entityPath('salesOrders', shaped(keyed, order, 'salesOrders').id)}`;
  const { json, headers } = await session.http.send({ path });
  const etag = etagOf(entityOf(json, 'salesOrders'), headers);
  if (etag !== undefined) return { path, etag };
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `order ${order.number} came without its ETag; it was left as it is`);
}

/** Their order matters here, too: another quantity brings the list price back. */
function amountsOf(order: OrderToPlace, line: OrderLine): { [name: string]: Json } {
  const { quantity = 0, unitPrice = 0 } = lineOf(order, line);
  return { quantity, unitPrice };
}

/** `null` deletes. Tags of lines change with their header's, so any is good: what was read a moment ago is what is meant. */
async function writeLine(
  { http }: BusinessCentralSession,
  company: string,
  key: string,
  json: { [name: string]: Json } | null,
): Promise<void> {
  const request = { path: `${company}/${entityPath('salesOrderLines', key)}`, headers: { 'if-match': '*' } };
  await http.send(json === null ? { method: 'DELETE', ...request } : { method: 'PATCH', ...request, json });
}

function linesOf({ salesOrderLines = [] }: SalesDocument): Array<PlacedLine & { key: string }> {
  const lines = salesOrderLines.filter(({ lineType }) => lineType !== 'Comment');
  return lines.map((line) => ({
    key: shaped(keyed, line, 'salesOrderLines').id,
    product: line.lineObjectNumber || null,
    quantity: textOf(line.quantity),
    unitPrice: textOf(line.unitPrice) || null,
  }));
}

/** Those that are not there yet; nobody's are taken away. */
function newComments(
  session: BusinessCentralSession,
  order: OrderToPlace,
  { salesOrderLines = [] }: SalesDocument,
): ReturnType<typeof commentsOf> {
  const known = new Set(salesOrderLines.map(({ description }) => description));
  return commentsOf(session.config, order).filter(({ description }) => !known.has(String(description)));
}

/** Of an order of which a part was shipped, the rest could be changed or deleted; who does so should see what is on its way. */
async function openOrder(session: BusinessCentralSession, placed: PlacedOrder, done: string): Promise<SalesDocument> {
  const documents = await findDocuments(session, { orderNumbers: [placed.id] });
  const posted = documents.filter(({ place }) => place !== 'salesOrders');
  const order = documents.find(({ place }) => place === 'salesOrders');
  if (order && posted.length === 0) return order;
  const where =
    posted.length > 0 ? `has "${posted.map(({ place, number }) => `${place} ${number}`).join(', ')}"` : 'is no open order any more';
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `order ${placed.number ?? placed.id} ${where} and can no longer be ${done}; end it in Business Central`,
  );
}
