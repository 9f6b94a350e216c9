/**
 * Tryton 6.0 as it was observed on a running server: JSON-RPC 1.0 at POST /DATABASE/ with a session, typed values, failures with HTTP 200,
 * archived rows hidden unless `active_test` is false, write_date null until the first change, rows without an order in any order.
 */
import { type Dialect, Refusal, type SimAnswer, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { error, keyError, page, userError } from './tryton/failures.ts';
import type { Context } from './tryton/model.ts';
import { models } from './tryton/models.ts';
import { chooseProduct, createSales, press, writeSales } from './tryton/sales.ts';
import { modelOf, searchRead } from './tryton/search.ts';
import { fromWire, toWire } from './tryton/typed.ts';
import { COMPANY } from './tryton/wares.ts';

const USER = { user: 'sync', password: 'Worker!9xQz47' };
const USER_ID = 3;
const DATABASE = 'live';
const BUTTONS = ['quote', 'confirm', 'process', 'cancel', 'draft'];

export interface TrytonOptions {
  /** Confirmed sales wait for a worker, or for the hours set in its configuration; at once without. */
  queue?: boolean;
  /** Fields of modules that are not installed, as model.field. */
  without?: readonly string[];
  /** Models the user may not read. */
  forbidden?: readonly string[];
}

interface Call {
  readonly method: string;
  readonly params: unknown[];
}

export function trytonDialect({ queue = false, without = [], forbidden = [] }: TrytonOptions = {}): Dialect {
  let opened = 0;
  const sessions = new Set<string>();
  return {
    name: 'tryton',
    isWrite: (request) => /\.(create|write|delete|quote|confirm|process|cancel|draft)$/.test(callOf(request)?.method ?? ''),
    errorInside: () => ({ status: 200, json: { id: 1, error: ['could not serialize access due to concurrent update\n', ''] } }),
    limitSignal: () => page(429, 'Too Many Requests').answer,
    expireSessions: () => sessions.clear(),
    settings: (url) => ({ url, database: DATABASE, ...USER }),
    handle(request, world) {
      const { method, params } = checkedCall(request);
      if (request.path === '/') {
        if (method !== 'common.server.version') throw page(500, 'Internal Server Error');
        return result('6.0.29');
      }
      if (request.path !== `/${DATABASE}/`) throw page(404, 'Not Found');
      if (method === 'common.db.login') return logIn(params);
      if (!sessions.has(request.headers.authorization ?? '')) {
        throw new Refusal({ status: 401, headers: { 'www-authenticate': 'Basic realm="Tryton"', 'content-type': 'text/plain' } });
      }
      if (method === 'system.listMethods') return result(Object.keys(models).map((name) => `model.${name}.search_read`));
      return dispatch(method, fromWire(params) as unknown[], world);
    },
  };

  function logIn([login, parameters]: readonly unknown[]): SimAnswer {
    const { password } = (parameters ?? {}) as { password?: unknown };
    if (password === undefined) throw error('LoginException', ['password', `Password for ${String(login)}`, 'password']);
    if (login !== USER.user || password !== USER.password) throw page(401, 'Unauthorized');
    opened += 1;
    const session = `be18154e${String(opened).padStart(24, '0')}`;
    sessions.add(`Session ${Buffer.from(`${USER.user}:${USER_ID}:${session}`).toString('base64')}`);
    return result([USER_ID, session]);
  }

  function dispatch(method: string, params: unknown[], world: World): SimAnswer {
    const [, name = '', verb = ''] = /^model\.(.+)\.([^.]+)$/.exec(method) ?? [];
    const context = params.at(-1);
    if (typeof context !== 'object' || context === null || Array.isArray(context)) throw error('Missing context argument');
    return result(toWire(perform(name, verb, params.slice(0, -1), context as Context, world)));
  }

  function perform(name: string, verb: string, params: unknown[], context: Context, world: World): unknown {
    if (name === 'res.user' && verb === 'get_preferences') return { company: COMPANY.id, language: 'en', groups: [6, 3] };
    if (name === 'ir.model.access' && verb === 'get_access') return accessTo(params[0]);
    modelOf(name);
    if (forbidden.includes(name)) throw userError(`You are not allowed to access "${name}".`);
    if (verb === 'fields_get') return fieldsOf(name, params[0]);
    if (verb === 'search_read') {
      refuseAbsent(name, params);
      return searchRead(name, params, context, world);
    }
    if (name === 'sale.line' && verb === 'on_change_product') return chooseProduct(params[0]);
    if (name === 'sale.sale' && verb === 'create') return createSales(params[0], context, world);
    if (name === 'sale.sale' && verb === 'write') return writeSales(params[0], params[1], context, world) ?? null;
    if (name === 'sale.sale' && BUTTONS.includes(verb)) return press(verb, params[0], world, queue) ?? null;
    throw page(403, 'Forbidden');
  }

  function accessTo(asked: unknown): unknown {
    const rights = [asked].flat().map((name) => {
      modelOf(String(name));
      const may = !forbidden.includes(String(name));
      return [name, { read: may, write: may, create: may, delete: may }];
    });
    return Object.fromEntries(rights);
  }

  function fieldsOf(name: string, among: unknown): unknown {
    const names = Object.keys(modelOf(name).fields).filter((field) => !without.includes(`${name}.${field}`));
    const wanted = Array.isArray(among) && among.length > 0 ? names.filter((field) => among.includes(field)) : names;
    return Object.fromEntries(wanted.map((field) => [field, { name: field, string: field, readonly: false }]));
  }

  /** Asking for a field of a module that is not installed is a KeyError in Python. */
  function refuseAbsent(name: string, params: readonly unknown[]): void {
    for (const absent of without) {
      const field = absent.slice(name.length + 1);
      if (absent.startsWith(`${name}.`) && new RegExp(`"${field}[".]`).test(JSON.stringify(params))) throw keyError(field);
    }
  }
}

function result(value: unknown): SimAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, json: { id: 1, result: value } };
}

function callOf(request: SimRequest): Call | undefined {
  const body = request.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { method, params } = body as Partial<Call>;
  return typeof method === 'string' && Array.isArray(params) ? { method, params } : undefined;
}

/** No list of calls in one request, and no other type of content. */
function checkedCall(request: SimRequest): Call {
  if (request.method !== 'POST') throw page(405, 'Method Not Allowed');
  if (!request.headers['content-type']?.includes('json')) throw page(500, 'Internal Server Error');
  const call = callOf(request);
  if (!call) throw page(500, 'Internal Server Error');
  return call;
}
