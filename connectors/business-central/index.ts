/** Dynamics 365 Business Central, online or on premises, by its standard API v2.0. */
import type { Connector, SystemInfo } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { type BusinessCentralSession, findCompany } from './company.ts';
import { readContacts } from './contacts.ts';
import { readAccounts, readAddresses } from './customers.ts';
import { httpProfile } from './http.ts';
import { readPrices, readStock } from './items.ts';
import { watermark } from './lists.ts';
import { accountMapping, addressMapping, contactMapping, priceMapping, stockMapping } from './mapping.ts';
import { orders } from './orders.ts';
import { addressRecord, contactRecord, customerRecord, priceRecord, stockRecord } from './records.ts';
import { accountOptions, type BusinessCentralSettings, businessCentralSettings, noOptions, stockOptions } from './settings.ts';

export const businessCentral: Connector<BusinessCentralSettings> = {
  name: 'business-central',
  summary: 'Dynamics 365 Business Central: customers, contacts, addresses, list prices, stock; takes orders',
  config: businessCentralSettings,
  // Deletions are told by webhooks alone, and those are lost at times.
  traits: { keys: 'exact', offMainThread: false, deletes: 'none', delta: 'changes' },
  http: httpProfile,
  check,
  sources: {
    account: jsonSource({
      options: accountOptions,
      record: customerRecord,
      read: readAccounts,
      mapping: accountMapping,
      watermark,
      at: ({ number }) => `customer ${number}`,
    }),
    contact: jsonSource({
      options: noOptions,
      record: contactRecord,
      read: readContacts,
      mapping: contactMapping,
      watermark,
      at: ({ id }) => `contacts(${id})`,
    }),
    address: jsonSource({
      options: noOptions,
      record: addressRecord,
      read: readAddresses,
      mapping: addressMapping,
      watermark,
      at: ({ id }) => `customers(${id})`,
    }),
    price: jsonSource({
      options: noOptions,
      record: priceRecord,
      read: readPrices,
      mapping: priceMapping,
      watermark,
      at: ({ number }) => `item ${number}`,
    }),
    stock: jsonSource({
      options: stockOptions,
      record: stockRecord,
      read: readStock,
      mapping: stockMapping,
      watermark,
      at: ({ number }) => `item ${number}`,
    }),
  },
  orders,
};

/** Seeing companies takes a good token and a user; what that user may do there cannot be asked. */
async function check(session: BusinessCentralSession): Promise<SystemInfo> {
  const { name, displayName, systemVersion } = await findCompany(session);
  const version = systemVersion ? ` ${systemVersion}` : '';
  return { summary: `Business Central${version}, company "${displayName || name}"`, warnings: [] };
}
