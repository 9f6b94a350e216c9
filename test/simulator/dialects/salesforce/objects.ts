/** The world as Salesforce's standard objects. Stamps are whole seconds; what is archived lies in the recycle bin. */
import type { Kind, World, WorldAccount, WorldAddress, WorldContact, WorldPrice } from '../../world.ts';
import { type AccountStamps, addressesOf } from '../crm-addresses.ts';

export type Value = string | number | boolean | null;
export type FieldType = 'id' | 'string' | 'boolean' | 'datetime' | 'double';
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Name of the related record, if the field leads to one. */
  readonly relation?: string;
}
/** By field name; those of related records with a dot. */
export type Values = Readonly<Record<string, Value>>;

export interface ObjectType {
  readonly kind: Kind;
  readonly fields: readonly Field[];
  rows(world: World, stamps: AccountStamps): Values[];
}

export const ORGANIZATION_NAME = 'Muster & Co';

function fields(type: FieldType, ...names: string[]): Field[] {
  return names.map((name) => ({ name, type }));
}

const STANDARD = [...fields('boolean', 'IsDeleted'), ...fields('datetime', 'CreatedDate', 'LastModifiedDate', 'SystemModstamp')];
const PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/** "2026-03-02T08:00:12.000+0000" */
export function stampText(at: Date): string {
  return `${at.toISOString().slice(0, 19)}.000+0000`;
}

function stamps(createdAt: Date, changedAt: Date): Values {
  return { CreatedDate: stampText(createdAt), LastModifiedDate: stampText(changedAt), SystemModstamp: stampText(changedAt) };
}

function addressValues(kind: string, address: WorldAddress | undefined): Values {
  const street = address ? [address.street, address.street2].filter((line) => line !== null).join('\r\n') : null;
  return {
    [`${kind}Street`]: street,
    [`${kind}City`]: address?.city ?? null,
    [`${kind}State`]: address?.region ?? null,
    [`${kind}PostalCode`]: address?.postalCode ?? null,
    [`${kind}Country`]: address?.country ?? null,
    [`${kind}Latitude`]: null,
    [`${kind}Longitude`]: null,
  };
}

function account(world: World, of: AccountStamps, row: WorldAccount): Values {
  const { billing, shipping } = addressesOf(world, row.id);
  return {
    Id: row.id,
    IsDeleted: !row.active,
    Name: row.name,
    AccountNumber: row.number,
    ParentId: row.parentId,
    OwnerId: '005000000000001AAA',
    'Owner.Name': 'Erika Muster',
    Phone: row.phone,
    Website: row.website,
    Industry: null,
    CurrencyIsoCode: row.currency,
    ...addressValues('Billing', billing),
    ...addressValues('Shipping', shipping),
    ...stamps(row.createdAt, of.stampOf(world, row)),
  };
}

function contact(row: WorldContact): Values {
  return {
    Id: row.id,
    IsDeleted: !row.active,
    AccountId: row.accountId,
    Name: [row.firstName, row.lastName].filter((part) => part !== null).join(' '),
    FirstName: row.firstName,
    LastName: row.lastName,
    Email: row.email,
    Phone: row.phone,
    MobilePhone: null,
    Title: row.jobTitle,
    ReportsToId: null,
    ...stamps(row.createdAt, row.changedAt),
  };
}

function entry(world: World, row: WorldPrice): Values {
  const product = world.rows('product').find(({ number }) => number === row.product);
  return {
    Id: row.id,
    IsDeleted: false,
    Pricebook2Id: '01s000000000001AAA',
    'Pricebook2.Name': row.priceList ?? 'Standard Price Book',
    'Pricebook2.IsStandard': row.priceList === null,
    'Pricebook2.IsActive': true,
    Product2Id: product?.id ?? null,
    'Product2.QuantityUnitOfMeasure': product?.unit ?? null,
    ProductCode: row.product,
    Name: product?.name ?? null,
    UnitPrice: Number(row.unitPrice),
    IsActive: true,
    CurrencyIsoCode: row.currency,
    ...stamps(row.createdAt, row.changedAt),
  };
}

export const OBJECTS: Readonly<Record<string, ObjectType>> = {
  Account: {
    kind: 'account',
    fields: [
      ...fields('id', 'Id', 'ParentId'),
      { name: 'OwnerId', type: 'id', relation: 'Owner' },
      ...fields('string', 'Name', 'AccountNumber', 'Phone', 'Website', 'Industry', 'CurrencyIsoCode'),
      ...['Billing', 'Shipping'].flatMap((kind) => [
        ...fields('string', ...PARTS.map((part) => `${kind}${part}`)),
        ...fields('double', `${kind}Latitude`, `${kind}Longitude`),
      ]),
      ...STANDARD,
    ],
    rows: (world, of) => world.rows('account').map((row) => account(world, of, row)),
  },
  Contact: {
    kind: 'contact',
    fields: [
      ...fields('id', 'Id', 'AccountId', 'ReportsToId'),
      ...fields('string', 'Name', 'FirstName', 'LastName', 'Email', 'Phone', 'MobilePhone', 'Title'),
      ...STANDARD,
    ],
    rows: (world) => world.rows('contact').map(contact),
  },
  PricebookEntry: {
    kind: 'price',
    fields: [
      ...fields('id', 'Id'),
      { name: 'Pricebook2Id', type: 'id', relation: 'Pricebook2' },
      { name: 'Product2Id', type: 'id', relation: 'Product2' },
      ...fields('string', 'ProductCode', 'Name', 'CurrencyIsoCode'),
      ...fields('double', 'UnitPrice'),
      ...fields('boolean', 'IsActive'),
      ...STANDARD,
    ],
    // There are no prices of one account.
    rows: (world) => world.rows('price').filter(({ accountId }) => accountId === null).map((row) => entry(world, row)), // biome-ignore format: one chain
  },
};
