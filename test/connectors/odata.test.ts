/** The generic OData connector, declared for a system nobody knows: in both versions, by the key and by the server's links. */
import { afterEach, describe, expect, it } from 'vitest';
import { odata } from '../../connectors/odata/index.ts';
import { plainDates } from '../../connectors/odata/plain-dates.ts';
import type { AnyConnector, MappingSpec } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { describeConnector, type Stage } from '../connector-contract.ts';
import { odataDialect } from '../simulator/dialects/odata.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';

/** What kontor.yaml would say. */
const MAPPINGS: { readonly [E in EntityName]?: MappingSpec } = {
  account: {
    externalId: 'Id',
    number: 'Number',
    name: 'Name',
    parent: 'ParentId',
    status: { column: 'State', lookup: { A: 'active', B: 'blocked', X: 'closed' } },
    taxRegistration: 'VatId',
    currency: 'Currency',
    paymentTerms: 'Terms',
    creditLimit: 'CreditLimit',
    balance: 'Balance',
    priceList: 'PriceList',
    locale: 'Language',
    email: 'Email',
    phone: 'Phone',
    website: 'Website',
  },
  address: {
    externalId: { concat: ['Id', 'Role'], with: '/' },
    account: 'CustomerId',
    role: 'Role',
    name: 'Name',
    lines: { columns: ['Street', 'Street2'] },
    postalCode: 'Zip',
    city: 'City',
    region: 'Region',
    country: 'Country',
  },
  stock: { externalId: 'Id', site: 'Site', siteName: 'SiteName', product: 'Product', onHand: 'OnHand', available: 'Available' },
};

const CHANGED = { field: 'ModifiedAt', type: 'instant', precisionMs: 1 };
const READS = {
  account: { entitySet: 'Customers', key: { Id: 'integer' }, changed: CHANGED },
  address: { entitySet: 'Addresses', key: { Id: 'integer', Role: 'string' }, changed: CHANGED },
  stock: { entitySet: 'Stock', key: { Id: 'integer' }, select: ['Site', 'SiteName', 'Product', 'OnHand', 'Available'] },
};

const declared: AnyConnector = {
  ...odata,
  sources: Object.fromEntries(
    Object.entries(odata.sources).map(([entity, source]) => [entity, { ...source, mapping: MAPPINGS[entity as EntityName] ?? {} }]),
  ),
};

function stageFor(version: 2 | 4): Stage {
  return {
    dialect: () => odataDialect(version),
    wrongLogin: () => ({ apiKey: { header: 'x-api-key', value: 'another' } }),
    entities: {
      account: { read: READS.account },
      address: { read: READS.address },
      stock: { read: READS.stock },
      // The system of this test has none of these; every entity is read in the same way.
      contact: false,
      price: false,
      document: false,
      documentLine: false,
    },
  };
}

describe('version 4', () => describeConnector(declared, stageFor(4)));
describe('version 2', () => describeConnector(declared, stageFor(2)));

it('turns dates of version 2 into what a mapping understands', () => {
  const row = {
    A: '/Date(1794268800000)/',
    B: { C: ['/Date(1794298140000)/', '/Date(1794298140000+0060)/'] },
    D: '/Date(x)/',
    E: 1,
    F: '/Date(-86400000)/',
  };
  expect(plainDates(row)).toEqual({
    A: '2026-11-10',
    B: { C: ['2026-11-10T08:09:00', '2026-11-10T08:09:00.000Z'] },
    D: '/Date(x)/',
    E: 1,
    F: '1969-12-31',
  });
});

describe('as declared', () => {
  let simulator: Simulator | undefined;
  afterEach(() => simulator?.close());

  async function read(version: 2 | 4, options: Record<string, unknown>, accounts = 10) {
    const world = new World().seed({ accounts });
    simulator = await startSimulator(odataDialect(version), { world, pageSize: 4 });
    const config = odata.config.parse({ ...simulator.settings, query: { company: 'A&B' } });
    const session = openSession(
      odata,
      { connection: 'unknown', config, baseFolder: '.', signal: new AbortController().signal, now: () => world.now() },
      memoryBorder(),
    );
    const source = odata.sources.account;
    if (!source) throw new Error('no source');
    const pages: Array<{ records: readonly Record<string, unknown>[]; cursor: unknown }> = [];
    for await (const page of source.read(session, source.options.parse(options), null)) pages.push(page as never);
    return { world, pages, records: pages.flatMap((page) => page.records), requests: simulator.requests, session };
  }

  it.each([2, 4] as const)('follows the links of a server of version %i to the end', async (version) => {
    const { records, pages, requests } = await read(version, { ...READS.account, paging: 'next' });
    expect(new Set(records.map(({ Id }) => Id)).size).toBe(10);
    expect(pages).toHaveLength(3);
    expect(requests.slice(1).every(({ query }) => query.includes('skiptoken') && query.includes('company=A%26B'))).toBe(true);
  });

  it('joins its own conditions to the declared filter without changing what that means', async () => {
    const filter = "State eq 'B' or State eq 'A'";
    const { records, world } = await read(4, { ...READS.account, filter }, 40);
    const wanted = world.rows('account').filter(({ active }) => active);
    expect(records.map(({ Id }) => String(Id)).sort()).toEqual(wanted.map(({ id }) => id).sort());
  });

  it('tells the operator what the service refused, and where a key is declared wrongly', async () => {
    await expect(read(4, { ...READS.account, filter: 'Colour eq 1' })).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('Property Colour was not found'),
    });
    await simulator?.close();
    await expect(read(4, { ...READS.account, select: ['Name'], key: { Name: 'string', Terms: 'string' } }, 40)).rejects.toMatchObject({
      code: 'ERP_ANSWER_UNUSABLE',
      message: expect.stringContaining('correct `key`'),
    });
  });

  it('tells the operator at once that a key has another type than declared', async () => {
    await expect(read(4, { ...READS.account, key: { Id: 'guid' } })).rejects.toMatchObject({
      name: 'NeedsOperatorError',
      code: 'SOURCE_LAYOUT',
      message: expect.stringContaining('Id are not of type guid'),
    });
  });

  it('answers a check with what the service lists', async () => {
    const { session } = await read(4, READS.account);
    expect(await odata.check(session)).toMatchObject({ summary: expect.stringContaining('3 entity sets'), warnings: [] });
  });

  it.each([
    [{ user: 'a' }, 'user and password belong together'],
    [{ user: 'a', password: 'b', apiKey: { value: 'c' } }, 'exclude each other'],
  ])('takes one way to log in: %j', (login, message) => {
    const result = odata.config.safeParse({ url: 'https://example.com', version: 4, ...login });
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });
});

describe('a page that is not full', () => {
  /** A service that gives at most three rows at once; `answer` says what it does with those behind an id. */
  async function idsFrom(answer: (after: number, path: string) => object): Promise<unknown[]> {
    const config = odata.config.parse({ url: 'https://example.com', version: 4 });
    const send = async ({ path }: { path: string }) => ({
      json: answer(Number(/Id%20gt%20(\d+)/.exec(path)?.[1] ?? 0), path),
      serverAt: null,
    });
    const session = { config, http: { send }, now: () => new Date(0) };
    const source = odata.sources.account;
    if (!source) throw new Error('no source');
    const options = source.options.parse({ entitySet: 'Customers', key: { Id: 'integer' } });
    const ids: unknown[] = [];
    for await (const { records } of source.read(session as never, options, null)) ids.push(...records.map(({ Id }: { Id: number }) => Id));
    return ids;
  }
  const rows = (after: number, most = 3) => [1, 2, 3, 4, 5, 6, 7].filter((id) => id > after).slice(0, most).map((Id) => ({ Id })); // biome-ignore format: one chain

  it('is no end where the service gives less at once than it was asked for, and no link', async () => {
    expect(await idsFrom((after) => ({ value: rows(after) }))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('is no end where it is empty and has a link', async () => {
    const answer = (after: number, path: string) =>
      after === 3 && !path.includes('skip') ? { value: [], '@odata.nextLink': `${path}&$skiptoken=3` } : { value: rows(after) };
    expect(await idsFrom(answer)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('that comes again and again is told: a service that takes no notice of the key would be read for ever', async () => {
    let asked = 0;
    const answer = () => {
      asked += 1;
      if (asked > 9) throw new Error('read for ever');
      return { value: rows(0) };
    };
    await expect(idsFrom(answer)).rejects.toThrow(/the same rows .* use `paging: next`/);
  });
});
