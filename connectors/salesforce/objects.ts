/** Which fields of an object the login sees: field-level security hides them without a word, and asking for a hidden one fails the query. */
import { z } from 'zod';
import { shaped } from '../../src/connector/shaped.ts';
import type { SalesforceSession } from './soql.ts';

export interface ObjectShape {
  /** A field, or a field of a related record: its relation counts. */
  has(field: string): boolean;
  /** Whether `getDeleted` answers for it. */
  readonly tellsDeleted: boolean;
  readonly serverAt: Date | null;
}

const described = z.looseObject({
  replicateable: z.boolean().optional(),
  fields: z.array(z.unknown()),
});
const field = z.looseObject({ name: z.string(), relationshipName: z.string().nullish() });

export async function describeObject({ http }: SalesforceSession, object: string): Promise<ObjectShape> {
  const { json, serverAt } = await http.send({ path: `sobjects/${object}/describe` });
  const { fields, replicateable = true } = shaped(described, json, `describe of ${object}`);
  const names = new Set(
    // A field that cannot be understood is one that is not seen.
    fields.flatMap((one) => {
      const { name, relationshipName } = field.safeParse(one).data ?? {};
      return [...(name === undefined ? [] : [name]), ...(relationshipName ? [`${relationshipName}.`] : [])];
    }),
  );
  return {
    has: (field) => names.has(field.includes('.') ? field.slice(0, field.indexOf('.') + 1) : field),
    tellsDeleted: replicateable,
    serverAt,
  };
}

/** What is read of each object, if it is seen. */
export const FIELDS = {
  Account: ['AccountNumber', 'ParentId', 'Phone', 'Website', 'Industry', 'Owner.Name'],
  Contact: ['AccountId', 'Name', 'FirstName', 'LastName', 'Email', 'Phone', 'MobilePhone', 'Title', 'ReportsToId'],
  PricebookEntry: [
    'Name',
    'ProductCode',
    'UnitPrice',
    'IsActive',
    'Pricebook2.Name',
    'Pricebook2.IsStandard',
    'Pricebook2.IsActive',
  ].concat(['Product2.QuantityUnitOfMeasure']),
} as const satisfies Record<string, readonly string[]>;

const PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country', 'Latitude', 'Longitude'];
export const ADDRESS_FIELDS = ['Billing', 'Shipping'].flatMap((kind) => PARTS.map((part) => `${kind}${part}`));

/** Only where several currencies, or lists of states and countries, are switched on: their absence is no lack of rights. */
export const SOME_HAVE = { currency: 'CurrencyIsoCode', countries: ['BillingCountryCode', 'ShippingCountryCode'] } as const;
