/** A customer with units, people, addresses and prices, in a database of its own: what orders are told with. */
import { connectors } from '../../connectors/index.ts';
import { type ApprovalSettings, DEFAULT_APPROVALS } from '../../src/config/approvals-schema.ts';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { DEFAULT_HTTP, DEFAULT_ORDERS, type HttpSettings, type OrderSettings } from '../../src/config/orders-schema.ts';
import type { ConnectionSettings, Settings } from '../../src/config/settings.ts';
import type { HandoffContext } from '../../src/orders/order-context.ts';
import { databaseBorder } from '../../src/store/border.ts';
import type { Database } from '../../src/store/database.ts';
import { createTestDatabase, type Filling } from '../support/database.ts';

export const LINK_SECRET = 'a-secret-for-tests-of-decision-links';

type Row = Readonly<Record<string, unknown>>;

/** Profiles as a pull of the connection `erp` leaves them, by external id. Each answers the local id. */
export interface Profiles {
  account(externalId: string, columns?: Row & { parent?: string }): Promise<string>;
  person(externalId: string, columns?: Row & { account?: string; superior?: string }): Promise<string>;
  address(externalId: string, columns?: Row & { account?: string }): Promise<string>;
  price(externalId: string, columns?: Row & { account?: string }): Promise<string>;
  stock(externalId: string, columns?: Row): Promise<string>;
}

export interface OrdersSetup extends Profiles {
  db: Database;
  url: string;
  context: HandoffContext;
  settings: Settings;
  /** Goes only where a test puts it. */
  clock: { now: Date };
  /** Local id of an external id of the connection `erp`. */
  id(externalId: string): string;
  rows<T = Record<string, unknown>>(sql: string, bindings?: readonly unknown[]): Promise<T[]>;
  /** Columns of a profile, by external id. */
  alter(externalId: string, columns: Row): Promise<void>;
}

export interface SetupChange {
  readonly orders?: Partial<OrderSettings>;
  readonly approvals?: Partial<ApprovalSettings>;
  readonly http?: Partial<HttpSettings>;
  readonly connections?: readonly ConnectionSettings[];
  readonly now?: string;
}

/**
 * Hansa (A-1, Europe/Berlin, EUR, list TRADE, 30 days) with the units Nord (A-2, cost centres 4100 and 4200) and Süd, and
 * Holm (B-1), another company.
 *
 * Greta (P-1, buyer at Nord) -> Jens (P-2, approver at Nord) -> Maren (P-3, approver and purchasing manager of Hansa) -> Ines
 * (P-4, administrator of Hansa). Olaf (P-5) buys at Süd, Bent (P-9) at Holm.
 * Addresses: D-1 ship-to of Nord, D-2 bill-to and D-3 ship-to of Hansa, D-9 ship-to of Holm.
 * Prices (EUR): 4711 is 12.50 on TRADE, 12.00 from 10 on; 4712 is 3.999 for everyone; 4713 is 250 per 100 on TRADE; 4714 is 99.00
 * for Nord alone and 120.00 on TRADE; 4715 is 1000.00 on TRADE.
 */
export async function setupOrders(change: SetupChange = {}): Promise<OrdersSetup> {
  const { db, url } = await createTestDatabase({ filled: HANSA });
  const clock = { now: new Date(change.now ?? '2026-11-23T09:00:00Z') };
  await redate(db, clock.now);
  const ids = await loadIds(db);
  const settings: Settings = {
    file: null,
    baseFolder: '.',
    database: { url },
    redis: null,
    worker: { concurrency: 1, drainMs: 1_000 },
    log: { level: 'silent' },
    connections: new Map((change.connections ?? []).map((connection) => [connection.name, connection])),
    orders: { ...DEFAULT_ORDERS, ...change.orders },
    approvals: { ...DEFAULT_APPROVALS, ...change.approvals },
    http: { ...DEFAULT_HTTP, linkSecret: LINK_SECRET, publicUrl: 'https://kontor.example', ...change.http },
    mail: DEFAULT_MAIL,
  };
  return {
    db,
    url,
    settings,
    clock,
    context: {
      db,
      settings,
      border: databaseBorder(db),
      connectors,
      holder: `test ${process.pid}`,
      signal: new AbortController().signal,
      now: () => clock.now,
    },
    ...profiles(db, ids, clock),
    id: (externalId) => known(ids, externalId).id,
    rows: async (sql, bindings = []) => (await db.raw(sql, bindings as never)).rows,
    async alter(externalId, columns) {
      const { id, table } = known(ids, externalId);
      await db(table).where({ id }).update(columns);
    },
  };
}

/** Made once for all tests of a run: twenty profiles take longer than the copy of a database that has them. */
const HANSA: Filling = {
  name: 'hansa',
  fill: (db) => fill(profiles(db, new Map(), { now: new Date(0) })),
};

const TABLES: Readonly<Record<string, string>> = {
  account: 'accounts',
  contact: 'contacts',
  address: 'addresses',
  price: 'prices',
  stock: 'stock_levels',
};

async function redate(db: Database, now: Date): Promise<void> {
  const at = `'${now.toISOString()}'`;
  const tables = Object.values(TABLES).map((table) => `update ${table} set created_at = ${at}, updated_at = ${at}`);
  await db.raw([...tables, `update links set first_seen_at = ${at}`].join(';'));
}

async function loadIds(db: Database): Promise<Map<string, { id: string; table: string }>> {
  const { rows } = await db.raw<{ rows: { external_id: string; local_id: string; entity: string }[] }>(
    'select l.external_id, l.local_id, s.entity from links l join sources s on s.id = l.source_id',
  );
  return new Map(rows.map(({ external_id, local_id, entity }) => [external_id, { id: local_id, table: tableOf(entity) }]));
}

function tableOf(entity: string): string {
  const table = TABLES[entity];
  if (!table) throw new Error(`this setup knows no profiles of ${entity}`);
  return table;
}

function profiles(db: Database, ids: Map<string, { id: string; table: string }>, clock: { now: Date }): Profiles {
  const refer = (externalId: string | undefined) => (externalId === undefined ? null : known(ids, externalId).id);

  async function insert(entity: string, externalId: string, columns: Row): Promise<string> {
    const table = tableOf(entity);
    const id = (await db.raw("select nextval('profile_id_seq')::text as id")).rows[0].id as string;
    await db(table).insert({ id, created_at: clock.now, updated_at: clock.now, ...columns });
    await db.raw("insert into sources (connection, entity) values ('erp', ?) on conflict do nothing", [entity]);
    await db.raw(
      `insert into links (source_id, key, external_id, local_id, first_seen_at)
       select id, lower(?::text), ?, ?, ? from sources where connection = 'erp' and entity = ?`,
      [externalId, externalId, id, clock.now, entity],
    );
    ids.set(externalId, { id, table });
    return id;
  }

  return {
    account: (externalId, { parent, ...columns } = {}) =>
      insert('account', externalId, { number: externalId, name: externalId, parent_id: refer(parent), ...columns }),
    person: (externalId, { account = 'A-1', superior, ...columns } = {}) =>
      insert('contact', externalId, {
        name: externalId,
        email: `${externalId.toLowerCase()}@hansa.example`,
        account_id: refer(account),
        superior_id: refer(superior),
        ...columns,
      }),
    address: (externalId, { account = 'A-1', ...columns } = {}) =>
      insert('address', externalId, { role: 'ship_to', account_id: refer(account), ...columns }),
    price: (externalId, { account, ...columns } = {}) =>
      insert('price', externalId, { currency: 'EUR', unit: 'PCE', account_id: refer(account), ...columns }),
    stock: (externalId, columns = {}) => insert('stock', externalId, columns),
  };
}

function known(ids: ReadonlyMap<string, { id: string; table: string }>, externalId: string): { id: string; table: string } {
  const found = ids.get(externalId);
  if (!found) throw new Error(`there is no ${externalId} in this setup`);
  return found;
}

async function fill({ account, person, address, price }: Profiles): Promise<void> {
  const terms = { currency: 'EUR', payment_terms: 'N30', price_list: 'TRADE' };
  await account('A-1', { name: 'Hansa', kind: 'company', time_zone: 'Europe/Berlin', account_manager: 'Ole Thomsen', ...terms });
  await account('A-2', { name: 'Hansa Nord', kind: 'location', parent: 'A-1', cost_centres: ['4100', '4200'], ...terms });
  await account('A-3', { name: 'Hansa Süd', kind: 'location', parent: 'A-1', ...terms });
  await account('B-1', { name: 'Holm', kind: 'company', ...terms, price_list: null });

  await person('P-4', { name: 'Ines Paulsen', roles: ['administrator'] });
  await person('P-3', { name: 'Maren Timm', superior: 'P-4', roles: ['approver', 'purchasing_manager'] });
  await person('P-2', { name: 'Jens Brandt', account: 'A-2', superior: 'P-3', roles: ['approver'], cost_centre: '4200' });
  await person('P-1', { name: 'Greta Brandt', account: 'A-2', superior: 'P-2', roles: ['buyer'], cost_centre: '4100' });
  await person('P-5', { name: 'Olaf Lund', account: 'A-3', superior: 'P-3', roles: ['buyer'] });
  await person('P-9', { name: 'Bent Holm', account: 'B-1', roles: ['buyer'] });

  await address('D-1', { account: 'A-2', country: 'DE', postal_code: '24103', city: 'Kiel', latitude: 54.32, longitude: 10.14 });
  await address('D-2', { role: 'bill_to', country: 'DE', postal_code: '20095', city: 'Hamburg' });
  await address('D-3', { country: 'DE', postal_code: '20095', city: 'Hamburg', latitude: 53.55, longitude: 10.0 });
  await address('D-9', { account: 'B-1', country: 'DK', postal_code: '6400', city: 'Sønderborg' });

  const trade = { price_list: 'TRADE' };
  await price('K-1', { ...trade, product: '4711', product_name: 'Ladle', unit_price: '12.50' });
  await price('K-2', { ...trade, product: '4711', product_name: 'Ladle', unit_price: '12.00', min_quantity: '10' });
  await price('K-3', { product: '4712', product_name: 'Skimmer', unit_price: '3.999' });
  await price('K-4', { ...trade, product: '4713', product_name: 'Screws', unit_price: '250', per_quantity: '100' });
  await price('K-5', { ...trade, product: '4714', product_name: 'Kettle', unit_price: '120.00' });
  await price('K-6', { account: 'A-2', product: '4714', product_name: 'Kettle', unit_price: '99.00' });
  await price('K-7', { ...trade, product: '4715', product_name: 'Oven', unit_price: '1000.00' });
}
