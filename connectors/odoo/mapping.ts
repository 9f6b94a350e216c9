/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

const locale = { column: 'lang', transform: { replace: { from: '_', to: '-' } } };

export const accountMapping: MappingSpec = {
  externalId: 'id',
  number: 'ref',
  name: 'name',
  parent: 'parent',
  status: { column: 'state', lookup: { active: 'active', blocked: 'blocked', archived: 'closed' } },
  // A slash is how Odoo says "not subject to VAT".
  taxRegistration: { column: 'vat', transform: { blank: '/' } },
  currency: 'currency',
  paymentTerms: { column: 'paymentTerms', optional: true },
  creditLimit: { column: 'creditLimit', optional: true },
  balance: { column: 'balance', optional: true },
  priceList: { column: 'priceList', optional: true },
  locale,
  accountManager: { column: 'accountManager', optional: true },
  industry: { column: 'industry', optional: true },
  email: 'email',
  phone: 'phone',
  website: 'website',
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  name: 'name',
  email: 'email',
  phone: 'phone',
  mobile: { column: 'mobile', optional: true },
  jobTitle: 'function',
  locale,
  status: { column: 'state', lookup: { active: 'active', archived: 'left' } },
};

export const addressMapping: MappingSpec = {
  externalId: { concat: ['id', 'role'], with: '/' },
  account: 'account',
  role: 'role',
  name: 'name',
  lines: { columns: ['street', 'street2'] },
  postalCode: 'zip',
  city: 'city',
  region: 'region',
  country: 'countryCode',
  validTo: 'validTo',
};

export const priceMapping: MappingSpec = {
  externalId: 'id',
  priceList: 'priceList',
  product: 'product',
  productName: 'productName',
  unit: 'unit',
  unitPrice: 'unitPrice',
  currency: 'currency',
  minQuantity: 'minQuantity',
  validFrom: 'validFrom',
  validTo: 'validTo',
};

export const stockMapping: MappingSpec = {
  externalId: 'id',
  site: 'site',
  siteName: 'siteName',
  product: 'product',
  unit: 'unit',
  onHand: 'onHand',
  available: 'available',
};

export const documentMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  kind: 'kind',
  number: 'number',
  reference: 'reference',
  about: 'about',
  state: 'state',
  stateThere: 'stateThere',
  version: 'version',
  datedOn: 'datedOn',
  dueOn: 'dueOn',
  currency: 'currency',
  total: { column: 'total', optional: true },
  openAmount: { column: 'openAmount', optional: true },
  carrier: { column: 'carrier', optional: true },
  trackingNumber: { column: 'trackingNumber', optional: true },
  url: { column: 'url', optional: true },
};

export const documentLineMapping: MappingSpec = {
  externalId: 'id',
  document: 'document',
  about: 'about',
  product: 'product',
  productName: 'productName',
  quantity: 'quantity',
  unit: 'unit',
  currency: 'currency',
  unitPrice: 'unitPrice',
  amount: { column: 'amount', optional: true },
  state: { column: 'state', optional: true },
  shipped: { column: 'shipped', optional: true },
};
