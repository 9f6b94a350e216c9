/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

const maybe = (column: string) => ({ column, optional: true });

export const accountMapping: MappingSpec = {
  externalId: 'id',
  name: 'name',
  // An account has no state there; one that is deleted is no longer given.
  status: { value: 'active' },
  accountManager: maybe('assignedUserName'),
  email: maybe('emailAddress'),
  phone: maybe('phoneNumber'),
  website: maybe('website'),
  industry: maybe('industry'),
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'accountId',
  name: 'name',
  firstName: maybe('firstName'),
  lastName: maybe('lastName'),
  email: maybe('emailAddress'),
  phone: maybe('phoneNumber'),
  jobTitle: maybe('title'),
  status: { column: 'state', lookup: { active: 'active', inactive: 'left' } },
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
  isDefault: { value: true },
};
