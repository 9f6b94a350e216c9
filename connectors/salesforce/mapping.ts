/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. Fields may be hidden from the login. */
import type { MappingSpec } from '../../src/connector/contract.ts';

const maybe = (column: string) => ({ column, optional: true });

export const accountMapping: MappingSpec = {
  externalId: 'Id',
  number: maybe('AccountNumber'),
  name: 'Name',
  parent: maybe('ParentId'),
  status: { column: 'state', lookup: { active: 'active', deleted: 'closed' } },
  currency: maybe('currency'),
  accountManager: maybe('Owner.Name'),
  phone: maybe('Phone'),
  website: maybe('Website'),
  industry: maybe('Industry'),
};

export const contactMapping: MappingSpec = {
  externalId: 'Id',
  account: 'AccountId',
  name: 'Name',
  firstName: maybe('FirstName'),
  lastName: maybe('LastName'),
  email: maybe('Email'),
  phone: maybe('Phone'),
  mobile: maybe('MobilePhone'),
  jobTitle: maybe('Title'),
  superior: maybe('ReportsToId'),
  status: { column: 'state', lookup: { active: 'active', deleted: 'left' } },
};

export const addressMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  role: 'role',
  lines: 'lines',
  postalCode: 'postalCode',
  city: 'city',
  region: 'region',
  country: 'country',
  latitude: 'latitude',
  longitude: 'longitude',
  validTo: 'validTo',
  isDefault: { value: true },
};

export const priceMapping: MappingSpec = {
  externalId: 'Id',
  priceList: 'priceList',
  product: 'ProductCode',
  productName: maybe('Name'),
  unit: maybe('Product2.QuantityUnitOfMeasure'),
  unitPrice: 'UnitPrice',
  currency: 'currency',
  validTo: 'validTo',
};
