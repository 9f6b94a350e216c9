/**
 * The three places an order can be in. A posted order leaves `salesOrders`; its shipments and invoices keep the number of the order and our
 * reference. An order that was shipped and invoiced together with others is in the shipments alone.
 */
import { z } from 'zod';
import { anyOf, compare, literal, odataPath, readAll } from '../../src/connector/odata/index.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { type BusinessCentralSession, companyPath } from './company.ts';
import { bulkHeaders } from './http.ts';

export const PLACES = [
  { set: 'salesOrders', lines: 'salesOrderLines' },
  { set: 'salesShipments', lines: 'salesShipmentLines' },
  { set: 'salesInvoices', lines: 'salesInvoiceLines' },
] as const;
export type Place = (typeof PLACES)[number]['set'];

const line = z.looseObject({
  sequence: z.number().nullish(),
  lineType: z.string().nullish(),
  lineObjectNumber: z.string().nullish(),
  quantity: z.number().nullish(),
  unitPrice: z.number().nullish(),
});
export type DocumentLine = z.infer<typeof line>;

const document = z.looseObject({
  number: z.string(),
  externalDocumentNumber: z.string(),
  customerId: z.string().nullish(),
  currencyCode: z.string().nullish(),
  status: z.string().nullish(),
  fullyShipped: z.boolean().nullish(),
  orderNumber: z.string().nullish(),
  salesOrderLines: z.array(line).optional(),
  salesShipmentLines: z.array(line).optional(),
  salesInvoiceLines: z.array(line).optional(),
});
export type SalesDocument = z.infer<typeof document> & { readonly place: Place };

/** Where to look, and by what: our references, or the order's number as each place calls it. */
export type Search =
  | { readonly references: readonly string[] }
  | { readonly orderNumbers: readonly string[] }
  | { readonly invoiceNumbers: readonly string[] };

/** Open orders first: one that is posted while we look is then found among the posted ones, perhaps in both, never in neither. */
export async function findDocuments(session: BusinessCentralSession, search: Search): Promise<SalesDocument[]> {
  const company = await companyPath(session);
  const found: SalesDocument[] = [];
  for (const { set, lines } of PLACES) {
    const filter = filterOf(set, search);
    if (filter === undefined) continue;
    // From the primary database: the replica may not have seen what was written a moment ago.
    const headers = bulkHeaders({ ...session.config, readReplica: false });
    const rows = await readAll(session.http, odataPath(4, `${company}/${set}`, { filter, expand: [lines] }), headers);
    // A document that cannot be read must not count as none: another order would be made.
    found.push(...rows.map((row) => ({ ...shaped(document, row, set), place: set })));
  }
  return found;
}

function filterOf(place: Place, search: Search): string | undefined {
  const equals = (name: string, values: readonly string[]) =>
    anyOf(...values.map((value) => compare(name, 'eq', literal(4, 'string', value))));
  if ('references' in search) return equals('externalDocumentNumber', search.references);
  if ('invoiceNumbers' in search) return place === 'salesInvoices' ? equals('number', search.invoiceNumbers) : undefined;
  return equals(place === 'salesOrders' ? 'number' : 'orderNumber', search.orderNumbers);
}
