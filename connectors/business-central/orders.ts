/** Orders: one POST makes a sales order with all its lines. Afterwards it is looked for among open and posted documents. */
import { z } from 'zod';
import { entityOf } from '../../src/connector/odata/index.ts';
import type { OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { cancelOrder, reviseOrder } from './change-orders.ts';
import { type BusinessCentralSession, companyPath } from './company.ts';
import { findDocuments } from './documents.ts';
import { bodyOf } from './order-body.ts';
import { INVOICE, placedOrders } from './placed-orders.ts';
import type { BusinessCentralSettings } from './settings.ts';

const created = z.object({ number: z.string() });

async function findMany(session: BusinessCentralSession, references: readonly string[]): Promise<PlacedOrder[]> {
  return placedOrders(await findDocuments(session, { references }), session.config).filter(({ reference }) =>
    references.includes(reference),
  );
}

export const orders: OrderTarget<BusinessCentralSettings> = {
  traits: {
    referenceField: 'externalDocumentNumber',
    maxReferenceLength: 35,
    // The field is of type Code: small letters become capitals, so that two references would be one. Signs such as * . | & mean something in filters.
    referencePattern: '[A-Z0-9][A-Z0-9_/-]*',
    uniqueReference: 'none',
    // A call whose connection broke goes on there, for ten minutes at most: that is where the service ends it.
    lookupLagMs: 600_000,
    alsoLookIn: ['salesShipments', 'salesInvoices'],
    removesCancelled: true,
  },
  find: (session, reference) => findMany(session, [reference]),
  findMany,
  async create(session, order) {
    const company = await companyPath(session);
    const json = await bodyOf(session, company, withShippingLine(order, session.config.shippingItem));
    const answer = await session.http.send({ method: 'POST', path: `${company}/salesOrders`, json });
    const made = created.safeParse(entityOf(answer.json, 'salesOrders'));
    if (made.success) return { id: made.data.number, number: made.data.number };
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${order.reference}: the answer names no order number; the order is looked for`);
  },
  steps: [],
  cancel: cancelOrder,
  revise: reviseOrder,
  async status(session, ids) {
    const invoiceNumbers = ids.filter((id) => id.startsWith(INVOICE)).map((id) => id.slice(INVOICE.length));
    const orderNumbers = ids.filter((id) => !id.startsWith(INVOICE));
    const documents = [
      ...(orderNumbers.length === 0 ? [] : await findDocuments(session, { orderNumbers })),
      ...(invoiceNumbers.length === 0 ? [] : await findDocuments(session, { invoiceNumbers })),
    ];
    return placedOrders(documents, session.config);
  },
};
