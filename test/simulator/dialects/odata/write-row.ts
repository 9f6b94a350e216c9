/** Rows as they go over the wire, with what was expanded. */
import { BadQuery } from './filter.ts';
import type { EntitySet, PropertyType, Row, Sets, Value } from './types.ts';

export interface WriteOptions {
  readonly version: 2 | 4;
  readonly sets: Sets;
  /** Absolute address of the service, without a slash at the end. */
  readonly service: string;
  readonly select: ReadonlySet<string>;
  readonly expand: readonly string[];
  /** An expansion longer than this is cut, with a link to the rest. */
  readonly cutAt: number;
  /** Version 4: decimals as texts, as who sends IEEE754Compatible=true wants them. */
  readonly isExact: boolean;
}

type Written = Record<string, unknown>;

export function writeRow(name: string, row: Row, options: WriteOptions): Written {
  const set = setOf(options.sets, name);
  const { version, service, select, expand } = options;
  const address = `${service}/${keyPath(name, set, row)}`;
  const etag = set.etag?.(row);
  const tagged = (as: string): Written => (etag === undefined ? {} : { [as]: etag });
  const written: Written =
    version === 2
      ? { __metadata: { id: address, uri: address, type: `${service.split('/').at(-1)}.${name}Type`, ...tagged('etag') } }
      : tagged('@odata.etag');
  for (const [property, type] of Object.entries(set.properties)) {
    if (select.size === 0 || select.has(property)) written[property] = writeValue(options, type, row[property] ?? null);
  }
  const wanted = new Map<string, string[]>();
  for (const path of expand) {
    const [first = '', ...rest] = path.split('/');
    wanted.set(first, [...(wanted.get(first) ?? []), ...(rest.length > 0 ? [rest.join('/')] : [])]);
  }
  for (const navigation of wanted.keys()) if (!set.navigations?.[navigation]) throw new BadQuery(`Navigation ${navigation} was not found`);
  for (const [navigation, { to, many, rows }] of Object.entries(set.navigations ?? {})) {
    const below = wanted.get(navigation);
    if (!below) {
      if (version === 2 && select.size === 0) written[navigation] = { __deferred: { uri: `${address}/${navigation}` } };
      continue;
    }
    const inner = rows(row);
    const sub = { ...options, select: new Set<string>(), expand: below };
    const shown = inner.slice(0, options.cutAt).map((one) => writeRow(to, one, sub));
    const next = inner.length > options.cutAt ? `${address}/${navigation}?$skiptoken=${options.cutAt}${expandOption(below)}` : undefined;
    if (!many) written[navigation] = shown[0] ?? null;
    else if (version === 2) written[navigation] = { results: shown, ...(next === undefined ? {} : { __next: next }) };
    else Object.assign(written, { [navigation]: shown }, next === undefined ? {} : { [`${navigation}@odata.nextLink`]: next });
  }
  return written;
}

export function setOf(sets: Sets, name: string): EntitySet {
  const set = sets[name];
  if (!set) throw new BadQuery(`Resource not found for segment ${name}`);
  return set;
}

function expandOption(expand: readonly string[]): string {
  return expand.length === 0 ? '' : `&$expand=${expand.join(',')}`;
}

function keyPath(name: string, { keys }: EntitySet, row: Row): string {
  const quoted = (key: string) => `'${encodeURIComponent(String(row[key]))}'`;
  return keys.length === 1 ? `${name}(${quoted(keys[0] ?? '')})` : `${name}(${keys.map((key) => `${key}=${quoted(key)}`).join(',')})`;
}

/** Version 2 writes dates as milliseconds, times as durations and numbers beyond 32 bits as texts. */
function writeValue({ version, isExact }: WriteOptions, type: PropertyType, value: Value): unknown {
  if (value === null) return null;
  if (version === 2) {
    if (type === 'date') return `/Date(${Date.parse(`${value}T00:00:00Z`)})/`;
    if (type === 'instant') return `/Date(${Date.parse(String(value))}+0000)/`;
    if (type === 'time') return `PT${String(value).replace(/(\d\d):(\d\d):(\d\d)/, '$1H$2M$3S')}`;
    return type === 'decimal' ? String(value) : value;
  }
  return type === 'decimal' && !isExact ? Number(value) : value;
}
