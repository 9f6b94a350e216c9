/**
 * A simulated EspoCRM 8: key or Basic login, lists with nested conditions, at most 200 rows, stamps of whole seconds, reasons in a header,
 * deleted rows that are nowhere. Answers are those observed on a running 8.4, refusals of searches those of its source.
 */
import { type Dialect, Refusal, type SimAnswer, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { AccountStamps } from './crm-addresses.ts';
import { rowsOf } from './espocrm/entities.ts';
import { fits, itemsOf, nested, type Row, refusal } from './espocrm/where.ts';

const KEY = '0b2e4a6c8d0f1a3b5c7d9e1f2a4b6c8d';
const USER = { user: 'kontor', password: 'Esp0-secret' };
const MOST = 200;
const MOST_WRONG_LOGINS = 10;
const LOCK_OUT_MS = 60_000;

export interface EspocrmOptions {
  /** What the role lets read of a scope: all if absent. */
  readonly read?: Readonly<Record<string, 'all' | 'team' | 'own' | 'no'>>;
  /** Attributes the role hides, of any scope. */
  readonly hidden?: readonly string[];
  readonly basic?: boolean;
}

export function espocrmDialect({ read = {}, hidden = [], basic = false }: EspocrmOptions = {}): Dialect {
  const forbidden = new Set(hidden);
  const stamps = new AccountStamps();
  let wrongLogins: number[] = [];

  /** Before anything else: whoever failed too often in the last minute is not even asked, whatever he brings. */
  function admit({ headers }: SimRequest, world: World): void {
    const now = world.now().getTime();
    wrongLogins = wrongLogins.filter((at) => at > now - LOCK_OUT_MS);
    if (wrongLogins.length > MOST_WRONG_LOGINS) throw refusal(403, 'Max failed login attempts exceeded.');
    const basicKey = `Basic ${Buffer.from(`${USER.user}:${USER.password}`).toString('base64')}`;
    if (headers['x-api-key'] === KEY || headers.authorization === basicKey) return;
    wrongLogins.push(now);
    throw refusal(401);
  }

  function route(request: SimRequest, world: World): SimAnswer {
    const [, entityType = '', id] = /^\/api\/v1\/(\w+)(?:\/(\w+))?$/.exec(request.path) ?? [];
    if (request.method !== 'GET') throw refusal(405);
    if (entityType === 'App' && id === 'user') return { status: 200, json: me() };
    const rows = rowsOf(entityType, world, stamps);
    if (!rows) throw refusal(404);
    if (read[entityType] === 'no') throw refusal(403, `No read access to '${entityType}'.`);
    if (id === undefined) return { status: 200, json: list(rows, request) };
    const row = rows.find((one) => one.id === id);
    if (!row) throw refusal(404, `Record ${id} does not exist.`);
    return { status: 200, json: shown(row, Object.keys(row)) };
  }

  function me(): object {
    const table = Object.fromEntries(
      ['Account', 'Contact'].map((scope) => [scope, { create: 'no', read: read[scope] ?? 'all', edit: 'no', delete: 'no' }]),
    );
    return {
      user: { id: '6b0u00000000000a2', userName: 'kontor', type: basic ? 'regular' : 'api' },
      acl: { table, fieldTable: [] },
      settings: { applicationName: 'EspoCRM' },
    };
  }

  function list(rows: readonly Row[], { query, headers }: SimRequest): object {
    const maxSize = Number(query.get('maxSize') ?? 20);
    if (maxSize > MOST) throw refusal(403, `Max size should not exceed ${MOST}. Use offset and limit.`);
    const attributes = new Set(Object.keys(rows[0] ?? { id: '', modifiedAt: '', accountId: '' }));
    const orderBy = query.get('orderBy') ?? 'createdAt';
    if (forbidden.has(orderBy)) throw refusal(403, `Not access to order by field '${orderBy}'.`);
    const where = itemsOf(nested(query, 'where'));
    const found = rows.filter((row) => where.every((item) => fits(item, row, attributes, forbidden)));
    const direction = query.get('order') === 'desc' ? -1 : 1;
    found.sort((a, b) => (String(a[orderBy]) < String(b[orderBy]) ? -1 : 1) * direction);
    const offset = Number(query.get('offset') ?? 0);
    const page = found.slice(offset, offset + maxSize);
    const select = query.get('select')?.split(',') ?? [...attributes];
    const isMore = found.length > offset + maxSize;
    return {
      total: headers['x-no-total'] === 'true' ? (isMore ? -1 : -2) : found.length,
      list: page.map((row) => shown(row, ['id', ...select])),
    };
  }

  /** Attributes nobody knows, and those that are hidden, are left out without a word. */
  function shown(row: Row, select: readonly string[]): object {
    return Object.fromEntries(select.filter((name) => name in row && !forbidden.has(name)).map((name) => [name, row[name]]));
  }

  return {
    name: 'espocrm',
    isWrite: ({ method }) => method !== 'GET',
    // Behind a database that is restarted.
    errorInside: () => ({ status: 500, text: '' }),
    limitSignal: () => refusal(403, 'Max failed login attempts exceeded.').answer,
    // Keys have no sessions.
    expireSessions: () => undefined,
    settings: (url) => ({ url, ...(basic ? USER : { apiKey: KEY }) }),
    handle(request, world) {
      stamps.observe(world);
      try {
        admit(request, world);
        return route(request, world);
      } catch (error) {
        if (error instanceof Refusal) return error.answer;
        throw error;
      }
    },
  };
}
