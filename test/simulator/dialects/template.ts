/**
 * The invented system behind connectors/_template. Its bad habits are those of real ones:
 * lists hide archived rows, limits come as 403, lock conflicts with status 200, a search for a reference finds every one that begins so in
 * any case, references may repeat, orders are made as drafts and move to an archive when they are invoiced.
 *
 * POST /session { user, password }                                     -> { token }
 * GET  /about                                                          -> { name, version, rights }
 * GET  /customers|people|addresses|prices|stock ?changedSince&afterId&limit&archived&order -> { items, more },
 *      in the order of ids, or with order=stamp of stamps
 * GET  /orders, /archive/orders ?reference | ?ids                      -> { items }
 * POST /orders, POST /orders/ID/confirm, POST /orders/ID/cancel, PUT /orders/ID
 */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import { compareIds, type Rows, type World } from '../world.ts';
import { cancelOrder, confirmOrder, createOrder, findOrders, replaceOrder } from './template-orders.ts';

const USER = { user: 'kontor', password: 'correct horse' };

type Listed = 'account' | 'contact' | 'address' | 'price' | 'stock';

const LISTS: Readonly<Record<string, Listed>> = {
  '/customers': 'account',
  '/people': 'contact',
  '/addresses': 'address',
  '/prices': 'price',
  '/stock': 'stock',
};

export function templateDialect(): Dialect {
  let logins = 0;
  const tokens = new Set<string>();
  return {
    name: 'template',
    isWrite: ({ method, path }) => method !== 'GET' && path !== '/session',
    errorInside: () => ({ status: 200, json: { error: { code: 'LOCKED', message: 'Another user holds this record' } } }),
    limitSignal: () => ({ status: 403, json: { error: { code: 'QUOTA', message: 'Too many calls' } } }),
    expireSessions: () => tokens.clear(),
    settings: (url) => ({ url, ...USER }),
    handle(request, world, context) {
      if (request.path === '/session') {
        const { user, password } = request.json() as typeof USER;
        if (user !== USER.user || password !== USER.password) throw refusal(401, 'LOGIN', 'User or password is wrong');
        logins += 1;
        tokens.add(`Bearer token-${logins}`);
        return { status: 200, json: { token: `token-${logins}` } };
      }
      if (!tokens.has(request.headers.authorization ?? '')) throw refusal(401, 'SESSION', 'Log in first');
      return route(request, world, context);
    },
  };
}

export function refusal(status: number, code: string, message: string): Refusal {
  return new Refusal({ status, json: { error: { code, message } } });
}

function route(request: SimRequest, world: World, context: SimContext): SimAnswer {
  const kind = LISTS[request.path];
  if (request.method === 'GET' && kind) return listRows(kind, request, world, context);
  const [, order, step] = /^\/orders\/([^/]+)(?:\/(\w+))?$/.exec(request.path) ?? [];
  if (order !== undefined) return changeOrder(`${request.method} ${step ?? ''}`, decodeURIComponent(order), request, world);
  switch (`${request.method} ${request.path}`) {
    case 'GET /about':
      return { status: 200, json: { name: 'Template ERP', version: '1.0', rights: { read: true, order: true } } };
    case 'GET /orders':
      return findOrders('open', request, world);
    case 'GET /archive/orders':
      return findOrders('posted', request, world);
    case 'POST /orders':
      return createOrder(request, world);
    default:
      throw refusal(404, 'NO_SUCH_THING', `There is no ${request.path}`);
  }
}

function changeOrder(call: string, id: string, request: SimRequest, world: World): SimAnswer {
  if (call === 'POST confirm') return confirmOrder(id, world);
  if (call === 'POST cancel') return cancelOrder(id, world);
  if (call === 'PUT ') return replaceOrder(id, request, world);
  throw refusal(404, 'NO_SUCH_THING', `There is no ${request.path}`);
}

function listRows(kind: Listed, { query }: SimRequest, world: World, { pageSize }: SimContext): SimAnswer {
  const since = query.get('changedSince') === null ? 0 : Date.parse(query.get('changedSince') ?? '');
  const limit = Math.min(Number(query.get('limit') ?? pageSize), pageSize);
  if (Number.isNaN(since)) throw refusal(400, 'QUERY', 'changedSince is no instant');
  const after = query.get('afterId');
  const isWanted = (row: object) => query.get('archived') === 'true' || !('active' in row) || row.active === true;
  const rows: Rows[Listed][] = world.changedSince(kind, new Date(since));
  const rest = rows
    .filter(isWanted)
    .filter(({ id }) => after === null || compareIds(id, after) > 0)
    .sort((a, b) => (query.get('order') === 'stamp' ? a.changedAt.getTime() - b.changedAt.getTime() : 0) || compareIds(a.id, b.id));
  return { status: 200, json: { items: rest.slice(0, limit).map((row) => SHAPES[kind](row as never)), more: rest.length > limit } };
}

const SHAPES: { readonly [K in Listed]: (row: Rows[K]) => object } = {
  account: ({ parentId, taxRegistration, paymentTerms, active, blocked, createdAt: _c, bornAt: _b, version: _v, ...rest }) => ({
    ...rest,
    parentId,
    vatId: taxRegistration,
    terms: paymentTerms,
    state: active ? (blocked ? 'blocked' : 'active') : 'archived',
  }),
  contact: ({ accountId, active, createdAt: _c, bornAt: _b, version: _v, ...rest }) => ({
    ...rest,
    customerId: accountId,
    state: active ? 'active' : 'archived',
  }),
  address: ({ accountId, active, createdAt: _c, bornAt: _b, version: _v, ...rest }) => ({
    ...rest,
    customerId: accountId,
    state: active ? 'active' : 'archived',
  }),
  price: ({ accountId, createdAt: _c, bornAt: _b, version: _v, ...rest }) => ({ ...rest, customerId: accountId }),
  stock: ({ createdAt: _c, bornAt: _b, version: _v, ...rest }) => rest,
};
