/**
 * Systems nobody knows, each with an API of its own making: how it pages, where records stand in its answers, how it writes stamps and how
 * one logs in differ from style to style (rest/styles.ts). All of them refuse parameters they do not know and stamps they cannot read, and
 * give less than is asked for when that is more than they like.
 */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { ORDERS, orderAnswer } from './rest/orders.ts';
import { RESOURCES } from './rest/resources.ts';
import { STYLES, type StyleName } from './rest/styles.ts';

const KEY = 'key-4711';
const CLIENT = { clientId: 'kontor', clientSecret: 'secret-4711' };

export function restDialect(name: StyleName): Dialect {
  const style = STYLES[name];
  /** Given to clients; what they stand for is kept here. */
  const tokens = new Set<string>();
  let given = 0;

  function refuseStrangers({ headers }: SimRequest): void {
    const { authorization } = headers;
    const basic = `Basic ${Buffer.from(`sync:${KEY}`).toString('base64')}`;
    const isKnown =
      style.login === 'key'
        ? headers['x-api-key'] === KEY
        : style.login === 'basic'
          ? authorization === basic
          : tokens.has(authorization ?? '');
    if (!isKnown) throw refusal(401, 'Who are you?');
  }

  function token(request: SimRequest): SimAnswer {
    const form = new URLSearchParams(request.body.toString('utf8'));
    if (form.get('client_secret') !== CLIENT.clientSecret) return { status: 401, json: { error: 'invalid_client' } };
    given += 1;
    tokens.add(`Bearer token-${given}`);
    return { status: 200, json: { access_token: `token-${given}`, token_type: 'Bearer', expires_in: 3600 } };
  }

  return {
    name: `rest-${name}`,
    isWrite: ({ method, path }) => method !== 'GET' && path.startsWith('/api/v2/orders'),
    errorInside: () => ({ status: 200, json: { success: false, error: { message: 'The index is being rebuilt' } } }),
    limitSignal: () => ({ status: 429, json: { error: { message: 'Slow down' } } }),
    expireSessions: () => tokens.clear(),
    settings: (url) => ({
      url: `${url}/api/v2`,
      orders: ORDERS,
      ...(style.login === 'key' ? { apiKey: { header: 'x-api-key', value: KEY } } : {}),
      ...(style.login === 'basic' ? { user: 'sync', password: KEY } : {}),
      ...(style.login === 'oauth' ? { oauth: { tokenUrl: `${url}/oauth/token`, ...CLIENT } } : {}),
    }),
    handle(request, world, context) {
      if (request.path === '/oauth/token') return token(request);
      refuseStrangers(request);
      if (request.path === '/api/v2/') return { status: 200, json: { api: name } };
      const answer = orderAnswer(request, world);
      if (answer) return answer;
      const resource = RESOURCES[/^\/api\/v2\/(\w+)$/.exec(request.path)?.[1] ?? ''];
      if (!resource) throw refusal(404, `There is no ${request.path}`);
      return list(request, world, context);

      function list({ query, path }: SimRequest, ledger: World, { pageSize, url }: SimContext): SimAnswer {
        const strange = [...query.keys()].filter((key) => !style.parameters.includes(key));
        if (strange.length > 0) throw refusal(400, `Unknown parameter ${strange[0]}`);
        const since = style.since(query);
        if (Number.isNaN(since)) throw refusal(422, 'This is no instant');
        const rows = (resource?.(ledger, style.stamp) ?? []).filter(({ at }) => at >= since).sort((a, b) => a.order - b.order);
        const wanted = Number(query.get(style.size) ?? pageSize);
        if (!Number.isInteger(wanted) || wanted < 1) throw refusal(422, `${style.size} must be a number`);
        return style.page(rows, { query, address: `${url}${path}`, limit: Math.min(wanted, pageSize) });
      }
    },
  };
}

function refusal(status: number, message: string): Refusal {
  return new Refusal({ status, json: { error: { message } } });
}
