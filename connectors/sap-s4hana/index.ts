/** SAP S/4HANA (cloud and on premise) by its released OData services. */
import type { Connector } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { readAccounts } from './accounts.ts';
import { readAddresses } from './addresses.ts';
import { check } from './check.ts';
import { readContacts } from './contacts.ts';
import { httpProfile } from './http.ts';
import { accountMapping, addressMapping, contactMapping, priceMapping, stockMapping } from './mapping.ts';
import { orders } from './orders.ts';
import { partnerWatermark } from './partners.ts';
import { readPrices } from './prices.ts';
import { accountRecord, addressRecord, contactRecord, priceRecord, stockRecord } from './records.ts';
import { accountOptions, childOptions, priceOptions, type SapSettings, sapSettings, stockOptions } from './settings.ts';
import { readStock } from './stock.ts';

export const sapS4hana: Connector<SapSettings> = {
  name: 'sap-s4hana',
  summary: 'SAP S/4HANA, cloud or on premise: customers, contacts, addresses, prices, stock; takes orders',
  config: sapSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'archived-flag', delta: 'changes' },
  http: httpProfile,
  check,
  sources: {
    account: jsonSource({
      options: accountOptions,
      record: accountRecord,
      read: readAccounts,
      mapping: accountMapping,
      watermark: partnerWatermark,
      at: ({ BusinessPartner }) => `A_BusinessPartner('${BusinessPartner}')`,
    }),
    contact: jsonSource({
      options: childOptions,
      record: contactRecord,
      read: readContacts,
      mapping: contactMapping,
      at: ({ id }) => `A_BusinessPartnerContact ${id}`,
    }),
    address: jsonSource({
      options: childOptions,
      record: addressRecord,
      read: readAddresses,
      mapping: addressMapping,
      at: ({ id }) => `A_BusinessPartnerAddress ${id}`,
    }),
    price: jsonSource({
      options: priceOptions,
      record: priceRecord,
      read: readPrices,
      mapping: priceMapping,
      at: ({ id }) => `A_SlsPrcgConditionRecord ${id}`,
    }),
    stock: jsonSource({
      options: stockOptions,
      record: stockRecord,
      read: readStock,
      mapping: stockMapping,
      at: ({ id }) => `A_MatlStkInAcctMod ${id}`,
    }),
  },
  orders,
};
