/**
 * The entities Kontor pulls, field by field. One table drives the mapping language, the store's columns,
 * the change log and the documentation. Terms follow the field: sold-to, ship-to, payment terms, cost centre.
 */

export type EntityName = 'account' | 'contact' | 'address' | 'price' | 'stock' | 'rate' | 'document' | 'documentLine';

/**
 * - text: trimmed, inner line breaks kept    - code: text without blanks around or control characters
 * - money: integer minor units of the record's `currency`    - number: finite, of double precision
 * - decimal: exact, as text in full: "0.0125", never "1.50", "-0" or "1e3"; at most 40 digits on either side of the point
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
  | 'decimal'
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
  /** For `decimal`: zero and less are refused. */
  readonly positive?: true;
  /** Says what another field means, and is not kept by itself. */
  readonly isPartOf?: string;
}

export interface EntitySpec {
  /** Table of the profiles. */
  readonly table: 'accounts' | 'contacts' | 'addresses' | 'prices' | 'stock_levels' | 'exchange_rates' | 'documents' | 'document_lines';
  /** Its records are facts of a day and no profiles: the table keeps what was said, whatever becomes of the record. */
  readonly isFact?: true;
  readonly about: string;
  /** The reference that forms a tree within the entity, if any; circles in it are refused. */
  readonly tree?: string;
  /** Two fields that may not say the same. */
  readonly apart?: readonly [string, string];
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
      catalogue: { type: 'list', about: 'names of the assortments the account may see' },
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
  price: {
    table: 'prices',
    about: 'what one unit costs an account, the holders of a price list, or everyone, from a quantity on, between two dates',
    fields: {
      account: { type: 'reference', to: 'account', about: 'the account it was agreed with, and nobody else' },
      priceList: { type: 'code', about: 'the list whose holders it is for; for everyone if there is neither account nor list' },
      product: { type: 'code', required: true, about: "the seller's item number" },
      productName: { type: 'text', about: 'what the product is called' },
      unit: { type: 'code', about: 'unit of measure' },
      unitPrice: { type: 'decimal', required: true, about: 'price of `perQuantity` units' },
      currency: { type: 'currency', required: true, about: 'currency of the price' },
      perQuantity: { type: 'decimal', positive: true, about: 'the price is for that many units; 1 if not mapped' },
      minQuantity: { type: 'decimal', about: 'least quantity it is given for' },
      validFrom: { type: 'date', about: 'first day of validity' },
      validTo: { type: 'date', about: 'first day no longer valid' },
      attributes,
    },
  },
  stock: {
    table: 'stock_levels',
    about: 'what lies at one site',
    fields: {
      site: { type: 'code', required: true, about: 'warehouse or branch' },
      siteName: { type: 'text', about: 'what the site is called' },
      product: { type: 'code', required: true, about: "the seller's item number" },
      unit: { type: 'code', about: 'unit of measure' },
      onHand: { type: 'decimal', about: 'what lies there' },
      available: { type: 'decimal', about: 'what of it may still be promised' },
      incoming: { type: 'decimal', about: 'what is on its way there' },
      attributes,
    },
  },
  rate: {
    table: 'exchange_rates',
    isFact: true,
    about: 'what one unit of a currency is in another, from a day on',
    apart: ['fromCurrency', 'toCurrency'],
    fields: {
      fromCurrency: { type: 'currency', required: true, about: '`perQuantity` units of it' },
      toCurrency: { type: 'currency', required: true, about: 'are `rate` units of this one' },
      validOn: { type: 'date', required: true, about: 'first day it holds' },
      rate: { type: 'decimal', required: true, positive: true, about: 'units of `toCurrency` for `perQuantity` of `fromCurrency`' },
      perQuantity: {
        type: 'decimal',
        positive: true,
        isPartOf: 'rate',
        about: 'the rate is for that many units, such as 100 yen; 1 if not mapped',
      },
      source: { type: 'text', about: 'who quotes it; the connection if not mapped' },
    },
  },
  document: {
    table: 'documents',
    about:
      'what the seller wrote about an order, ours or placed elsewhere: the order itself, confirmation, shipment, invoice, return, credit note',
    fields: {
      account: { type: 'reference', to: 'account', about: 'the account it is for' },
      kind: {
        type: 'enum',
        values: ['order', 'confirmation', 'shipment', 'invoice', 'return', 'credit_note'],
        required: true,
        about: 'what kind of document',
      },
      number: { type: 'code', about: 'document number as people know it' },
      reference: { type: 'code', about: 'our reference (KO-...), where the system keeps it on this document' },
      purchaseOrderNumber: { type: 'code', about: "the buyer's purchase order number" },
      about: { type: 'reference', to: 'document', about: 'the document it belongs to: of a shipment the order' },
      state: {
        type: 'enum',
        values: ['draft', 'open', 'partly_shipped', 'shipped', 'invoiced', 'partly_paid', 'paid', 'closed', 'cancelled', 'returned'],
        about: 'how far it has come; open: valid, and nothing has followed yet',
      },
      stateThere: { type: 'text', about: "the system's own word for the state" },
      version: { type: 'code', about: 'number or instant that grows with every change, so that older news is known as such' },
      datedOn: { type: 'date', about: 'date of the document' },
      dueOn: { type: 'date', about: 'promised day of delivery, or day of payment' },
      currency: { type: 'currency', about: 'currency of the amounts' },
      total: { type: 'money', about: 'net total' },
      openAmount: { type: 'money', about: 'what is still to be paid' },
      carrier: { type: 'text', about: 'who carries the shipment' },
      trackingNumber: { type: 'code', about: "the carrier's number to follow it by" },
      url: { type: 'text', about: 'address of the document or of its tracking' },
      attributes,
    },
  },
  documentLine: {
    table: 'document_lines',
    about: 'one line of a document',
    fields: {
      document: { type: 'reference', to: 'document', required: true, about: 'the document it stands in' },
      about: { type: 'reference', to: 'documentLine', about: 'the line it belongs to: of a shipped line the ordered one' },
      reference: { type: 'code', about: 'our mark of the line, where the system keeps it' },
      product: { type: 'code', about: "the seller's item number" },
      productName: { type: 'text', about: 'what the product is called' },
      quantity: { type: 'decimal', about: 'how much this document says' },
      unit: { type: 'code', about: 'unit of measure' },
      currency: { type: 'currency', about: 'currency of the amount' },
      unitPrice: { type: 'decimal', about: 'net price of one unit' },
      amount: { type: 'money', about: 'net amount of the line' },
      state: {
        type: 'enum',
        values: ['open', 'shipped', 'refused', 'cancelled'],
        about: 'what became of the line, where the system says it',
      },
      shipped: { type: 'decimal', about: 'how much of it was shipped' },
      cancelled: { type: 'decimal', about: 'how much of it was cancelled' },
      attributes,
    },
  },
};

export const ENTITY_NAMES = Object.keys(ENTITIES) as EntityName[];

export function isEntityName(name: string): name is EntityName {
  return Object.hasOwn(ENTITIES, name);
}
