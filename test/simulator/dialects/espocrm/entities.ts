/** The world as Account and Contact of EspoCRM. Stamps are whole seconds in UTC without a zone. */
import type { World, WorldAccount, WorldContact } from '../../world.ts';
import { type AccountStamps, addressesOf } from '../crm-addresses.ts';
import type { Row } from './where.ts';

export function stampText(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

const OWNER = { assignedUserId: '6b0u00000000000a1', assignedUserName: 'Erika Muster' };

function account(world: World, stamps: AccountStamps, row: WorldAccount): Row {
  const { billing, shipping } = addressesOf(world, row.id);
  const address = (kind: string, of: typeof billing) => ({
    [`${kind}AddressStreet`]: of ? [of.street, of.street2].filter((line) => line !== null).join('\n') : null,
    [`${kind}AddressCity`]: of?.city ?? null,
    [`${kind}AddressState`]: of?.region ?? null,
    [`${kind}AddressCountry`]: of?.country ?? null,
    [`${kind}AddressPostalCode`]: of?.postalCode ?? null,
  });
  return {
    id: row.id,
    name: row.name,
    deleted: false,
    website: row.website,
    emailAddress: row.email,
    phoneNumber: row.phone,
    type: 'Customer',
    industry: null,
    ...address('billing', billing),
    ...address('shipping', shipping),
    createdAt: stampText(row.createdAt),
    modifiedAt: stampText(stamps.stampOf(world, row)),
    ...OWNER,
  };
}

function contact(world: World, row: WorldContact): Row {
  return {
    id: row.id,
    deleted: false,
    name: [row.firstName, row.lastName].filter((part) => part !== null).join(' '),
    firstName: row.firstName ?? '',
    lastName: row.lastName,
    accountId: row.accountId,
    accountName: world.row('account', row.accountId)?.name ?? null,
    accountIsInactive: !row.active,
    title: row.jobTitle,
    emailAddress: row.email,
    phoneNumber: row.phone,
    createdAt: stampText(row.createdAt),
    modifiedAt: stampText(row.changedAt),
    ...OWNER,
  };
}

/** `undefined` for a scope that is not there. What is deleted is not there either. */
export function rowsOf(entityType: string, world: World, stamps: AccountStamps): Row[] | undefined {
  if (entityType === 'Account') return world.rows('account').map((row) => account(world, stamps, row));
  if (entityType === 'Contact') return world.rows('contact').map((row) => contact(world, row));
  return undefined;
}
