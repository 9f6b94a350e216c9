/** The statements: a page of rows behind an id, in the order of ids. Names are quoted by knex, values are parameters. */
import type { Knex } from 'knex';
import { writeStamp } from '../../src/connector/stamp-format.ts';
import type { IdPart } from './cells.ts';
import type { ChangedAt, ReadOptions } from './read-options.ts';

export interface PageOf {
  readonly since: Date | null;
  readonly behind: readonly IdPart[] | null;
  readonly limit: number;
  /** Instead of the declared columns: expressions that are ready made. */
  readonly columns?: readonly Knex.Raw[];
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** A wall clock is written with its offset where the database reads it: PostgreSQL takes it for stamps with a zone and passes over it for others. */
const WALL = "yyyy-MM-dd'T'HH:mm:ss.SSS";

export function pageQuery(db: Knex, options: ReadOptions, { since, behind, limit, columns }: PageOf): Knex.QueryBuilder {
  const rows = sourceQuery(db, options, columns);
  for (const name of options.id) rows.whereNotNull(name);
  if (since && options.changedAt) rows.where(changedSince(db, options.changedAt, since));
  if (behind) rows.where(behindId(db, options.id, behind));
  for (const name of options.id) rows.orderBy(name);
  return rows.limit(limit);
}

/** Rows that cannot be told apart, so that they are seen and can be corrected. */
export function withoutIdQuery(db: Knex, options: ReadOptions, { limit, columns }: Pick<PageOf, 'limit' | 'columns'>): Knex.QueryBuilder {
  const { id } = options;
  const rows = sourceQuery(db, options, columns).where((either) => {
    for (const name of id) either.orWhereNull(name);
  });
  // SQL Server cuts only what has an order.
  return rows.orderBy(id[0] as string).limit(limit);
}

export function sourceQuery(
  db: Knex,
  { table, query, columns, id, changedAt, where }: ReadOptions,
  expressions?: readonly Knex.Raw[],
): Knex.QueryBuilder {
  // A comment at the end of their text must not swallow the bracket.
  const rows = table === undefined ? db.from(db.raw(`(${literally(query ?? '')}\n) as ??`, ['kontor'])) : db.from(table);
  const names = columns && [...new Set([...columns, ...id, ...(changedAt ? [changedAt.column] : [])])];
  rows.select(...(expressions ?? names ?? ['*']));
  return where === undefined ? rows : rows.whereRaw(`(${literally(where)}\n)`);
}

/** knex would take a question mark for a parameter. */
function literally(text: string): string {
  return text.replaceAll('?', '\\?');
}

/** a > ? or (a = ? and b > ?): any database can use an index for the first part. */
function behindId(db: Knex, names: readonly string[], parts: readonly IdPart[]): Knex.QueryCallback {
  const boundPart = (at: number): Knex.Raw => {
    const part = parts[at];
    if (part && 's' in part) return db.raw('?', [part.s]);
    if (!part || !NUMBER.test(part.n)) throw new RangeError('an id of the cursor is no number');
    return db.raw(part.n);
  };
  return (either) => {
    for (const [last, name] of names.entries()) {
      either.orWhere((all) => {
        for (const [at, before] of names.slice(0, last).entries()) all.where(before, '=', boundPart(at));
        all.where(name, '>', boundPart(last));
      });
    }
  };
}

function changedSince(db: Knex, changedAt: ChangedAt, since: Date): Knex.QueryCallback {
  const { column, type } = changedAt;
  const isText = db.client.config.client === 'better-sqlite3' && type === 'timestamp';
  return (either) => {
    // Text is compared by what it means: with a blank or a T, with Z or without.
    if (isText) either.whereRaw('julianday(??) >= julianday(?)', [column, sinceValue(changedAt, new Date(since.getTime() - 1))]);
    else if (type === 'seconds' || type === 'milliseconds') either.where(column, '>=', db.raw(sinceValue(changedAt, since)));
    else either.where(column, '>=', withOffset(db) ? sinceValue(changedAt, since, 'ZZ') : sinceValue(changedAt, since));
    either.orWhereNull(column);
  };
}

const withOffset = (db: Knex): boolean => db.client.config.client === 'pg';

function sinceValue({ type, zone }: ChangedAt, since: Date, offset = ''): string {
  if (type === 'seconds' || type === 'milliseconds') return writeStamp(since, { format: type, zone });
  return writeStamp(since, { format: type === 'date' ? 'yyyy-MM-dd' : `${WALL}${offset}`, zone });
}
