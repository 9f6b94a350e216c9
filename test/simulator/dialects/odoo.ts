/**
 * Odoo 14, 16, 17 and 19 as they were observed (14 and 19: as their source says).
 *
 * POST /jsonrpc { params: { service, method, args } }   all of them: failures with HTTP 200, the key in every call, no session
 * POST /json/2/MODEL/METHOD { ...params, ids, context } 19: real statuses, `bearer` key
 * GET  /web/version                                     from 18 on
 *
 * Archived rows are hidden unless `active_test` is false, stamps are answered in seconds and compared in microseconds, "none" is false, rows
 * without an order come by name.
 */
import { type Dialect, Refusal, type SimAnswer, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { accessDenied, json2Failure, notFoundPage, Raised, rpcFailure, serializationFailure } from './odoo/failures.ts';
import { type ApiKeys, KEY } from './odoo/keys.ts';
import { dispatch, isWriting } from './odoo/methods.ts';
import { type OdooOptions, Store, type Values, type Version } from './odoo/store.ts';

const DATABASE = 'live';
const USER = 'kontor@example.com';
const UID = 6;
const FIRST_WITH_JSON_2 = 19;
const FIRST_WITH_PUBLIC_VERSION = 18;

export interface OdooDialectOptions extends OdooOptions {
  readonly version: Version;
  /** What the connection is told to speak; what the version tells if absent. */
  readonly protocol?: 'auto' | 'json-2' | 'json-rpc';
}

export interface OdooDialect extends Dialect {
  readonly keys: ApiKeys;
}

export function odooDialect({ version, protocol = 'auto', ...options }: OdooDialectOptions): OdooDialect {
  const store = new Store(version, options);
  const speaksJson2 = version >= FIRST_WITH_JSON_2 && protocol !== 'json-rpc';
  return {
    name: 'odoo',
    keys: store.keys,
    isWrite: (request) => isWriting(methodOf(request)),
    errorInside: () => (speaksJson2 ? json2Failure(serializationFailure()) : rpcFailure(serializationFailure())),
    // Calls carry their key: there is no session to expire.
    expireSessions: () => undefined,
    settings: (url) => ({ url, database: DATABASE, user: USER, apiKey: KEY, protocol }),
    handle(request, world) {
      if (request.path === '/web/version' && version >= FIRST_WITH_PUBLIC_VERSION)
        return { status: 200, json: { version_info: [version, 0, 0, 'final', 0, ''], version: `${version}.0` } };
      if (request.path === '/jsonrpc') return answerRpc(request, world, store);
      const [, model, method] = /^\/json\/2\/([^/]+)\/([^/]+)$/.exec(request.path) ?? [];
      if (model === undefined || method === undefined || version < FIRST_WITH_JSON_2) throw new Refusal(notFoundPage());
      return answerJson2(request, { model, method }, world, store);
    },
  };
}

function methodOf(request: SimRequest): string {
  if (request.path !== '/jsonrpc') return request.path.split('/').at(-1) ?? '';
  try {
    return String(rpcCall(request).args[4] ?? '');
  } catch {
    return '';
  }
}

interface RpcCall {
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

function rpcCall(request: SimRequest): RpcCall {
  const { params } = request.json() as { params: RpcCall };
  return params;
}

function answerRpc(request: SimRequest, world: World, store: Store): SimAnswer {
  try {
    const { service, method, args } = rpcCall(request);
    const result = service === 'common' ? common(method, args, world, store) : execute(args, world, store);
    return { status: 200, json: { jsonrpc: '2.0', id: 1, result } };
  } catch (error) {
    if (error instanceof Raised) throw new Refusal(rpcFailure(error));
    throw error;
  }
}

/** A wrong password is false, with HTTP 200; a wrong database is an error of the database. */
function common(method: string, [database, user, key]: readonly unknown[], world: World, { version, keys }: Store): unknown {
  if (method === 'version')
    return { server_version: `${version}.0`, server_version_info: [version, 0, 0, 'final', 0, ''], protocol_version: 1 };
  checkDatabase(database);
  return user === USER && keys.isGood(key, world) ? UID : false;
}

function checkDatabase(database: unknown): void {
  if (database !== DATABASE) throw new Raised('psycopg2.OperationalError', `FATAL:  database "${String(database)}" does not exist\n`, 500);
}

function execute(given: readonly unknown[], world: World, store: Store): unknown {
  const [database, uid, key, model, method, args, kwargs] = given as [string, number, string, string, string, unknown[][], Values];
  checkDatabase(database);
  if (uid !== UID || !store.keys.isGood(key, world)) throw accessDenied();
  const { context = {}, ...params } = kwargs;
  return dispatch({ model, method, ids: (args[0] ?? []) as number[], params, context: context as Values, uid }, world, store);
}

function answerJson2(request: SimRequest, { model, method }: { model: string; method: string }, world: World, store: Store): SimAnswer {
  try {
    if (!store.keys.isGood(/^bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1], world))
      throw new Raised('werkzeug.exceptions.Unauthorized', 'Invalid apikey', 401);
    if (![undefined, DATABASE].includes(request.headers['x-odoo-database'])) throw new Refusal(notFoundPage());
    const { ids = [], context = {}, ...params } = request.json() as Values;
    if (store.options.without?.includes(model))
      throw new Raised('werkzeug.exceptions.NotFound', `the model '${model}' does not exist`, 404);
    const result = dispatch({ model, method, ids: ids as number[], params, context: context as Values, uid: UID }, world, store);
    return { status: 200, json: result };
  } catch (error) {
    if (error instanceof Raised) throw new Refusal(json2Failure(error));
    throw error;
  }
}
