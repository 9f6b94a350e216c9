/**
 * A simulated S/4HANA: SAP Gateway in front of its released services. Basic authentication; a token and the cookie it came with for
 * everything that is no GET; stamps of business partners as day and time of the server's zone, none before the first change; numbers of
 * customers that are not those of their business partners; pages and expansions cut with links that name another host; `$batch` with reads;
 * orders that may only be changed with their ETag. Sales orders have a service of version 4 beside that of version 2.
 * The sets of version 2 are served as version 4 below /odata/v4, for connectors that read any OData.
 */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { answerBatch } from './odata/batch.ts';
import { BadQuery } from './odata/filter.ts';
import { serve } from './odata/serve.ts';
import type { Sets } from './odata/types.ts';
import { creditSets, priceSets, stockSets } from './sap-s4-goods.ts';
import { changeOrder } from './sap-s4-order-changes.ts';
import { asVersion4, createOrder, refusal } from './sap-s4-order-writes.ts';
import { type OrderFiles, orderSets } from './sap-s4-orders.ts';
import { AREA, COMPANY, CREDIT_SEGMENT, type PartnerFunctionRow } from './sap-s4-partner-rows.ts';
import { partnerSets } from './sap-s4-partners.ts';

const PASSWORD = 'Sync-secret1';
const USER = 'SYNC';
const SALES_ORDER_V4 = 'sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001';
const PLACES = new RegExp(`^/(?:(${SALES_ORDER_V4})|((?:sap/opu/odata/sap|odata/v4)/(\\w+)))(?:/(.*))?$`);

export interface SapOptions {
  /** Partner functions that other customers have. */
  readonly functions?: readonly PartnerFunctionRow[];
  /** Services that are not activated for this user. */
  readonly without?: readonly string[];
  /** Something in front of it lets no `$batch` through. */
  readonly forbidsBatch?: boolean;
  /** What is answered in place of the right answer, alone and inside of a batch. */
  instead?(request: SimRequest): SimAnswer | undefined;
}

interface Service {
  readonly version: 2 | 4;
  /** Where it is, without slashes around. */
  readonly root: string;
  readonly isSalesOrder: boolean;
  /** Behind the root. */
  readonly path: string;
  readonly sets: Sets;
}

export function sapS4Dialect(options: SapOptions = {}): Dialect {
  const { functions = [], without = [], forbidsBatch = false, instead } = options;
  let tokens = 0;
  const sessions = new Map<string, string>();
  const files: OrderFiles = new Map();

  function serviceOf(request: SimRequest, world: World): Service {
    const [, v4, other, name = 'API_SALESORDER', path = ''] = PLACES.exec(request.path) ?? [];
    const makers: Record<string, () => Sets> = {
      API_BUSINESS_PARTNER: () => partnerSets(world, functions),
      API_SALES_ORDER_SRV: () => orderSets(world, files, 2),
      API_CRDTMBUSINESSPARTNER: () => creditSets(world),
      API_SLSPRICINGCONDITIONRECORD_SRV: () => priceSets(world),
      API_MATERIAL_STOCK_SRV: () => stockSets(world),
    };
    const root = v4 ?? other ?? '';
    const make = v4 === undefined ? makers[name] : () => orderSets(world, files, 4);
    if (!make) throw refusal('005056A509B11EE1B9A8FEC11C21578E', 'No service found for namespace', 404);
    if (without.includes(name)) throw refusal('/IWFND/MED/170', `No authorization to access service ${name}`, 403);
    const version = v4 === undefined && root.startsWith('sap/') ? 2 : 4;
    return { version, root, isSalesOrder: v4 !== undefined || name === 'API_SALES_ORDER_SRV', path, sets: make() };
  }

  /** A token is good with its own cookie only; who comes with a session gets the token of that session. */
  function handshake(request: SimRequest): Record<string, string> {
    const token = request.headers['x-csrf-token'] ?? '';
    const session = /SAP_SESSIONID_S4H_100=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const known = sessions.get(session);
    if (/^fetch$/i.test(token)) {
      if (known !== undefined) return { 'x-csrf-token': known };
      tokens += 1;
      sessions.set(`session-${tokens}`, `token-${tokens}==`);
      return { 'x-csrf-token': `token-${tokens}==`, 'set-cookie': `SAP_SESSIONID_S4H_100=session-${tokens}; path=/; HttpOnly` };
    }
    if (request.method === 'GET' || (token !== '' && known === token)) return {};
    throw new Refusal({ status: 403, headers: { 'x-csrf-token': 'Required' }, text: 'CSRF token validation failed' });
  }

  function answer(request: SimRequest, world: World, context: SimContext): SimAnswer {
    const replaced = instead?.(request);
    if (replaced) return replaced;
    const service = serviceOf(request, world);
    const { version, path } = service;
    try {
      if (path === '$batch') return batch(request, version, (part) => answer(part, world, context));
      if (request.method === 'GET') return read(request, service, context);
      const desk = { version, world, files, service: ownAddress(context, service) };
      if (service.isSalesOrder && request.method === 'POST' && (path === 'A_SalesOrder' || path === 'SalesOrder'))
        return createOrder(request, desk);
      const changed = service.isSalesOrder ? changeOrder(request, path, desk) : undefined;
      if (changed) return changed;
      throw refusal('/IWFND/CM_MGW/096', `Method ${request.method} is not allowed for ${path}`, 405);
    } catch (error) {
      throw error instanceof Refusal && version === 4 ? asVersion4(error) : error;
    }
  }

  function batch(request: SimRequest, version: 2 | 4, single: (part: SimRequest) => SimAnswer): SimAnswer {
    if (forbidsBatch) return { status: 403, headers: { 'content-type': 'text/html' }, text: '<html><body>Request rejected</body></html>' };
    return answerBatch(request, version, single);
  }

  return {
    name: 'sap-s4',
    isWrite: ({ method, path }) => method !== 'GET' && method !== 'HEAD' && !path.endsWith('/$batch'),
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
      const { headers, ...rest } = answer(request, world, context);
      return { ...rest, headers: { ...headers, ...extra } };
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
function ownAddress({ url }: SimContext, { root }: Service): string {
  return `${url.replace('127.0.0.1', 'localhost')}/${root}`;
}

function read(request: SimRequest, service: Service, context: SimContext): SimAnswer {
  const { version, path, sets } = service;
  if (path === '') {
    const names = Object.keys(sets);
    return { status: 200, json: version === 2 ? { d: { EntitySets: names } } : { value: names.map((set) => ({ name: set })) } };
  }
  try {
    const { query, headers } = request;
    const answer = serve(sets, {
      version,
      path,
      query,
      service: ownAddress(context, service),
      pageSize: context.pageSize,
      accept: headers.accept,
    });
    if (answer) return answer;
    throw refusal('/IWBEP/CM_MGW_RT/020', `Resource not found for segment '${path.split('(')[0]}'`, 404);
  } catch (error) {
    if (error instanceof BadQuery) throw refusal('005056A509B11ED1BDCCD4EBDC1C4B50', error.message);
    throw error;
  }
}
