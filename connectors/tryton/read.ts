/** What is read, entity by entity. */
import type { Json } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { readChanges, watermark } from './changes.ts';
import { readDocumentLines, readDocuments } from './documents.ts';
import { flattenAddress, flattenMechanism, flattenParty } from './flatten.ts';
import {
  accountMapping,
  addressMapping,
  contactMapping,
  documentLineMapping,
  documentMapping,
  priceMapping,
  stockMapping,
} from './mapping.ts';
import { readPrices } from './prices.ts';
import { address, contactMechanism, document, documentLine, party, price, stock } from './records.ts';
import type { TrytonSession } from './rpc.ts';
import {
  type AccountOptions,
  type AddressOptions,
  accountOptions,
  addressOptions,
  type ContactOptions,
  contactOptions,
  documentOptions,
  productOptions,
} from './settings.ts';
import { readStock } from './stock.ts';

const PARTY_FIELDS = ['id', 'name', 'code', 'active', 'lang.code', 'tax_identifier.code'].concat([
  'contact_mechanisms.type',
  'contact_mechanisms.value',
  'contact_mechanisms.name',
  'contact_mechanisms.active',
  'customer_payment_term.name',
  'credit_limit_amount',
  'receivable',
  'sale_price_list.name',
]);
const ADDRESS_FIELDS = ['id', 'party', 'party_name', 'name', 'building_name', 'street', 'postal_code', 'city'].concat([
  'subdivision.name',
  'country.code',
  'invoice',
  'delivery',
  'active',
]);
const UP: readonly string[] = ['relations.to', 'relations.type.name'];
const ORPHANS_OUT: Json = ['party', '!=', null];

export const sources = {
  account: jsonSource({
    options: accountOptions,
    watermark,
    record: party,
    mapping: accountMapping,
    at: ({ id }) => `party.party,${id}`,
    read: (session: TrytonSession, { domain, fields, parentRelation }: AccountOptions, cursor) =>
      readChanges(session, cursor, {
        model: 'party.party',
        fields: parentRelation === undefined ? PARTY_FIELDS : [...PARTY_FIELDS, ...UP],
        more: fields,
        domain,
        // Mail, telephone and tax number of a party are those of its children.
        children: ['contact_mechanisms', 'identifiers', ...(parentRelation === undefined ? [] : ['relations'])],
        flatten: (row, { currency, names }) => [flattenParty(row, currency, names, parentRelation)],
      }),
  }),
  contact: jsonSource({
    options: contactOptions,
    watermark,
    record: contactMechanism,
    mapping: contactMapping,
    at: ({ id }) => `party.contact_mechanism,${id}`,
    read: (session: TrytonSession, { domain, fields, types }: ContactOptions, cursor) =>
      readChanges(session, cursor, {
        model: 'party.contact_mechanism',
        fields: ['id', 'party', 'type', 'name', 'value', 'active'],
        more: fields,
        domain: [['type', 'in', types], ['name', '!=', null], ORPHANS_OUT, ...domain],
        flatten: flattenMechanism,
      }),
  }),
  address: jsonSource({
    options: addressOptions,
    watermark,
    record: address,
    mapping: addressMapping,
    at: ({ id }) => `party.address,${id}`,
    read: (session: TrytonSession, { domain, fields }: AddressOptions, cursor) =>
      readChanges(session, cursor, {
        model: 'party.address',
        fields: ADDRESS_FIELDS,
        more: fields,
        domain: [ORPHANS_OUT, ...domain],
        flatten: flattenAddress,
      }),
  }),
  price: jsonSource({ options: productOptions, record: price, mapping: priceMapping, at: ({ id }) => `price ${id}`, read: readPrices }),
  stock: jsonSource({ options: productOptions, record: stock, mapping: stockMapping, at: ({ id }) => `stock ${id}`, read: readStock }),
  document: jsonSource({
    options: documentOptions,
    watermark,
    record: document,
    mapping: documentMapping,
    at: ({ id }) => id,
    read: readDocuments,
  }),
  documentLine: jsonSource({
    options: documentOptions,
    watermark,
    record: documentLine,
    mapping: documentLineMapping,
    at: ({ id }) => id,
    read: readDocumentLines,
  }),
};
