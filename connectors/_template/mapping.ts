/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

export const accountMapping: MappingSpec = {
  externalId: 'id',
  number: 'number',
  name: 'name',
  parent: 'parentId',
  status: { column: 'state', lookup: { active: 'active', blocked: 'blocked', archived: 'closed' } },
  taxRegistration: 'vatId',
  currency: 'currency',
  paymentTerms: 'terms',
  creditLimit: 'creditLimit',
  balance: 'balance',
  priceList: 'priceList',
  locale: 'language',
  email: 'email',
  phone: 'phone',
  website: 'website',
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'customerId',
  name: { concat: ['firstName', 'lastName'], with: ' ' },
  firstName: 'firstName',
  lastName: 'lastName',
  email: 'email',
  phone: 'phone',
  jobTitle: 'jobTitle',
  status: { column: 'state', lookup: { active: 'active', archived: 'left' } },
};

export const addressMapping: MappingSpec = {
  externalId: { concat: ['id', 'role'], with: '/' },
  account: 'customerId',
  role: 'role',
  name: 'name',
  lines: { columns: ['street', 'street2'] },
  postalCode: 'postalCode',
  city: 'city',
  region: 'region',
  country: 'country',
};

export const priceMapping: MappingSpec = {
  externalId: 'id',
  account: 'customerId',
  priceList: 'priceList',
  product: 'product',
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
  onHand: 'onHand',
  available: 'available',
};
