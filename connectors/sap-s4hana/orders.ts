/** Sales orders: one deep insert makes the whole order, and it stays where it is until it is archived years later. */
import { z } from 'zod';
import { anyOf, compare } from '../../src/connector/odata/index.ts';
import type { OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { cancelOrder, reviseOrder } from './change-orders.ts';
import { orderBody } from './order-body.ts';
import { orderRows } from './order-rows.ts';
import { inGroups, type SapSession, text } from './partners.ts';
import { placedOrder } from './placed-order.ts';
import { releaseStep } from './release-order.ts';
import { sending, serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';
import { withoutAddressIds } from './standard-address.ts';

export const orders: OrderTarget<SapSettings> = {
  traits: {
    referenceField: 'PurchaseOrderByCustomer',
    maxReferenceLength: 35,
    referencePattern: '[A-Za-z0-9._/-]+',
    // Customizing of the document type may warn of a second one; the API takes it all the same.
    uniqueReference: 'none',
    // A call whose connection broke goes on there, for ten minutes at most unless rdisp/max_wprun_time says otherwise; updates come after it.
    lookupLagMs: 900_000,
    alsoLookIn: [],
  },
  find: (session, reference) => findMany(session, [reference]),
  findMany,
  async create(session, order) {
    const { config, http } = session;
    const service = serviceOf(config);
    const sent = service.hasAddressIds ? order : await withoutAddressIds(session, order);
    const json = orderBody(sent, config);
    const answer = await http.send({ method: 'POST', path: service.path(config, ''), headers: sending(service), json });
    const number = createdNumber.safeParse(answer.json).data;
    if (number !== undefined) return { id: number, number };
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${order.reference}: the answer names no order; it is looked for`);
  },
  steps: [releaseStep],
  cancel: cancelOrder,
  revise: reviseOrder,
  status: (session, ids) => ordersWhere(session, filtersOf(session, 'SalesOrder', ids)),
};

const created = z.object({ SalesOrder: z.string().min(1) });
const createdNumber = z.union([
  z.object({ d: created }).transform(({ d }) => d.SalesOrder),
  created.transform((order) => order.SalesOrder),
]);

/** A field of 35 characters: a longer reference would be cut there, and another one found. So only equal ones count. */
async function findMany(session: SapSession, references: readonly string[]): Promise<PlacedOrder[]> {
  const found = await ordersWhere(session, filtersOf(session, 'PurchaseOrderByCustomer', references));
  return found.filter(({ reference }) => references.includes(reference));
}

function filtersOf({ config }: SapSession, name: string, values: readonly string[]): string[] {
  return inGroups(values, config.filterSize).map((group) => anyOf(...group.map((value) => compare(name, 'eq', text(value)))) ?? '');
}

async function ordersWhere(session: SapSession, filters: readonly string[]): Promise<PlacedOrder[]> {
  return (await orderRows(session, filters)).map((row) => placedOrder(row, session.config));
}
