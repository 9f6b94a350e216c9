/** The generic REST connector, declared for six systems nobody knows: each pages, stamps and asks for its login in another way. */
import { describe } from 'vitest';
import { rest } from '../../connectors/rest/index.ts';
import type { AnyConnector, MappingSpec } from '../../src/connector/contract.ts';
import { describeConnector, type Stage } from '../connector-contract.ts';
import type { StyleName } from '../simulator/dialects/rest/styles.ts';
import { restDialect } from '../simulator/dialects/rest.ts';

/** What kontor.yaml would say. */
const ACCOUNT: MappingSpec = {
  externalId: 'id',
  number: 'number',
  name: 'name',
  parent: 'parent.id',
  status: { column: 'state', lookup: { open: 'active', blocked: 'blocked', archived: 'closed' } },
  taxRegistration: 'tax.vat',
  currency: 'money.currency',
  paymentTerms: 'money.terms',
  creditLimit: 'money.limit',
  balance: 'money.balance',
  priceList: 'price_list',
  locale: 'contact.language',
  email: 'contact.mail',
  phone: 'contact.phone',
  website: 'contact.web',
};
const ADDRESS: MappingSpec = {
  externalId: { concat: ['no', 'kind'], with: '/' },
  account: 'customer',
  role: 'kind',
  name: 'name',
  lines: { columns: ['street[0]', 'street[1]'] },
  postalCode: 'postalCode',
  city: 'city',
  region: 'region',
  country: 'country',
};

const declared: AnyConnector = {
  ...rest,
  sources: {
    account: { ...rest.sources.account, mapping: ACCOUNT },
    address: { ...rest.sources.address, mapping: ADDRESS },
  } as AnyConnector['sources'],
};

const changed = (param: string, more: object = {}) => ({ param, field: 'changed', ...more });

const READS: Readonly<Record<StyleName, Record<string, unknown>>> = {
  link: {
    path: 'customers',
    records: 'data.items',
    id: 'id',
    changed: changed('updated_since'),
    paging: { by: 'link', at: 'links.next', size: 'per_page' },
    total: { at: 'meta.total' },
  },
  'link-header': {
    path: 'customers',
    id: 'id',
    changed: changed('since', { format: 'iso-seconds' }),
    paging: { by: 'link-header', size: 'count' },
    total: { header: 'X-Total-Count' },
  },
  cursor: {
    path: 'customers',
    records: 'result',
    id: 'id',
    changed: changed('modified_from'),
    paging: { by: 'cursor', at: 'paging.next', param: 'cursor', more: 'paging.has_more', size: 'limit' },
  },
  keyset: {
    path: 'customers',
    records: 'customers',
    id: 'id',
    changed: changed('changed_after', { format: 'milliseconds' }),
    paging: { by: 'keyset', param: 'since_id', size: 'limit' },
  },
  offset: {
    path: 'customers',
    query: { sort: 'id' },
    records: 'response.docs',
    id: 'id',
    changed: changed('changed_since', { format: 'yyyy-MM-dd HH:mm:ss', zone: 'Europe/Berlin' }),
    paging: { by: 'offset', param: 'start', size: 'rows' },
    total: { at: 'response.numFound' },
  },
  page: {
    path: 'customers',
    records: 'content',
    id: 'id',
    changed: changed('filter', { format: 'iso-seconds', value: "changed >= '{since}'" }),
    paging: { by: 'page', param: 'page', size: 'size' },
  },
};

function stageFor(style: StyleName): Stage {
  return {
    dialect: () => restDialect(style),
    wrongLogin: (settings) => ({
      ...(settings.apiKey ? { apiKey: { header: 'x-api-key', value: 'another' } } : {}),
      ...(settings.password ? { password: 'another' } : {}),
      ...(settings.oauth ? { oauth: { ...(settings.oauth as object), clientSecret: 'another' } } : {}),
    }),
    entities: {
      account: { read: READS[style] },
      // Every entity is read in the same way; one more is, for ids of several parts.
      address: style === 'link' ? { read: { ...READS.link, path: 'addresses', id: ['no', 'kind'] } } : false,
    },
  };
}

describe.each(['link', 'link-header', 'cursor', 'keyset', 'offset', 'page'] as const)('paging by %s', (style) => {
  describeConnector(declared, stageFor(style));
});
