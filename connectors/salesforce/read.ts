/** What is read, entity by entity. */
import { jsonSource } from '../../src/connector/json-source.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { readChanges, watermark } from './changes.ts';
import { addressIds, blankAddresses, flattenAddresses, flattenPrice, withState } from './flatten.ts';
import { accountMapping, addressMapping, contactMapping, priceMapping } from './mapping.ts';
import { ADDRESS_FIELDS, FIELDS, SOME_HAVE } from './objects.ts';
import { account, address, contact, price } from './records.ts';
import { type ReadOptions, readOptions } from './settings.ts';
import type { SalesforceSession } from './soql.ts';

const self = (id: string): string[] => [id];

export const sources = {
  account: jsonSource({
    options: readOptions,
    watermark,
    record: account,
    mapping: accountMapping,
    at: ({ Id }) => `Account/${Id}`,
    read: (session: SalesforceSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, {
        object: 'Account',
        fields: ['Name', ...FIELDS.Account, SOME_HAVE.currency],
        options,
        flatten: (row) => [withState(row, session.config.currency)],
        idsOf: self,
      }),
  }),
  contact: jsonSource({
    options: readOptions,
    watermark,
    record: contact,
    mapping: contactMapping,
    at: ({ Id }) => `Contact/${Id}`,
    read: (session: SalesforceSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, {
        object: 'Contact',
        fields: FIELDS.Contact,
        options,
        // Private contacts belong to nobody but their owner.
        condition: 'AccountId != null',
        flatten: (row) => [withState(row, undefined)],
        idsOf: self,
      }),
  }),
  address: jsonSource({
    options: readOptions,
    watermark,
    record: address,
    mapping: addressMapping,
    at: ({ account: id }) => `Account/${id}`,
    read: (session: SalesforceSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, {
        object: 'Account',
        fields: [...ADDRESS_FIELDS, ...SOME_HAVE.countries],
        options,
        flatten: flattenAddresses,
        idsOf: addressIds,
        lacks: blankAddresses,
      }),
  }),
  price: jsonSource({
    options: readOptions,
    watermark,
    record: price,
    mapping: priceMapping,
    at: ({ Id }) => `PricebookEntry/${Id}`,
    read: (session: SalesforceSession, options: ReadOptions, cursor) =>
      readChanges(session, cursor, {
        object: 'PricebookEntry',
        fields: [...FIELDS.PricebookEntry, SOME_HAVE.currency],
        options,
        flatten: (row) => [flattenPrice(row, session.config.currency)],
        idsOf: self,
        admit(shape) {
          if (shape.has(SOME_HAVE.currency) || session.config.currency !== undefined) return;
          throw new NeedsOperatorError(
            'CONFIG_INVALID',
            `${session.connection}: prices there name no currency, for the organization has only one; set \`currency\` of the connection`,
          );
        },
      }),
  }),
};
