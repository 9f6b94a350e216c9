/** The smallest dialect that shows everything a dialect does; the tests of the simulator speak it. Copy it to begin another. */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from './dialect.ts';
import type { NewRow, World } from './world.ts';

/**
 * POST /login                                     -> { token }
 * GET  /accounts?since=ISO[&after=ID]             -> { rows, next: absolute url | null }, by stamp and id
 * POST /orders { reference, soldTo, lines }       -> 201 { id, number }
 */
export function plainDialect(): Dialect {
  let logins = 0;
  const sessions = new Set<string>();
  const routes: Record<string, (request: SimRequest, world: World, context: SimContext) => SimAnswer> = {
    'GET /accounts': listAccounts,
    'POST /orders': placeOrder,
  };

  return {
    name: 'plain',
    isWrite: (request) => request.method === 'POST' && request.path === '/orders',
    errorInside: () => ({ status: 200, json: { error: 'Records were modified in the meanwhile' } }),
    limitSignal: () => ({ status: 403, json: { error: 'REQUEST_LIMIT_EXCEEDED' } }),
    expireSessions: () => sessions.clear(),
    settings: (url) => ({ url }),
    handle(request, world, context) {
      if (request.path === '/login') {
        logins += 1;
        sessions.add(`token-${logins}`);
        return { status: 200, json: { token: `token-${logins}` } };
      }
      if (!sessions.has(request.headers.authorization ?? '')) throw new Refusal({ status: 401, json: { error: 'Log in' } });
      const route = routes[`${request.method} ${request.path}`];
      if (!route) throw new Refusal({ status: 404, json: { error: 'No such thing' } });
      return route(request, world, context);
    },
  };
}

function listAccounts({ query }: SimRequest, world: World, { pageSize, url }: SimContext): SimAnswer {
  const since = new Date(query.get('since') ?? 0);
  const after = query.get('after');
  const rows = world.changedSince('account', since, { limit: pageSize, ...(after !== null && { afterId: after }) });
  const last = rows.at(-1);
  const isMore = last !== undefined && rows.length === pageSize;
  const next = isMore ? `${url}/accounts?since=${last.changedAt.toISOString()}&after=${last.id}` : null;
  return { status: 200, json: { rows, next } };
}

/** Every order needs an account that exists: checked before anything changes. */
function placeOrder(request: SimRequest, world: World): SimAnswer {
  const order = request.json() as NewRow<'order'>;
  if (!world.row('account', order.soldTo)) throw new Refusal({ status: 422, json: { error: 'Sold-to party is missing' } });
  const { id, number } = world.placeOrder(order);
  return { status: 201, json: { id, number } };
}
