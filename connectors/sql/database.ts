/** What the connector asks of a database, whichever it is. */
import type { Knex } from 'knex';
import type { ReadOptions } from './read-options.ts';

export type DatabaseRow = { readonly [column: string]: unknown };

export interface Database {
  /** Makes statements; asks nothing itself. */
  readonly knex: Knex;
  /** "PostgreSQL 16.2" */
  version(): Promise<string>;
  /** Its clock; `null` where that is ours. */
  clock(): Promise<Date | null>;
  /** Runs one statement that only reads. Throws ours (failures.ts). */
  ask(statement: Knex.QueryBuilder | Knex.Raw): Promise<readonly DatabaseRow[]>;
  /** Expressions for the columns where their plain values would lose something. */
  columnsOf?(options: ReadOptions): Promise<readonly Knex.Raw[]>;
  /** Names there are, for "did you mean": of tables and views, or of a table's columns. */
  names(table?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}
