/** Answers GET of an OData service: sets, entities by key, navigations; filter, order, page, selection and expansion. */
import type { SimAnswer } from '../../dialect.ts';
import { expandPaths } from './expand.ts';
import { BadQuery, parseFilter } from './filter.ts';
import { comparable, type Row, type Sets } from './types.ts';
import { setOf, type WriteOptions, writeRow } from './write-row.ts';

export interface Ask {
  readonly version: 2 | 4;
  /** Behind the service: "A_BusinessPartner('1')/to_Customer". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of the service, absolute, as the server knows itself. */
  readonly service: string;
  readonly pageSize: number;
  /** What the client takes (Accept). */
  readonly accept?: string | undefined;
}

const OPTIONS = ['$filter', '$orderby', '$top', '$skip', '$skiptoken', '$select', '$expand', '$inlinecount', '$count', '$format'];

/** Throws `BadQuery` for what is to be answered with 400; `undefined`: there is no such entity. */
export function serve(sets: Sets, ask: Ask): SimAnswer | undefined {
  const { version, query } = ask;
  for (const option of query.keys())
    if (option.startsWith('$') && !OPTIONS.includes(option)) throw new BadQuery(`Invalid system query option ${option}`);
  if (query.has(version === 2 ? '$count' : '$inlinecount')) throw new BadQuery('This option belongs to another version');
  const place = resolve(sets, ask.path);
  if (!place) return undefined;
  const options: WriteOptions = {
    version,
    sets,
    service: ask.service,
    select: new Set(listed(query.get('$select')).filter((name) => !name.includes('/'))),
    expand: expandPaths(version, query.get('$expand')),
    cutAt: ask.pageSize,
    isExact: /IEEE754Compatible=true/i.test(ask.accept ?? ''),
  };
  for (const name of options.select) if (!isKnown(sets, place.set, name)) throw new BadQuery(`Property ${name} was not found`);
  if (place.one) {
    const written = writeRow(place.set, place.one, options);
    const etag = setOf(sets, place.set).etag?.(place.one);
    const headers = { ...versionHeader(version), ...(etag === undefined ? {} : { etag }) };
    return { status: 200, headers, json: version === 2 ? { d: written } : written };
  }
  return collection(sets, place.set, place.rows, ask, options);
}

function collection(sets: Sets, name: string, all: readonly Row[], ask: Ask, options: WriteOptions): SimAnswer {
  const { version, query, pageSize } = ask;
  const set = setOf(sets, name);
  const filter = query.get('$filter');
  const matching = filter === null ? [...all] : all.filter(parseFilter(filter, version, set));
  const ordered = order(matching, listed(query.get('$orderby')), set.properties);
  const skipped = Number(query.get('$skip') ?? 0) + Number(query.get('$skiptoken') ?? 0);
  const top = query.has('$top') ? Number(query.get('$top')) : Number.POSITIVE_INFINITY;
  const shown = ordered.slice(skipped, skipped + Math.min(top, pageSize));
  // The server cuts where the client asked for more than it gives at once; the token counts on, like that of many servers.
  const isCut = skipped + shown.length < ordered.length && shown.length < top;
  const next = isCut ? nextLink(ask, skipped + shown.length, top - shown.length) : undefined;
  const rows = shown.map((row) => writeRow(name, row, options));
  const counts = query.get('$inlinecount') === 'allpages' || query.get('$count') === 'true';
  if (version === 2) {
    const d = { results: rows, ...(counts ? { __count: String(matching.length) } : {}), ...(next === undefined ? {} : { __next: next }) };
    return { status: 200, headers: versionHeader(version), json: { d } };
  }
  const body = {
    '@odata.context': '$metadata',
    ...(counts ? { '@odata.count': matching.length } : {}),
    value: rows,
    ...(next === undefined ? {} : { '@odata.nextLink': next }),
  };
  return { status: 200, headers: versionHeader(version), json: body };
}

/** Absolute and with the name the server has for itself in version 2, relative in version 4. */
function nextLink({ version, path, query, service }: Ask, skip: number, top: number): string {
  const rest = new URLSearchParams(query);
  for (const name of ['$skip', '$skiptoken']) rest.delete(name);
  if (rest.has('$top')) rest.set('$top', String(top));
  rest.set('$skiptoken', String(skip));
  return version === 2 ? `${service}/${path}?${rest}` : `${path.split('/').at(-1)}?${rest}`;
}

function order(rows: Row[], by: readonly string[], properties: Readonly<Record<string, import('./types.ts').PropertyType>>): Row[] {
  const keys = by.map((part) => {
    const [name = '', direction = 'asc'] = part.trim().split(/\s+/);
    const type = properties[name];
    if (!type) throw new BadQuery(`Property ${name} was not found`);
    return { name, type, sign: direction === 'desc' ? -1 : 1 };
  });
  return rows.sort((a, b) => {
    for (const { name, type, sign } of keys) {
      const [left, right] = [comparable(type, a[name] ?? null), comparable(type, b[name] ?? null)];
      if (left === right) continue;
      if (left === null) return -sign;
      if (right === null) return sign;
      return left < right ? -sign : sign;
    }
    return 0;
  });
}

type Place = { readonly set: string; readonly rows: readonly Row[]; readonly one?: Row };

function resolve(sets: Sets, path: string): Place | undefined {
  const [, name = '', key, navigation] = /^([\w]+)(?:\((.*?)\))?(?:\/(\w+))?$/.exec(decodeURIComponent(path)) ?? [];
  const set = sets[name];
  if (!set) return undefined;
  if (key === undefined) return { set: name, rows: set.rows() };
  const one = set.rows().find((row) => hasKey(row, set.keys, key));
  if (!one) return undefined;
  if (navigation === undefined) return { set: name, rows: [], one };
  const found = set.navigations?.[navigation];
  if (!found) return undefined;
  const rows = found.rows(one);
  return found.many ? { set: found.to, rows } : rows[0] && { set: found.to, rows: [], one: rows[0] };
}

function hasKey(row: Row, keys: readonly string[], key: string): boolean {
  const parts = key.includes('=')
    ? new Map(key.split(',').map((part) => part.split('=') as [string, string]))
    : new Map([[keys[0] ?? '', key]]);
  return keys.every((name) => `'${String(row[name]).replaceAll("'", "''")}'` === parts.get(name));
}

function isKnown(sets: Sets, set: string, name: string): boolean {
  const { properties, navigations } = setOf(sets, set);
  return name in properties || name in (navigations ?? {});
}

function listed(option: string | null): string[] {
  return option === null || option === '' ? [] : option.split(',').map((one) => one.trim());
}

function versionHeader(version: 2 | 4): Record<string, string> {
  return version === 2 ? { dataserviceversion: '2.0' } : { 'odata-version': '4.0' };
}
