/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

export const accountMapping: MappingSpec = {
  externalId: 'id',
  number: 'number',
  name: 'displayName',
  // The blank option is written "_x0020_" by the present schema of the API and " " by older ones.
  status: { column: 'blocked', lookup: { '': 'active', _x0020_: 'active', Ship: 'on_hold', Invoice: 'on_hold', All: 'blocked' } },
  taxRegistration: 'taxRegistrationNumber',
  currency: 'currencyCode',
  paymentTerms: 'paymentTermsCode',
  creditLimit: 'creditLimitInCurrency',
  balance: 'balanceInCurrency',
  accountManager: 'salespersonCode',
  email: 'email',
  phone: 'phoneNumber',
  website: 'website',
};

export const addressMapping: MappingSpec = {
  externalId: { concat: ['id', 'role'], with: '/' },
  account: 'id',
  role: 'role',
  name: 'displayName',
  lines: { columns: ['addressLine1', 'addressLine2'] },
  postalCode: 'postalCode',
  city: 'city',
  region: 'state',
  country: 'country',
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'customerId',
  name: 'displayName',
  firstName: 'firstName',
  lastName: 'lastName',
  email: 'email',
  phone: 'phoneNumber',
  mobile: 'mobilePhoneNumber',
  jobTitle: 'professionalTitle',
  status: { column: 'privacyBlocked', lookup: { true: 'suspended', false: 'active' } },
};

export const priceMapping: MappingSpec = {
  externalId: 'id',
  product: 'number',
  productName: 'displayName',
  unit: 'baseUnitOfMeasureCode',
  unitPrice: 'netUnitPrice',
  currency: 'currencyCode',
};

export const stockMapping: MappingSpec = {
  externalId: 'id',
  site: 'site',
  product: 'number',
  unit: 'baseUnitOfMeasureCode',
  onHand: 'inventory',
};
