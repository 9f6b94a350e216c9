/** Rows that repeat a piece of JSON share one value of it: a thousand steps of a company have a handful of rules between them. */
import type { Knex } from 'knex';
import pg from 'pg';
import { types } from './database.ts';

/** What it answers is shared, and not to be written to. */
export function sharingJson<Result>(statement: Knex.Raw<Result>): Knex.Raw<Result> {
  const known = new Map<string, unknown>();
  const parse = (text: string): unknown => {
    if (!known.has(text)) known.set(text, JSON.parse(text));
    return known.get(text);
  };
  return statement.options({
    types: { getTypeParser: (oid: number) => (oid === pg.types.builtins.JSONB ? parse : types.getTypeParser(oid, 'text')) },
  });
}
