/**
 * A simulated S/4HANA: SAP Gateway in front of its released OData V2 services. Basic authentication; a token and the cookie it came with
 * for everything that writes; stamps of business partners as day and time of the server's zone, none before the first change;
 * numbers of customers that are not those of their business partners; pages and expansions cut with links that name another host.
 * The same sets are served as version 4 below /odata/v4, for connectors that read any OData.
 */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { BadQuery } from './odata/filter.ts';
import { serve } from './odata/serve.ts';
import type { Sets } from './odata/types.ts';
import { creditSets, priceSets, stockSets } from './sap-s4-goods.ts';
import { createOrder, orderSets, refusal } from './sap-s4-orders.ts';
import { AREA, COMPANY, CREDIT_SEGMENT, type PartnerFunctionRow } from './sap-s4-partner-rows.ts';
import { partnerSets } from './sap-s4-partners.ts';

const PASSWORD = 'Sync-secret1';
const USER = 'SYNC';

export interface SapOptions {
  /** Partner functions that other customers have. */
  readonly functions?: readonly PartnerFunctionRow[];
  /** Services that are not activated for this user. */
  readonly without?: readonly string[];
}

export function sapS4Dialect({ functions = [], without = [] }: SapOptions = {}): Dialect {
  let tokens = 0;
  const sessions = new Map<string, string>();

  function service(request: SimRequest, world: World): { version: 2 | 4; name: string; path: string; sets: Sets } {
    const [, root = '', name = '', path = ''] = /^\/(sap\/opu\/odata\/sap|odata\/v4)\/(\w+)\/?(.*)$/.exec(request.path) ?? [];
    const makers: Record<string, (of: World) => Sets> = {
      API_BUSINESS_PARTNER: (of) => partnerSets(of, functions),
      API_SALES_ORDER_SRV: orderSets,
      API_CRDTMBUSINESSPARTNER: creditSets,
      API_SLSPRICINGCONDITIONRECORD_SRV: priceSets,
      API_MATERIAL_STOCK_SRV: stockSets,
    };
    const make = makers[name];
    if (!make) throw refusal('005056A509B11EE1B9A8FEC11C21578E', 'No service found for namespace', 404);
    if (without.includes(name)) throw refusal('/IWFND/MED/170', `No authorization to access service ${name}`, 403);
    return { version: root === 'odata/v4' ? 4 : 2, name, path, sets: make(world) };
  }

  /** A token is good with its own cookie only. */
  function handshake(request: SimRequest): Record<string, string> {
    const token = request.headers['x-csrf-token'] ?? '';
    if (/^fetch$/i.test(token)) {
      tokens += 1;
      sessions.set(`session-${tokens}`, `token-${tokens}==`);
      return { 'x-csrf-token': `token-${tokens}==`, 'set-cookie': `SAP_SESSIONID_S4H_100=session-${tokens}; path=/; HttpOnly` };
    }
    if (request.method === 'GET') return {};
    const session = /SAP_SESSIONID_S4H_100=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (token !== '' && sessions.get(session) === token) return {};
    throw new Refusal({ status: 403, headers: { 'x-csrf-token': 'Required' }, text: 'CSRF token validation failed' });
  }

  return {
    name: 'sap-s4',
    isWrite: ({ method }) => method !== 'GET' && method !== 'HEAD',
    errorInside: () => ({
      status: 200,
      json: { error: { code: 'SY/530', message: { lang: 'en', value: 'An application exception has occurred' } } },
    }),
    limitSignal: () => ({ status: 503, headers: { 'retry-after': '1' }, text: '<html><body>Service cannot be reached</body></html>' }),
    expireSessions: () => sessions.clear(),
    settings: (url) => ({
      url,
      user: USER,
      password: PASSWORD,
      client: '100',
      salesArea: { organization: AREA.SalesOrganization, channel: AREA.DistributionChannel, division: AREA.Division },
      companyCode: COMPANY,
      hierarchy: 'head-office',
      creditSegment: CREDIT_SEGMENT,
    }),
    handle(request, world, context) {
      if (request.headers.authorization !== `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`) return unauthorized();
      const extra = handshake(request);
      const { version, name, path, sets } = service(request, world);
      const answer =
        request.method === 'POST' ? write(request, world, path, name, context) : read(request, sets, { version, name, path }, context);
      return { ...answer, headers: { ...answer.headers, ...extra } };
    },
  };
}

function unauthorized(): SimAnswer {
  const headers = {
    'www-authenticate': 'Basic realm="SAP NetWeaver Application Server [S4H/100]"',
    'content-type': 'text/html; charset=utf-8',
  };
  return {
    status: 401,
    headers,
    text: '<html><head><title>Logon Error Message</title></head><body>Anmeldung fehlgeschlagen</body></html>',
  };
}

/** The server's own name for itself is another than the one it was reached by. */
function ownAddress({ url }: SimContext, version: 2 | 4, name: string): string {
  return `${url.replace('127.0.0.1', 'localhost')}/${version === 2 ? 'sap/opu/odata/sap' : 'odata/v4'}/${name}`;
}

function read(
  request: SimRequest,
  sets: Sets,
  { version, name, path }: { version: 2 | 4; name: string; path: string },
  context: SimContext,
): SimAnswer {
  if (path === '')
    return {
      status: 200,
      json: version === 2 ? { d: { EntitySets: Object.keys(sets) } } : { value: Object.keys(sets).map((set) => ({ name: set })) },
    };
  try {
    const ask = { version, path, query: request.query, service: ownAddress(context, version, name), pageSize: context.pageSize };
    const answer = serve(sets, ask);
    if (answer) return answer;
    throw refusal('/IWBEP/CM_MGW_RT/020', `Resource not found for segment '${path.split('(')[0]}'`, 404);
  } catch (error) {
    if (error instanceof BadQuery) throw refusal('005056A509B11ED1BDCCD4EBDC1C4B50', error.message);
    throw error;
  }
}

function write(request: SimRequest, world: World, path: string, name: string, context: SimContext): SimAnswer {
  if (path !== 'A_SalesOrder') throw refusal('/IWFND/CM_MGW/096', `Method ${request.method} is not allowed for ${path}`, 405);
  return createOrder(request, world, ownAddress(context, 2, name));
}
