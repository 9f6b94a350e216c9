/**
 * The entities Kontor pulls, field by field. One table drives the mapping language, the store's columns,
 * the change log and the documentation. Terms follow the field: sold-to, ship-to, payment terms, cost centre.
 */

export type EntityName = 'account' | 'contact' | 'address';

/**
 * - text: trimmed, inner line breaks kept    - code: text without blanks around or control characters
 * - money: integer minor units of the record's `currency`    - number: finite decimal
 * - date: civil date YYYY-MM-DD    - country: ISO 3166-1 alpha-2    - currency: ISO 4217    - zone: IANA
 * - reference: external id of another record in the same connection    - list: texts    - attributes: free text by name
 */
export type FieldType =
  | 'text'
  | 'code'
  | 'email'
  | 'enum'
  | 'money'
  | 'number'
  | 'date'
  | 'boolean'
  | 'country'
  | 'currency'
  | 'zone'
  | 'reference'
  | 'list'
  | 'attributes';

export interface FieldSpec {
  readonly type: FieldType;
  /** One sentence for the documentation. */
  readonly about: string;
  readonly required?: true;
  /** For `enum`. */
  readonly values?: readonly string[];
  /** For `reference`. */
  readonly to?: EntityName;
}

export interface EntitySpec {
  /** Table of the profiles. */
  readonly table: 'accounts' | 'contacts' | 'addresses';
  readonly about: string;
  /** The reference that forms a tree within the entity, if any; circles in it are refused. */
  readonly tree?: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

const attributes: FieldSpec = { type: 'attributes', about: 'values of your own, by name' };

export const ENTITIES: Readonly<Record<EntityName, EntitySpec>> = {
  account: {
    table: 'accounts',
    about: 'a customer company, or a unit of one (division, location, department) with a parent',
    tree: 'parent',
    fields: {
      name: { type: 'text', required: true, about: 'name as printed on documents' },
      number: { type: 'code', about: 'customer number (sold-to) shown to people; the external id if not mapped' },
      legalName: { type: 'text', about: 'registered name' },
      kind: {
        type: 'enum',
        values: ['company', 'division', 'location', 'department', 'project'],
        about: 'place in the hierarchy; company if it has no parent',
      },
      parent: { type: 'reference', to: 'account', about: 'the account above' },
      status: { type: 'enum', values: ['pending', 'active', 'on_hold', 'blocked', 'closed'], about: 'active if not mapped' },
      taxRegistration: { type: 'code', about: 'VAT or tax registration number' },
      currency: { type: 'currency', about: 'currency of terms, limits and balances' },
      paymentTerms: { type: 'code', about: 'payment terms code' },
      creditLimit: { type: 'money', about: 'credit limit set by the seller' },
      balance: { type: 'money', about: 'open balance' },
      creditAsOf: { type: 'date', about: 'date of credit limit and balance' },
      priceList: { type: 'code', about: 'price list or tier' },
      priceContracts: { type: 'list', about: 'contract price agreements' },
      costCentres: { type: 'list', about: 'cost centres of this unit' },
      locale: { type: 'code', about: 'language and region (de-DE)' },
      timeZone: { type: 'zone', about: 'IANA time zone' },
      accountManager: { type: 'text', about: "the seller's person for this account" },
      email: { type: 'email', about: 'general mail address' },
      phone: { type: 'text', about: 'telephone' },
      website: { type: 'text', about: 'web address' },
      industry: { type: 'text', about: 'industry or segment' },
      attributes,
    },
  },
  contact: {
    table: 'contacts',
    about: 'a person at an account, with roles and a superior',
    tree: 'superior',
    fields: {
      account: { type: 'reference', to: 'account', required: true, about: 'the account this person belongs to' },
      name: { type: 'text', required: true, about: 'full name' },
      firstName: { type: 'text', about: 'given name' },
      lastName: { type: 'text', about: 'family name' },
      email: { type: 'email', about: 'mail address' },
      phone: { type: 'text', about: 'telephone' },
      mobile: { type: 'text', about: 'mobile telephone' },
      jobTitle: { type: 'text', about: 'position' },
      roles: { type: 'list', about: 'roles (buyer, approver, ...)' },
      superior: { type: 'reference', to: 'contact', about: 'the person above' },
      costCentre: { type: 'code', about: 'cost centre charged by default' },
      status: { type: 'enum', values: ['active', 'suspended', 'left'], about: 'active if not mapped' },
      locale: { type: 'code', about: 'language and region (de-DE)' },
      timeZone: { type: 'zone', about: 'IANA time zone' },
      attributes,
    },
  },
  address: {
    table: 'addresses',
    about: 'a bill-to, ship-to or pay-to address of an account',
    fields: {
      account: { type: 'reference', to: 'account', required: true, about: 'the account this address belongs to' },
      role: { type: 'enum', values: ['bill_to', 'ship_to', 'pay_to'], required: true, about: 'what the address is used for' },
      name: { type: 'text', about: 'addressee' },
      lines: { type: 'list', about: 'street lines' },
      postalCode: { type: 'code', about: 'postal code' },
      city: { type: 'text', about: 'city' },
      region: { type: 'text', about: 'state or province' },
      country: { type: 'country', about: 'country' },
      latitude: { type: 'number', about: 'degrees north' },
      longitude: { type: 'number', about: 'degrees east' },
      validFrom: { type: 'date', about: 'first day of validity' },
      validTo: { type: 'date', about: 'first day no longer valid' },
      isDefault: { type: 'boolean', about: 'the default for its role' },
      attributes,
    },
  },
};

export const ENTITY_NAMES = Object.keys(ENTITIES) as EntityName[];

export function isEntityName(name: string): name is EntityName {
  return Object.hasOwn(ENTITIES, name);
}
