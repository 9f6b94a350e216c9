/** Databases behind a network: one connection, every statement in a transaction that only reads and is never committed. */
import knex, { type Knex } from 'knex';
import { RetryLaterError } from '../../src/errors.ts';
import type { Database, DatabaseRow } from './database.ts';
import { failureOf } from './failures.ts';
import type { ReadOptions } from './read-options.ts';
import type { SqlSettings } from './settings.ts';

/** What differs between servers. knex loads the driver `client` names when it is needed, and only then. */
export interface ServerKind {
  readonly title: string;
  readonly client: 'pg' | 'mysql2' | 'mssql';
  readonly port: number;
  connection(settings: SqlSettings): Record<string, unknown>;
  /** Of the session or transaction, before the statement. */
  prepare?(settings: SqlSettings, version: string): readonly string[];
  readonly versionSql: string;
  /** "PostgreSQL 18.4" */
  versionOf(text: string): string;
  /** One column `now`: milliseconds since 1970. */
  readonly clockSql: string;
  columnsOf?(db: Knex, options: ReadOptions, ask: Database['ask']): Promise<readonly Knex.Raw[]>;
}

export interface Opening {
  readonly connection: string;
  readonly config: SqlSettings;
  readonly baseFolder: string;
  readonly signal: AbortSignal;
}

export function openServer(kind: ServerKind, { connection, config, signal }: Opening): Database {
  const port = config.port ?? kind.port;
  const where = { connection, place: `${kind.title} at ${config.host}:${port}, database ${config.database}` };
  const db = knex({
    client: kind.client,
    // Values of a failed statement are customers' data.
    compileSqlOnError: false,
    connection: {
      ...kind.connection(config),
      host: config.host,
      port,
      user: config.user,
      password: config.password,
      database: config.database,
    } as Knex.StaticConnectionConfig,
    log: { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined },
    acquireConnectionTimeout: config.connectSeconds * 1_000 + 1_000,
    pool: { min: 0, max: 1, propagateCreateError: true } as Knex.PoolConfig,
  });
  let version: string | undefined;

  async function ask(statement: Knex.QueryBuilder | Knex.Raw): Promise<readonly DatabaseRow[]> {
    return unlessStopped(signal, where, run(statement));
  }

  async function run(statement: Knex.QueryBuilder | Knex.Raw): Promise<readonly DatabaseRow[]> {
    try {
      // SQL Server has no transactions that only read; there the rollback alone undoes what a statement should not have done.
      const transaction = await db.transaction(undefined, kind.client === 'mssql' ? {} : { readOnly: true });
      try {
        version ??= textIn(await transaction.raw(kind.versionSql));
        for (const sql of kind.prepare?.(config, version) ?? []) await transaction.raw(sql);
        return rowsOf(await statement.transacting(transaction));
      } finally {
        // A connection that broke has nothing to roll back.
        await transaction.rollback().catch(() => undefined);
      }
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  return {
    knex: db,
    ask,
    async version() {
      await ask(db.raw('select 1 as one'));
      return kind.versionOf(version ?? '');
    },
    async clock() {
      const [row] = await ask(db.raw(kind.clockSql));
      return new Date(Number(row?.now));
    },
    ...(kind.columnsOf ? { columnsOf: (options: ReadOptions) => kind.columnsOf?.(db, options, ask) ?? Promise.resolve([]) } : {}),
    names: (table) => namesIn(db, ask, table),
    // A statement under way is bounded by its time-out; nobody waits for it.
    close: async () => void db.destroy().catch(() => undefined),
  };
}

const SYSTEM_SCHEMAS = ['information_schema', 'pg_catalog', 'mysql', 'performance_schema', 'sys'];

async function namesIn(db: Knex, ask: Database['ask'], table?: string): Promise<readonly string[]> {
  const name = table?.split('.').at(-1);
  const listed =
    name === undefined
      ? db.select({ name: 'table_name' }).from('information_schema.tables').whereNotIn('table_schema', SYSTEM_SCHEMAS)
      : db.select({ name: 'column_name' }).from('information_schema.columns').where('table_name', name);
  return (await ask(listed.limit(2_000))).map((row) => String(row.name));
}

/** PostgreSQL answers an object, MySQL a pair, SQL Server the rows. */
function rowsOf(answer: unknown): readonly DatabaseRow[] {
  if (Array.isArray(answer)) return Array.isArray(answer[0]) ? answer[0] : answer;
  return (answer as { rows: DatabaseRow[] }).rows;
}

function textIn(answer: unknown): string {
  return String(Object.values(rowsOf(answer)[0] ?? {})[0] ?? '');
}

function unlessStopped<Result>(
  signal: AbortSignal,
  { connection, place }: { connection: string; place: string },
  running: Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new RetryLaterError('SHUTTING_DOWN', `${connection}: ${place}: stopped while reading`));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
