/** Six ways to page, as they are met: each with its own envelope, stamps and login. */
import type { SimAnswer } from '../../dialect.ts';
import { Refusal } from '../../dialect.ts';
import type { Listed } from './resources.ts';

interface Asked {
  readonly query: URLSearchParams;
  readonly address: string;
  readonly limit: number;
}

export interface Style {
  readonly login: 'key' | 'basic' | 'oauth';
  readonly parameters: readonly string[];
  /** Name of the parameter for the number of rows. */
  readonly size: string;
  stamp(at: Date): unknown;
  /** Milliseconds; 0 when nothing was asked, NaN when it was nonsense. */
  since(query: URLSearchParams): number;
  page(rows: readonly Listed[], asked: Asked): SimAnswer;
}

export type StyleName = 'link' | 'link-header' | 'cursor' | 'keyset' | 'offset' | 'page';

const iso = (at: Date) => at.toISOString();
const isoSeconds = (at: Date) => `${at.toISOString().slice(0, 19)}Z`;
const BERLIN = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'medium' });
/** "2026-03-02 09:00:00": no zone, as programs write it that run in one place. */
const berlin = (at: Date) => BERLIN.format(at);

const jsons = (rows: readonly Listed[]) => rows.map(({ json }) => json);

function instant(text: string | null, form: RegExp): number {
  if (text === null) return 0;
  return form.test(text) ? Date.parse(text) : Number.NaN;
}

/** The instant whose civil time in Berlin is this one. */
function fromBerlin(text: string | null): number {
  if (text === null) return 0;
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return Number.NaN;
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
  return [1, 2].map((hours) => asUtc - hours * 3_600_000).find((at) => berlin(new Date(at)) === text) ?? Number.NaN;
}

function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const value = Number(query.get(name) ?? fallback);
  if (!Number.isInteger(value) || value < 0) throw new Refusal({ status: 422, json: { error: { message: `${name} must be a number` } } });
  return value;
}

function behind(rows: readonly Listed[], order: number, limit: number): { page: Listed[]; last: number | null } {
  const rest = rows.filter((row) => row.order > order);
  const page = rest.slice(0, limit);
  return { page, last: rest.length > limit ? (page.at(-1)?.order ?? null) : null };
}

export const STYLES: Readonly<Record<StyleName, Style>> = {
  link: {
    login: 'key',
    parameters: ['updated_since', 'after', 'per_page'],
    size: 'per_page',
    stamp: iso,
    since: (query) => instant(query.get('updated_since'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    page(rows, { query, address, limit }) {
      const { page, last } = behind(rows, numberOf(query, 'after', 0), limit);
      const next = new URLSearchParams(
        [...query].filter(([name]) => name !== 'after').concat(last === null ? [] : [['after', String(last)]]),
      );
      // Behind a gateway it knows itself by another name.
      const href = last === null ? null : `http://backend.internal:8080${new URL(address).pathname}?${next}`;
      return { status: 200, json: { data: { items: jsons(page) }, meta: { total: rows.length }, links: { next: href } } };
    },
  },
  'link-header': {
    login: 'oauth',
    parameters: ['since', 'after', 'count'],
    size: 'count',
    stamp: isoSeconds,
    since: (query) => instant(query.get('since'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    page(rows, { query, limit }) {
      const { page, last } = behind(rows, numberOf(query, 'after', 0), limit);
      const next = new URLSearchParams([...query].filter(([name]) => name !== 'after').concat([['after', String(last)]]));
      const link = `<?count=1>; rel="first"${last === null ? '' : `, <?${next}>; title="a, b"; rel="next"`}`;
      return { status: 200, headers: { link, 'x-total-count': String(rows.length) }, json: jsons(page) };
    },
  },
  cursor: {
    login: 'oauth',
    parameters: ['modified_from', 'cursor', 'limit'],
    size: 'limit',
    stamp: iso,
    since: (query) => instant(query.get('modified_from'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    page(rows, { query, limit }) {
      const token = query.get('cursor');
      const from = token === null ? '0' : Buffer.from(token, 'base64url').toString('utf8').replace(/^row:/, '');
      if (!/^\d+$/.test(from)) throw new Refusal({ status: 400, json: { error: 'bad cursor' } });
      const { page, last } = behind(rows, Number(from), limit);
      // There is always a token: whether more follows is said elsewhere.
      const next = Buffer.from(`row:${last ?? page.at(-1)?.order ?? from}`).toString('base64url');
      return { status: 200, json: { result: jsons(page), paging: { next, has_more: last !== null } } };
    },
  },
  keyset: {
    login: 'key',
    parameters: ['changed_after', 'since_id', 'limit'],
    size: 'limit',
    stamp: (at) => at.getTime(),
    since: (query) => (/^\d+$/.test(query.get('changed_after') ?? '0') ? Number(query.get('changed_after') ?? 0) : Number.NaN),
    page: (rows, { query, limit }) => ({
      status: 200,
      json: { customers: jsons(behind(rows, numberOf(query, 'since_id', 0), limit).page) },
    }),
  },
  offset: {
    login: 'basic',
    parameters: ['changed_since', 'start', 'rows', 'sort'],
    size: 'rows',
    stamp: berlin,
    since: (query) => fromBerlin(query.get('changed_since')),
    page(rows, { query, limit }) {
      const start = numberOf(query, 'start', 0);
      return { status: 200, json: { response: { numFound: rows.length, docs: jsons(rows.slice(start, start + limit)) } } };
    },
  },
  page: {
    login: 'basic',
    parameters: ['filter', 'page', 'size'],
    size: 'size',
    stamp: isoSeconds,
    since(query) {
      const filter = query.get('filter');
      return instant(
        filter === null ? null : (/^changed >= '([^']*)'$/.exec(filter)?.[1] ?? 'nonsense'),
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      );
    },
    page(rows, { query, limit }) {
      const page = numberOf(query, 'page', 1);
      if (page < 1) throw new Refusal({ status: 422, json: { error: { message: 'pages are counted from 1' } } });
      return { status: 200, json: { content: jsons(rows.slice((page - 1) * limit, page * limit)), page } };
    },
  },
};
