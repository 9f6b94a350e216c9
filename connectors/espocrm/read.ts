/** What is read, entity by entity. */
import { jsonSource } from '../../src/connector/json-source.ts';
import { readChanges, watermark } from './changes.ts';
import { ADDRESS_FIELDS, blankAddresses, flattenAddresses, flattenContact } from './flatten.ts';
import { accountMapping, addressMapping, contactMapping } from './mapping.ts';
import { account, address, contact } from './records.ts';
import type { EspocrmSession } from './search.ts';
import { type ReadOptions, readOptions } from './settings.ts';

const ACCOUNT_FIELDS = ['name', 'emailAddress', 'phoneNumber', 'website', 'industry', 'type', 'assignedUserId', 'assignedUserName'];
const CONTACT_FIELDS = ['name', 'firstName', 'lastName', 'accountId', 'accountIsInactive', 'title', 'emailAddress', 'phoneNumber'];

export const sources = {
  account: jsonSource({
    options: readOptions,
    watermark,
    record: account,
    mapping: accountMapping,
    at: ({ id }) => `Account/${id}`,
    read: (session: EspocrmSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, { entityType: 'Account', fields: ACCOUNT_FIELDS, options, flatten: (row) => [row] }),
  }),
  contact: jsonSource({
    options: readOptions,
    watermark,
    record: contact,
    mapping: contactMapping,
    at: ({ id }) => `Contact/${id}`,
    read: (session: EspocrmSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, {
        entityType: 'Contact',
        fields: CONTACT_FIELDS,
        options,
        // People without a company are nobody's contacts here.
        where: [{ type: 'isNotNull', attribute: 'accountId' }],
        flatten: (row) => [flattenContact(row)],
      }),
  }),
  address: jsonSource({
    options: readOptions,
    watermark,
    record: address,
    mapping: addressMapping,
    at: ({ account: id }) => `Account/${id}`,
    read: (session: EspocrmSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, {
        entityType: 'Account',
        fields: ADDRESS_FIELDS,
        options,
        flatten: flattenAddresses,
        lacks: blankAddresses,
      }),
  }),
};
