/**
 * Who uses the server. Every user keeps one connection that holds a shared advisory lock; whoever can turn it into an
 * exclusive one is the last and may stop the server. PostgreSQL drops the lock of a killed process by itself, so there
 * are no lock files, no process ids and nothing stale.
 */
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { SUPERUSER } from './cluster.ts';
import type { Place } from './place.ts';

export const DATABASE = 'kontor';

/** Held shared by users, exclusively by the one who is stopping the server. */
const IN_USE = 7_205_759_404;
/** Held for a moment, so that two who leave together do not take each other for the one who stays. */
const DOOR = 7_205_759_405;

/** `ref` and `unref` are there, only @types/pg does not know them. */
export type Connection = pg.Client & { ref(): void; unref(): void };

export async function connect(place: Place, port: number): Promise<Connection> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password: await readFile(place.passwordFile, 'utf8'),
    database: 'postgres',
    application_name: 'kontor embedded',
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener a server that goes away would take the process with it.
  client.on('error', () => undefined);
  await client.connect();
  return client as Connection;
}

/** Counts us in. `false`: the server is about to stop. */
export async function announce(client: pg.Client): Promise<boolean> {
  if (!(await ask(client, 'pg_try_advisory_lock_shared', IN_USE))) return false;
  await client.query('select pg_advisory_lock($1)', [DOOR]);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  await client.query('select pg_advisory_unlock($1)', [DOOR]);
  return true;
}

/** Counts us out. `true`: nobody else is in and nobody can enter until this connection ends, so stop the server. */
export async function withdraw(client: pg.Client): Promise<boolean> {
  await client.query('select pg_advisory_lock($1)', [DOOR]);
  if (await ask(client, 'pg_try_advisory_lock', IN_USE)) return true;
  await client.query('select pg_advisory_unlock_shared($1)', [IN_USE]);
  await client.query('select pg_advisory_unlock($1)', [DOOR]);
  return false;
}

async function ask(client: pg.Client, lock: string, key: number): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(`select ${lock}($1) as got`, [key]);
  return rows[0]?.got === true;
}
