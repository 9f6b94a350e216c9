/**
 * Orders that are changed or cancelled afterwards. The services cancel no order: its items are rejected. Every part is a call of its own, so a
 * change may stop in the middle; the next try takes the order as it is then.
 */
import type { Json } from '../../src/connector/contract.ts';
import { plainDecimal } from '../../src/connector/decimals.ts';
import { lineChanges } from '../../src/connector/line-changes.ts';
import { compare, entityOf, etagOf, type ODataRow } from '../../src/connector/odata/index.ts';
import type { OrderLine, OrderToPlace, PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { headOf, itemOf, partnerOf, priceOf, quantityOf, textOf } from './order-body.ts';
import { orderPath, orderRows, orderWithTag } from './order-rows.ts';
import { type SapSession, text } from './partners.ts';
import { agreedPrice, isRejected, placedLine } from './placed-order.ts';
import { listIn, textIn } from './rows.ts';
import { sending, serviceOf } from './sales-order-service.ts';
import { withoutAddressIds } from './standard-address.ts';

type Body = { [name: string]: Json };
type ItemThere = PlacedLine & { readonly number: string; readonly row: ODataRow };

export async function cancelOrder(session: SapSession, placed: PlacedOrder): Promise<void> {
  if (session.config.rejectionReason === undefined) {
    throw new NeedsOperatorError(
      'HANDOFF_UNSUPPORTED',
      `order ${nameOf(placed)} is not cancelled: connection ${session.connection} has no \`settings.rejectionReason\` to reject its items with; set one, or reject them in SAP, then \`kontor orders settle\``,
    );
  }
  const { items } = await openOrder(session, placed, 'cancelled');
  for (const item of items) await takeAway(session, placed, item);
}

export async function reviseOrder(session: SapSession, placed: PlacedOrder, given: OrderToPlace): Promise<void> {
  const { config, http } = session;
  const service = serviceOf(config);
  // Before anything is sent: what cannot be said must leave the order as it is.
  const order = service.hasAddressIds ? given : await withoutAddressIds(session, given);
  const { etag, row, items, lastNumber } = await openOrder(session, placed, 'changed');
  const { changed, missing, surplus } = lineChanges(order.lines, items);
  // Blocked again, where orders are made so: nothing is delivered of half a change. The step that follows lifts the blocks.
  const head = { path: orderPath(session, placed), headers: { ...sending(service), 'if-match': etag }, json: headOf(order, config) };
  await http.send({ method: 'PATCH', ...head });
  await changePartners(session, placed, order, row);
  await changeText(session, placed, order, row);
  for (const { line, there } of changed) await changeItem(session, placed, order, line, there);
  for (const [place, line] of missing.entries()) {
    await add(session, placed, service.names.items, itemOf(line, lastNumber + (place + 1) * 10, order, config));
  }
  // Last: an order all of whose items are rejected for a moment would be a cancelled one.
  for (const item of surplus) await takeAway(session, placed, item);
}

/** The tag is older than the rows: whoever changes the order in between is not overruled. */
async function openOrder(session: SapSession, placed: PlacedOrder, done: string) {
  const { config } = session;
  const { names } = serviceOf(config);
  const { etag } = await orderWithTag(session, placed);
  const [row] = await orderRows(session, [compare('SalesOrder', 'eq', text(placed.id))], [names.partners, names.texts]);
  if (!row) throw new NeedsOperatorError('ERP_NOT_FOUND', `order ${nameOf(placed)} is not there and cannot be ${done}`);
  const all = listIn(row, names.items);
  refuseFollowed(placed, row, all, done);
  const items = all
    .filter((item) => !isRejected(item))
    .map((item): ItemThere => ({ ...placedLine(item, config), number: textIn(item, 'SalesOrderItem'), row: item }));
  const lastNumber = Math.max(0, ...all.map((item) => Number(textIn(item, 'SalesOrderItem'))));
  return { etag, row, items, lastNumber };
}

/** SAP would let the rest be changed or rejected; who does so should see what is on its way. B: partly, C: completely. */
function refuseFollowed(placed: PlacedOrder, row: ODataRow, items: readonly ODataRow[], done: string): void {
  const has = (one: ODataRow, ...names: string[]) => names.some((name) => ['B', 'C'].includes(textIn(one, name)));
  const isDelivered =
    has(row, 'OverallTotalDeliveryStatus', 'OverallDeliveryStatus') ||
    items.some((item) => !isRejected(item) && has(item, 'DeliveryStatus', 'OrderRelatedBillingStatus'));
  if (!isDelivered) return;
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `order ${nameOf(placed)} is "${placed.stateThere}" and has deliveries or invoices; it can no longer be ${done} from here, end it in SAP`,
  );
}

async function changeItem(session: SapSession, placed: PlacedOrder, order: OrderToPlace, line: OrderLine, there: ItemThere): Promise<void> {
  const { config } = session;
  const { names, partPath } = serviceOf(config);
  const keys = { SalesOrder: placed.id, SalesOrderItem: there.number };
  const quantity = quantityOf(line, config);
  if (plainDecimal(line.quantity) !== there.quantity)
    await write(session, placed, 'PATCH', partPath(config, names.itemSet, keys), quantity);
  const price = priceOf(line, order.currency, config);
  if (price === null || plainDecimal(line.unitPrice) === there.unitPrice) return;
  const agreed = agreedPrice(there.row, config);
  if (agreed === undefined) {
    await session.http.send({ method: 'POST', path: partPath(config, names.itemSet, keys, names.prices), headers: sending(serviceOf(config)), json: price }); // biome-ignore format: one request
    return;
  }
  const [step, counter] = [textIn(agreed, 'PricingProcedureStep'), textIn(agreed, 'PricingProcedureCounter')];
  const path = partPath(config, names.priceSet, { ...keys, PricingProcedureStep: step, PricingProcedureCounter: counter });
  // Its type is what it was found by, and may not be sent again in version 4.
  const { ConditionType: _type, ...values } = price;
  await write(session, placed, 'PATCH', path, values);
}

/** Rejected where a reason is named, so that people see what was ordered once; else deleted. */
function takeAway(session: SapSession, placed: PlacedOrder, { number }: ItemThere): Promise<void> {
  const { config } = session;
  const { names, partPath } = serviceOf(config);
  const path = partPath(config, names.itemSet, { SalesOrder: placed.id, SalesOrderItem: number });
  const { rejectionReason } = config;
  if (rejectionReason === undefined) return write(session, placed, 'DELETE', path);
  return write(session, placed, 'PATCH', path, { SalesDocumentRjcnReason: rejectionReason });
}

async function changePartners(
  session: SapSession,
  placed: PlacedOrder,
  { shipTo, billTo, soldTo }: OrderToPlace,
  row: ODataRow,
): Promise<void> {
  const { config } = session;
  const { names, partPath } = serviceOf(config);
  for (const [role, id] of [
    ['SH', shipTo],
    ['BP', billTo],
  ] as const) {
    const there = listIn(row, names.partners).find((partner) => textIn(partner, 'PartnerFunction') === role);
    // Without a partner of its own the function is the customer's, as SAP determines it.
    const [wanted] = partnerOf(role, id, there ? '' : soldTo);
    if (wanted === undefined || (there && isIn(wanted, there))) continue;
    const { PartnerFunction: _role, ...values } = wanted;
    if (there)
      await write(session, placed, 'PATCH', partPath(config, names.partnerSet, { SalesOrder: placed.id, PartnerFunction: role }), values);
    else await add(session, placed, names.partners, wanted);
  }
}

async function changeText(session: SapSession, placed: PlacedOrder, order: OrderToPlace, row: ODataRow): Promise<void> {
  const { config } = session;
  const { names, partPath } = serviceOf(config);
  const wanted = textOf(order, config);
  if (wanted === null) return;
  const { LongText, ...keys } = wanted;
  const there = listIn(row, names.texts).find((one) => isIn(keys, one));
  if (!there) return add(session, placed, names.texts, wanted);
  const path = partPath(config, names.textSet, { SalesOrder: placed.id, Language: config.language, LongTextID: config.noteText ?? '' });
  if (there.LongText !== LongText) await write(session, placed, 'PATCH', path, { LongText: LongText ?? '' });
}

async function add(session: SapSession, placed: PlacedOrder, below: string, json: Body): Promise<void> {
  await session.http.send({ method: 'POST', path: orderPath(session, placed, below), headers: sending(serviceOf(session.config)), json });
}

/** A part has the tag of its own or that of its order, which every change of a part moves on: so it is asked for each time. */
async function write(session: SapSession, placed: PlacedOrder, method: 'PATCH' | 'DELETE', path: string, json?: Body): Promise<void> {
  const { http, config } = session;
  const service = serviceOf(config);
  const { json: part, headers } = await http.send({ path, headers: service.headers });
  const etag = etagOf(entityOf(part, 'a part of the order'), headers) ?? (await orderWithTag(session, placed)).etag;
  await http.send({ method, path, headers: { ...sending(service), 'if-match': etag }, ...(json === undefined ? {} : { json }) });
}

function isIn(wanted: Body, there: ODataRow): boolean {
  return Object.entries(wanted).every(([name, value]) => textIn(there, name) === value);
}

function nameOf({ number, id }: PlacedOrder): string {
  return number ?? id;
}
