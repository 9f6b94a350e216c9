/** Orders: one POST makes a sales order with all its lines. Afterwards it is looked for among open and posted documents. */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import { entityOf, entityPath, type ODataRow } from '../../src/connector/odata/index.ts';
import type { OrderTarget, OrderToPlace } from '../../src/connector/orders.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { type BusinessCentralSession, companyPath } from './company.ts';
import { exactNumber } from './decimals.ts';
import { findDocuments } from './documents.ts';
import { INVOICE, placedOrders } from './placed-orders.ts';
import type { BusinessCentralSettings } from './settings.ts';

const created = z.object({ number: z.string() });

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
  },
  find: async (session, reference) =>
    placedOrders(await findDocuments(session, { reference })).filter((one) => one.reference === reference),
  async create(session, order) {
    const company = await companyPath(session);
    const json = await bodyOf(session, company, order);
    const answer = await session.http.send({ method: 'POST', path: `${company}/salesOrders`, json });
    const made = created.safeParse(entityOf(answer.json, 'salesOrders'));
    if (made.success) return { id: made.data.number, number: made.data.number };
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${order.reference}: the answer names no order number; the order is looked for`);
  },
  steps: [],
  async status(session, ids) {
    const invoiceNumbers = ids.filter((id) => id.startsWith(INVOICE)).map((id) => id.slice(INVOICE.length));
    const orderNumbers = ids.filter((id) => !id.startsWith(INVOICE));
    return placedOrders([
      ...(orderNumbers.length === 0 ? [] : await findDocuments(session, { orderNumbers })),
      ...(invoiceNumbers.length === 0 ? [] : await findDocuments(session, { invoiceNumbers })),
    ]);
  },
};

async function bodyOf(session: BusinessCentralSession, company: string, order: OrderToPlace): Promise<{ [name: string]: Json }> {
  const { costCentreDimension, sendNetPrices } = session.config;
  const [billTo, shipTo] = [customerOf(order.billTo), customerOf(order.shipTo)];
  return {
    externalDocumentNumber: order.reference,
    orderDate: order.orderedOn,
    customerId: order.soldTo,
    ...(billTo === undefined || billTo === order.soldTo ? {} : { billToCustomerId: billTo }),
    // Goods go to the customer's own address anyway.
    ...(shipTo === undefined || shipTo === order.soldTo ? {} : await shipToOf(session, company, shipTo)),
    currencyCode: order.currency,
    ...(sendNetPrices ? { pricesIncludeTax: false } : {}),
    ...(order.requestedDeliveryOn === undefined ? {} : { requestedDeliveryDate: order.requestedDeliveryOn }),
    ...(order.costCentre === undefined || costCentreDimension === undefined
      ? {}
      : { [`shortcutDimension${costCentreDimension}Code`]: order.costCentre }),
    // Their order matters: a price that is set before product and quantity is overwritten by the list price.
    salesOrderLines: order.lines.map((line) => ({
      lineType: 'Item',
      lineObjectNumber: line.product,
      ...(line.text === undefined ? {} : { description: line.text.slice(0, 100) }),
      ...(line.unit === undefined ? {} : { unitOfMeasureCode: line.unit }),
      quantity: exactNumber(line.quantity, `order ${order.reference}, line ${line.reference}: quantity`),
      unitPrice: exactNumber(line.unitPrice, `order ${order.reference}, line ${line.reference}: price`),
    })),
  };
}

/** Our address ids carry the role behind a slash (mapping.ts). */
function customerOf(address: string | undefined): string | undefined {
  return address?.replace(/\/[^/]*$/, '');
}

/** The API knows no addresses by id, so another customer's address is written out. */
async function shipToOf({ http }: BusinessCentralSession, company: string, customer: string): Promise<ODataRow> {
  const { json } = await http.send({ path: `${company}/${entityPath('customers', customer)}` });
  const row = entityOf(json, 'customers');
  return {
    shipToName: row.displayName ?? '',
    shipToAddressLine1: row.addressLine1 ?? '',
    shipToAddressLine2: row.addressLine2 ?? '',
    shipToCity: row.city ?? '',
    shipToCountry: row.country ?? '',
    shipToState: row.state ?? '',
    shipToPostCode: row.postalCode ?? '',
  };
}
