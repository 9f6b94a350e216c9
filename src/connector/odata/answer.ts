/** What OData answers, without its wrapping: `{ d: { results, __next, __count } }` in version 2, `{ value, @odata.nextLink }` in 4. */
import { RetryLaterError } from '../../errors.ts';
import type { Json } from '../json.ts';

export type ODataRow = { [name: string]: Json };

export interface ODataPage {
  readonly rows: readonly ODataRow[];
  /** Entries of the list that are no entities: bad records, for the record's schema to tell. */
  readonly strange: readonly unknown[];
  /** Entries of the list, strange ones included: what tells whether a page is full. */
  readonly size: number;
  /** The server's own link to what follows, if it cut here. Only path and query of it count: servers name themselves wrongly. */
  readonly next: string | null;
  /** Of all rows, where it was asked for. */
  readonly count: number | undefined;
}

/** Throws ERP_ANSWER_UNUSABLE for anything that is not a collection: taking it for an empty one would lose rows. */
export function pageOf(json: unknown, what: string): ODataPage {
  const body = isObject(json) ? json : {};
  const v2 = isObject(body.d) ? body.d : undefined;
  const rows = v2 ? v2.results : Array.isArray(body.d) ? body.d : body.value;
  if (!Array.isArray(rows)) throw unusable(what, 'no list of entities');
  const next = v2 ? v2.__next : body['@odata.nextLink'];
  const count = Number(v2 ? v2.__count : body['@odata.count']);
  return {
    rows: rows.filter(isObject),
    strange: rows.filter((row) => !isObject(row)),
    size: rows.length,
    next: typeof next === 'string' && next !== '' ? next : null,
    count: Number.isInteger(count) ? count : undefined,
  };
}

/** One entity: `{ d: {...} }`, or the body itself. */
export function entityOf(json: unknown, what: string): ODataRow {
  const body = isObject(json) && isObject(json.d) ? json.d : json;
  if (!isObject(body) || 'error' in body || 'value' in body || 'results' in body) throw unusable(what, 'no entity');
  return body as ODataRow;
}

/** What proves to a later change that nobody else has changed the entity since it was read. */
export function etagOf(entity: ODataRow, headers: Readonly<Record<string, string>>): string | undefined {
  const { __metadata: metadata, '@odata.etag': v4 } = entity;
  const etag = v4 ?? (isObject(metadata) ? metadata.etag : undefined) ?? headers.etag;
  return typeof etag === 'string' && etag !== '' ? etag : undefined;
}

/** An expanded collection that the server cut: the rest lies behind `next`. */
export interface CutCollection {
  readonly rows: ODataRow[];
  readonly next: string;
}

/**
 * The row without wrapping: `{ results: [] }` of an expansion becomes a list, what was not expanded (`__deferred`) and the server's
 * own remarks (`__metadata`, `@odata.*`) are left out. Cut expansions are told to `onCut`, to be filled up before the row is used.
 */
export function plainRow(row: ODataRow, onCut: (cut: CutCollection) => void): ODataRow {
  const plain: ODataRow = {};
  for (const [name, value] of Object.entries(row)) {
    if (name === '__metadata' || name.includes('@')) continue;
    const list = listIn(value);
    if (list) {
      const rows = list.rows.map((one) => (isObject(one) ? plainRow(one as ODataRow, onCut) : one));
      const next = list.next ?? row[`${name}@odata.nextLink`];
      if (typeof next === 'string') onCut({ rows: rows as ODataRow[], next });
      plain[name] = rows;
    } else if (!isObject(value)) plain[name] = value;
    else if (!('__deferred' in value)) plain[name] = plainRow(value as ODataRow, onCut);
  }
  return plain;
}

function listIn(value: Json | undefined): { rows: Json[]; next?: Json | undefined } | undefined {
  if (Array.isArray(value)) return { rows: value };
  if (isObject(value) && Array.isArray(value.results)) return { rows: value.results, next: value.__next as Json | undefined };
  return undefined;
}

function unusable(what: string, why: string): RetryLaterError {
  return new RetryLaterError('ERP_ANSWER_UNUSABLE', `${what}: the answer holds ${why}; see with \`kontor check\` what stands in between`);
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
