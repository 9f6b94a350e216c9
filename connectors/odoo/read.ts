/** What is read, entity by entity. */
import type { Cursor, Json, Page } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import type { Row } from './call.ts';
import { readChanges, watermark } from './changes.ts';
import { readDocumentLines, readDocuments } from './documents.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { flattenAccount, flattenAddress, flattenContact } from './flatten.ts';
import { type Lookups, partnerLookups } from './lookups.ts';
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
import { account, address, contact, document, documentLine, price, stock } from './records.ts';
import type { OdooSession } from './server.ts';
import { documentOptions, type PartnerOptions, partnerOptions, productOptions } from './settings.ts';
import { readStock } from './stock.ts';

/** Companies, and people who belong to none. */
const IS_ACCOUNT: readonly Json[] = ['|', ['is_company', '=', true], ['parent_id', '=', false]];
const IS_CONTACT: readonly Json[] = [
  ['is_company', '=', false],
  ['parent_id', '!=', false],
  ['type', '=', 'contact'],
];
const IS_ADDRESS: readonly Json[] = ['|', ...IS_ACCOUNT, ['type', 'in', ['invoice', 'delivery']]];

const ACCOUNT_FIELDS = [
  'name',
  'ref',
  'active',
  'is_company',
  'parent_id',
  'vat',
  'lang',
  'email',
  'phone',
  'website',
  'currency_id',
].concat([
  'property_payment_term_id',
  'property_product_pricelist',
  'credit_limit',
  'show_credit_limit',
  'credit',
  'sale_warn',
  'user_id',
  'industry_id',
]);
const CONTACT_FIELDS = ['name', 'active', 'commercial_partner_id', 'email', 'phone', 'mobile', 'function', 'lang'];
const ADDRESS_FIELDS = [
  'name',
  'active',
  'is_company',
  'parent_id',
  'commercial_partner_id',
  'type',
  'street',
  'street2',
  'zip',
  'city',
].concat(['state_id', 'country_id', 'country_code']);

export const sources = {
  account: jsonSource({
    ...readPartners(IS_ACCOUNT, ACCOUNT_FIELDS, (row, fields, lookups) => [flattenAccount(row, fields, lookups)]),
    record: account,
    mapping: accountMapping,
    at: ({ id }) => `res.partner/${id}`,
  }),
  contact: jsonSource({
    ...readPartners(IS_CONTACT, CONTACT_FIELDS, (row) => [flattenContact(row)]),
    record: contact,
    mapping: contactMapping,
    at: ({ id }) => `res.partner/${id}`,
  }),
  address: jsonSource({
    ...readPartners(IS_ADDRESS, ADDRESS_FIELDS, flattenAddress),
    record: address,
    mapping: addressMapping,
    at: ({ id }) => `res.partner/${id}`,
  }),
  price: jsonSource({
    options: productOptions,
    watermark,
    record: price,
    mapping: priceMapping,
    at: ({ id }) => `product.pricelist.item/${id}`,
    read: readPrices,
  }),
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

function readPartners(domain: readonly Json[], wanted: readonly string[], flatten: (row: Row, fields: Fields, lookups: Lookups) => Row[]) {
  return {
    options: partnerOptions,
    watermark,
    async *read(session: OdooSession, options: PartnerOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
      const fields = await fieldsOf(session, 'res.partner', [...wanted, ...options.fields]);
      const lookups = await partnerLookups(session, wanted, fields);
      yield* readChanges(session, cursor, {
        model: 'res.partner',
        domain: [...domain, ...options.domain],
        fields,
        records: (rows) => rows.flatMap((row) => flatten(row, fields, lookups)),
      });
    },
  };
}
