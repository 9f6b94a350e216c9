/**
 * Business Central's standard API v2.0, from Microsoft's documentation and the published source of its API pages. Its bad habits: a reference is
 * turned into capitals, a posted order is gone from salesOrders, a read-only replica that has not seen the last orders, limits without a time
 * to come back, permissions that are told in words, sums (stock, balance) that change without a stamp, no `or` between two properties.
 *
 * POST /TENANT/oauth2/v2.0/token
 * GET  /v2.0/TENANT/production/api/v2.0/companies, companies(ID)/SET ?$filter&$expand, companies(ID)/customers(ID)
 * POST /v2.0/TENANT/production/api/v2.0/companies(ID)/salesOrders
 */
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { changeSalesOrder, createSalesOrder } from './business-central-order.ts';
import { COMPANY, type StockTold } from './business-central-rows.ts';
import { businessCentralSets } from './business-central-sets.ts';
import { BadQuery, parseFilter } from './odata/filter.ts';
import type { EntitySet, Row, Sets } from './odata/types.ts';

const TENANT = 'contoso.example.com';
const CLIENT = { clientId: 'f1d2d2f9-24e9-86ac-0653-86e6b9e0b6a1', clientSecret: 'correct~horse' };
const SCOPE = 'https://api.businesscentral.dynamics.com/.default';
const ROOT = `/v2.0/${TENANT}/production/api/v2.0/`;

export function businessCentralDialect(): Dialect {
  let tokensGiven = 0;
  const tokens = new Set<string>();
  const stockTold: StockTold = new Map();

  return {
    name: 'business-central',
    isWrite: ({ method, path }) => method !== 'GET' && path.startsWith(ROOT),
    // As users report it of two sessions that write the same tables; with which status is not documented.
    errorInside: () => ({
      status: 409,
      json: {
        error: {
          code: 'Internal_ServerError',
          message:
            "We can't save your changes right now because a record in table 'Sales Header' is being updated in a transaction done by another session.  CorrelationId:  0a.",
        },
      },
    }),
    limitSignal: () => failure(429, 'Application_TooManyRequests', 'Too many requests reached. Actual (101). Maximum (100).').answer,
    expireSessions: () => tokens.clear(),
    settings: (url) => ({
      url: `${url}${ROOT.slice(0, -1)}`,
      tokenUrl: `${url}/${TENANT}/oauth2/v2.0/token`,
      company: COMPANY.id,
      ...CLIENT,
    }),
    handle(request, world, context) {
      if (request.path === `/${TENANT}/oauth2/v2.0/token`) {
        checkClient(request);
        tokensGiven += 1;
        tokens.add(`Bearer token-${tokensGiven}`);
        return {
          status: 200,
          json: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: `token-${tokensGiven}` },
        };
      }
      if (!tokens.has(request.headers.authorization ?? '')) {
        throw failure(401, 'Authentication_InvalidCredentials', 'The server has rejected the client credentials.');
      }
      return route(request, world, context, stockTold);
    },
  };
}

export function failure(status: number, code: string, message: string): Refusal {
  return new Refusal({ status, json: { error: { code, message: `${message}  CorrelationId:  7d1f0b4c-6c1e-4a5b-9d7e-000000000000.` } } });
}

/** Entra's answers (OAuth 2.0, RFC 6749 section 5.2). */
function checkClient(request: SimRequest): void {
  const form = new URLSearchParams(request.body.toString());
  const refuse = (error: string, description: string) => new Refusal({ status: 401, json: { error, error_description: description } });
  if (form.get('grant_type') !== 'client_credentials')
    throw refuse('unsupported_grant_type', 'AADSTS70003: The grant type is not supported.');
  if (form.get('scope') !== SCOPE) throw refuse('invalid_scope', 'AADSTS70011: The provided value for scope is not valid.');
  if (form.get('client_id') !== CLIENT.clientId || form.get('client_secret') !== CLIENT.clientSecret) {
    throw refuse('invalid_client', 'AADSTS7000215: Invalid client secret provided.');
  }
}

function route(request: SimRequest, world: World, context: SimContext, stockTold: StockTold): SimAnswer {
  const path = decodeURIComponent(request.path.startsWith(ROOT) ? request.path.slice(ROOT.length) : '');
  if (request.method === 'GET' && path === 'companies') return { status: 200, json: { value: [COMPANY] } };
  const changed = request.method === 'GET' ? undefined : changeSalesOrder(path, request, world);
  if (changed) return changed;
  const [, company, name = '', key] = /^companies\(([^)]*)\)\/(\w+)(?:\(([^)]*)\))?$/.exec(path) ?? [];
  if (company === undefined)
    throw failure(404, 'BadRequest_ResourceNotFound', `Resource not found for the segment '${path.split(/[/(]/)[0]}'.`);
  if (company !== COMPANY.id)
    throw failure(404, 'Internal_CompanyNotFound', 'Cannot process the request because the default company cannot be found.');
  if (request.method === 'POST' && name === 'salesOrders') return createSalesOrder(request, world);
  if (request.method !== 'GET')
    throw failure(405, 'BadRequest_MethodNotAllowed', `'${request.method}' requests for '${name}' are not allowed.`);
  const isReplica = request.headers['data-access-intent']?.toLowerCase() === 'readonly';
  const sets = businessCentralSets(world, { isReplica, stockTold });
  const set = sets[name];
  if (!set) throw failure(404, 'BadRequest_ResourceNotFound', `Resource not found for the segment '${name}'.`);
  if (key === undefined) return list(sets, name, set, request, context);
  const row = set.rows().find(({ id }) => id === key);
  if (!row) throw failure(404, 'Internal_RecordNotFound', `The record does not exist. Identification fields and values: SystemId='${key}'`);
  return { status: 200, json: shown(sets, set, row, []) };
}

function list(sets: Sets, name: string, set: EntitySet, { query, headers, path }: SimRequest, { pageSize, url }: SimContext): SimAnswer {
  try {
    const filter = query.get('$filter');
    if (filter !== null) refuseDistinct(filter);
    for (const option of query.keys()) {
      if (!['$filter', '$expand', '$skiptoken'].includes(option)) throw new BadQuery(`The query option '${option}' is not simulated`);
    }
    const expand = (query.get('$expand') ?? '').split(',').filter((one) => one !== '');
    for (const one of expand)
      if (!set.navigations?.[one]) throw new BadQuery(`Could not find a property named '${one}' on type 'Microsoft.NAV.${name}'.`);
    const wanted = filter === null ? set.rows() : set.rows().filter(parseFilter(filter, 4, set));
    const after = query.get('$skiptoken');
    // The token holds the key of the last row, so rows that come or go do not shift what follows.
    const rest = [...wanted]
      .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
      .filter(({ id }) => after === null || String(id) > after);
    const preferred = Number(/odata\.maxpagesize=(\d+)/.exec(headers.prefer ?? '')?.[1] ?? 20_000);
    const page = rest.slice(0, Math.min(preferred, pageSize));
    const next = new URLSearchParams(query);
    next.set('$skiptoken', String(page.at(-1)?.id));
    return {
      status: 200,
      headers: { 'odata-version': '4.0', ...(headers.prefer === undefined ? {} : { 'preference-applied': headers.prefer }) },
      json: {
        '@odata.context': `${url}${path.slice(0, path.indexOf('/companies'))}/$metadata#${name}`,
        value: page.map((row) => shown(sets, set, row, expand)),
        ...(rest.length > page.length ? { '@odata.nextLink': `https://api.businesscentral.dynamics.com${path}?${next}` } : {}),
      },
    };
  } catch (error) {
    if (error instanceof BadQuery) throw failure(400, 'BadRequest', error.message);
    throw error;
  }
}

/** Microsoft's list of known limitations of the OData service. */
function refuseDistinct(filter: string): void {
  const plain = filter.replace(/'(?:[^']|'')*'/g, "''");
  for (const bracket of plain.includes('(') ? plain.split(/[()]/) : [plain]) {
    if (!/ or /.test(bracket)) continue;
    const names = new Set(bracket.split(/ or | and /).map((part) => part.trim().split(' ')[0]));
    if (names.size > 1) throw new BadQuery("The 'OR' operator is not supported on distinct fields on an OData filter.");
  }
}

function shown(sets: Sets, set: EntitySet, row: Row, expand: readonly string[]): Record<string, unknown> {
  const written: Record<string, unknown> = { '@odata.etag': `W/"JzE5OzE${String(row.id).slice(-6)}"` };
  for (const [property, type] of Object.entries(set.properties)) {
    const value = row[property] ?? null;
    written[property] = type === 'decimal' && value !== null ? Number(value) : value;
  }
  for (const name of expand) {
    const { to, many, rows } = set.navigations?.[name] ?? { to: '', many: false, rows: () => [] };
    const inner = rows(row).map((one) => shown(sets, sets[to] as EntitySet, one, []));
    written[name] = many ? inner : (inner[0] ?? null);
  }
  return written;
}
