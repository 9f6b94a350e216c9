/** The one door to PostgreSQL: a knex pool whose every connection speaks UTC, from a server new enough. */
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { KontorError, NeedsOperatorError, RetryLaterError } from '../errors.ts';
import { planAnewBehindPoolers } from './prepared.ts';

const OLDEST_MAJOR = 14;
const CONNECT_TIMEOUT_MS = 10_000;

export type Database = Knex;
export type Transaction = Knex.Transaction;

/** SQLSTATEs and socket errors after which waiting may help; anything else about a login needs a person. */
const PASSING = new Set([
  '57P03', // starting up or shutting down
  '57P01', // terminated by an administrator
  '53300', // too many connections
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  '40001', // serialization failure
  '40P01', // deadlock
]);

/** A day has no zone. pg would make a Date of it at the local midnight, which is another day elsewhere; we keep the text. */
const overrides = new pg.TypeOverrides();
overrides.setTypeParser(pg.types.builtins.DATE, (day: string) => day);
/** How values of rows are read. */
export const types: NonNullable<Knex.PgConnectionConfig['types']> = { getTypeParser: (oid) => overrides.getTypeParser(oid) };

/**
 * Opens a pool and proves it with one question.
 *
 * What rows look like: `int8` (ids, counts) and `numeric` arrive as text, as pg does by default, because a double
 * cannot hold them; a statement that wants a number casts (`count(*)::int`). `date` is text, `timestamptz` a Date.
 *
 * Throws DATABASE_UNREACHABLE, DATABASE_UNSUITABLE (too old, login refused, no such database) or CONFIG_INVALID.
 */
export async function openDatabase(url: string, options: { poolSize?: number; applicationName?: string } = {}): Promise<Knex> {
  const where = addressOf(url);
  const db = knex({
    client: 'pg',
    // The values of a failed statement are customers' data; they do not belong into its message.
    compileSqlOnError: false,
    connection: {
      connectionString: url,
      application_name: options.applicationName ?? 'kontor',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      types,
    },
    // Whatever it would print it also throws, and stdout belongs to the command line.
    log: { warn: () => undefined, error: () => undefined },
    pool: { min: 0, max: options.poolSize ?? 10, afterCreate: speakUtc },
  });
  try {
    await refuseOldServer(db, where);
    return db;
  } catch (error) {
    await db.destroy();
    throw asOurs(error, where);
  }
}

/**
 * A connection that broke in the middle of the work (PostgreSQL restarted, ended a sleeper's transaction, or is gone), as
 * an error that calls for another try; `null` for everything else. knex hides the cause in its message.
 */
export function connectionLost(error: unknown): RetryLaterError | null {
  if (!(error instanceof Error) || error instanceof KontorError) return null;
  const code = 'code' in error ? String(error.code) : '';
  const isLost = PASSING.has(code) || code.startsWith('08') || code === '25P03' || BROKEN.test(error.message);
  if (!isLost) return null;
  return new RetryLaterError(
    'DATABASE_UNREACHABLE',
    `The connection to PostgreSQL broke: ${error.message}. The work goes on from its last commit.`,
    {
      cause: error,
    },
  );
}

const BROKEN = /connection (error|terminated|ended)|terminating connection|not queryable|Timeout acquiring a connection|ECONNRE|EPIPE/i;

function speakUtc(connection: pg.Client, done: (error: Error | null, connection: pg.Client) => void): void {
  // A statement, not a start-up option: poolers such as PgBouncer refuse start-up options they do not know. Up to PostgreSQL 17 a kind of
  // join that is switched off counts as beyond price, and the server would compile every such statement for longer than it takes.
  connection.query("set timezone to 'UTC'; set jit to off; select pg_backend_pid() as pid").then(
    (answers) => {
      const told = (answers as unknown as Array<{ rows: Array<{ pid: number }> }>).at(-1);
      planAnewBehindPoolers(connection, told?.rows[0]?.pid ?? Number.NaN);
      done(null, connection);
    },
    (error: Error) => done(error, connection),
  );
}

async function refuseOldServer(db: Knex, where: string): Promise<void> {
  const answer = await db.raw<{ rows: [{ number: number; version: string }] }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  );
  const [{ number, version }] = answer.rows;
  if (number >= OLDEST_MAJOR * 10_000) return;
  throw new NeedsOperatorError(
    'DATABASE_UNSUITABLE',
    `The database at ${where} is PostgreSQL ${version}; Kontor needs ${OLDEST_MAJOR} or later. Upgrade it, or set DATABASE_URL to another.`,
    { details: { version } },
  );
}

function asOurs(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof NeedsOperatorError) return error;
  const code = 'code' in error ? String(error.code) : '';
  // A name with several addresses fails with an AggregateError, whose message is empty.
  const reason = error.message || code;
  if (PASSING.has(code) || /timeout|terminated unexpectedly/i.test(reason)) {
    return new RetryLaterError(
      'DATABASE_UNREACHABLE',
      `PostgreSQL at ${where} did not answer: ${reason}. Start it, or correct DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
  return new NeedsOperatorError('DATABASE_UNSUITABLE', `PostgreSQL at ${where} refused us: ${reason}. Correct DATABASE_URL.`, {
    cause: error,
  });
}

/** `host:port/database`: all of an url that a message may hold. */
function addressOf(url: string): string {
  const parsed = parseUrl(url);
  // No cause: the parser's own error repeats the whole text, password included.
  if (!parsed) {
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      'DATABASE_URL is not a PostgreSQL url. Write postgres://user:password@host:5432/database, with special characters of the password as %XX.',
    );
  }
  return `${parsed.hostname || 'localhost'}:${parsed.port || 5432}${parsed.pathname}`;
}

function parseUrl(url: string): URL | null {
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) return null;
  return new URL(url);
}
