/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

export const accountMapping: MappingSpec = {
  externalId: 'id',
  number: 'code',
  name: { first: ['name', 'code'] },
  parent: { column: 'parent', optional: true },
  status: { column: 'state', lookup: { active: 'active', archived: 'closed' } },
  taxRegistration: 'taxRegistration',
  currency: 'currency',
  paymentTerms: { column: 'paymentTerms', optional: true },
  creditLimit: { column: 'creditLimit', optional: true, decimal: '.', group: '' },
  balance: { column: 'balance', optional: true, decimal: '.', group: '' },
  priceList: { column: 'priceList', optional: true },
  locale: { column: 'language', transform: { replace: { from: '_', to: '-' } } },
  email: 'email',
  phone: 'phone',
  website: 'website',
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'party',
  name: 'name',
  email: 'email',
  phone: 'phone',
  status: { column: 'state', lookup: { active: 'active', archived: 'left' } },
};

export const addressMapping: MappingSpec = {
  externalId: { concat: ['id', 'role'], with: '/' },
  account: 'party',
  role: 'role',
  name: 'addressee',
  lines: 'lines',
  postalCode: 'postal_code',
  city: 'city',
  region: 'region',
  country: 'country_code',
  validTo: 'validTo',
  isDefault: 'isDefault',
};

export const priceMapping: MappingSpec = {
  externalId: 'id',
  priceList: 'priceList',
  product: 'product',
  productName: 'productName',
  unit: 'unit',
  unitPrice: { column: 'unitPrice', decimal: '.', group: '' },
  currency: 'currency',
  minQuantity: 'minQuantity',
};

export const stockMapping: MappingSpec = {
  externalId: 'id',
  site: 'site',
  siteName: 'siteName',
  product: 'product',
  unit: 'unit',
  onHand: 'onHand',
  available: { column: 'available', optional: true },
};

const decimals = { decimal: '.', group: '' };

export const documentMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  kind: 'kind',
  number: 'number',
  reference: 'reference',
  purchaseOrderNumber: { column: 'purchaseOrderNumber', optional: true },
  about: 'about',
  state: 'state',
  stateThere: 'stateThere',
  version: 'version',
  datedOn: 'datedOn',
  dueOn: { column: 'dueOn', optional: true },
  currency: 'currency',
  total: { column: 'total', optional: true, ...decimals },
  openAmount: { column: 'openAmount', optional: true, ...decimals },
  carrier: { column: 'carrier', optional: true },
  trackingNumber: { column: 'trackingNumber', optional: true },
};

export const documentLineMapping: MappingSpec = {
  externalId: 'id',
  document: 'document',
  about: 'about',
  reference: { column: 'reference', optional: true },
  product: 'product',
  productName: 'productName',
  quantity: 'quantity',
  unit: 'unit',
  currency: 'currency',
  unitPrice: { column: 'unitPrice', ...decimals },
  amount: { column: 'amount', optional: true, ...decimals },
  state: { column: 'state', optional: true },
};
