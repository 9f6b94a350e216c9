/**
 * Dolibarr 17, as it was seen to answer, and by its published source where nothing was seen. Its bad habits: an empty list is 404, a bad filter
 * 503, a refused record 500 (once with a text before its JSON), validating twice 304, an unknown key 503, a missing right 401; numbers are texts;
 * stamps are seconds, filtered in the database's zone; rows that cannot be loaded leave a page short; the database compares without case;
 * references may repeat; an order has a provisional number until it is validated.
 */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import { compareIds, type World } from '../world.ts';
import { BadFilter, parseSqlFilters } from './dolibarr-filter.ts';
import { changeOrder, createOrder, validateOrder } from './dolibarr-orders.ts';
import { type Customers, contact, order, product, type Shown, termIds, thirdparty, warehouses } from './dolibarr-shapes.ts';

const KEY = 'correct-horse';
const ROOT = '/api/index.php/';
const RIGHTS = {
  societe: { lire: 1, client: { voir: 1 }, contact: { lire: 1 } },
  produit: { lire: 1 },
  stock: { lire: 1 },
  commande: { lire: 1, creer: 1 },
};

export function dolibarrDialect(): Dialect {
  const customers: Customers = new Map();
  return {
    name: 'dolibarr',
    isWrite: ({ method }) => method !== 'GET',
    // MySQL chose this transaction to give way, and it was rolled back.
    errorInside: () =>
      failure(500, 'Internal Server Error: Error creating order', {
        0: 'Deadlock found when trying to get lock; try restarting transaction',
      }).answer,
    expireSessions: () => undefined,
    settings: (url) => ({ url, apiKey: KEY, currency: 'EUR' }),
    handle(request, world, context) {
      if (request.headers.dolapikey !== KEY) throw failure(503, 'Service Unavailable: Error when searching login user from api key');
      return route(request, world, context, customers);
    },
  };
}

export function failure(status: number, message: string, more: Record<string, string> = {}): Refusal {
  return new Refusal({
    status,
    json: { error: { code: status, message, ...more }, debug: { source: 'api_access.class.php:1', stages: {} } },
  });
}

function route(request: SimRequest, world: World, { pageSize }: SimContext, customers: Customers): SimAnswer {
  const [name = '', id, part = '', line = ''] = request.path.startsWith(ROOT) ? request.path.slice(ROOT.length).split('/') : [];
  if (request.method === 'POST') {
    if (name === 'orders' && id === undefined) return createOrder(request, world, customers);
    if (name === 'orders' && part === 'validate') return validateOrder(id ?? '', request, world, customers);
  }
  if (request.method !== 'GET') {
    if (name === 'orders' && id !== undefined) return changeOrder(id, part, line, request, world);
    throw failure(405, 'Method Not Allowed');
  }
  const list = LISTS[name];
  if (list && id === undefined) return listRows(list, request, world, pageSize, customers);
  if (name === 'status') return ok({ success: { code: 200, dolibarr_version: '17.0.2', access_locked: '0' } });
  if (name === 'users' && id === 'info') return ok({ id: '2', login: 'kontor', rights: RIGHTS });
  if (name === 'setup' && part === 'payment_terms')
    return ok([...termIds(world)].map(([code, at]) => ({ id: String(at), code, label: code, nbjour: '30' })));
  if (name === 'thirdparties') {
    const account = world.row('account', id ?? '');
    if (!account) throw failure(404, 'Not Found: Thirdparty not found');
    return ok(thirdparty(world, account).json);
  }
  if (name === 'products' && part === 'stock') return stockOf(id ?? '', world);
  throw failure(501, 'Not Implemented: API not found (failed to include API file)');
}

function ok(json: unknown): SimAnswer {
  return { status: 200, json };
}

interface List {
  rows(world: World, customers: Customers): Shown[];
  readonly empty: string;
}

const LISTS: Readonly<Record<string, List>> = {
  thirdparties: { rows: (world) => world.rows('account').map((row) => thirdparty(world, row)), empty: 'Thirdparties not found' },
  contacts: { rows: (world) => world.rows('contact').map((row) => contact(world, row)), empty: 'Contacts not found' },
  products: { rows: (world) => world.rows('product').map((row) => product(world, row)), empty: 'No product found' },
  warehouses: { rows: warehouses, empty: 'No warehouse found' },
  orders: { rows: (world, customers) => world.rows('order').map((row) => order(world, row, customers)), empty: 'No order found' },
};

function listRows({ rows, empty }: List, { query }: SimRequest, world: World, pageSize: number, customers: Customers): SimAnswer {
  const limit = Math.min(Number(query.get('limit') ?? 100), pageSize);
  const offset = limit * Number(query.get('page') ?? 0);
  if ((query.get('sortfield') ?? 't.rowid') !== 't.rowid') throw new Error('only t.rowid is simulated');
  const text = query.get('sqlfilters');
  try {
    const isWanted = text === null ? () => true : parseSqlFilters(text);
    const sorted = rows(world, customers)
      .filter(({ columns }) => isWanted(columns))
      .sort((a, b) => compareIds(String(a.columns.rowid), String(b.columns.rowid)));
    const shown = sorted.slice(offset, offset + limit).map(({ json }) => json);
    if (shown.length === 0) throw failure(404, `Not Found: ${empty}`);
    return ok(shown);
  } catch (error) {
    if (error instanceof BadFilter) throw failure(503, `Service Unavailable: ${error.message}`);
    throw error;
  }
}

/** By warehouse id. Where there is none, PHP has an empty list. */
function stockOf(id: string, world: World): SimAnswer {
  const number = world.row('product', id)?.number;
  if (number === undefined) throw failure(404, 'Not Found: Product not found');
  const ids = new Map(warehouses(world).map(({ json }) => [String(json.ref), String(json.id)]));
  const rows = world.rows('stock').filter((row) => row.product === number);
  const byWarehouse = Object.fromEntries(
    rows.map(({ id: row, site, onHand }) => [ids.get(site), { real: onHand, id: row, detail_batch: [] }]),
  );
  return ok({ stock_warehouses: rows.length === 0 ? [] : byWarehouse });
}
