/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

export const accountMapping: MappingSpec = {
  externalId: 'id',
  number: 'code_client',
  name: 'name',
  parent: 'parentId',
  status: { column: 'status', lookup: { 1: 'active', 0: 'closed' } },
  taxRegistration: 'tva_intra',
  currency: 'accountCurrency',
  paymentTerms: 'paymentTermsCode',
  creditLimit: 'creditLimit',
  priceList: 'price_level',
  locale: { column: 'default_lang', transform: { replace: { from: '_', to: '-' } } },
  email: 'email',
  phone: 'phone',
  website: 'url',
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'socid',
  name: { concat: ['firstname', 'lastname'], with: ' ' },
  firstName: 'firstname',
  lastName: 'lastname',
  email: 'email',
  phone: 'phone_pro',
  mobile: 'phone_mobile',
  jobTitle: 'poste',
  status: { column: 'statut', lookup: { 1: 'active', 0: 'left' } },
};

export const addressMapping: MappingSpec = {
  externalId: 'key',
  account: 'account',
  role: 'role',
  name: 'addressee',
  lines: { column: 'address', split: '\n' },
  postalCode: 'zip',
  city: 'town',
  region: 'state',
  country: 'country_code',
};

export const priceMapping: MappingSpec = {
  externalId: 'key',
  priceList: 'level',
  product: 'ref',
  productName: 'label',
  unitPrice: 'unitPrice',
  currency: 'currency',
};

export const stockMapping: MappingSpec = {
  externalId: 'key',
  site: 'site',
  siteName: 'siteName',
  product: 'ref',
  onHand: 'real',
};
