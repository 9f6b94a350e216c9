/**
 * Brings the database to the shape this program knows; forward only.
 *
 * Not knex's own migrator: its lock is a row, which a killed process leaves behind for a person to remove. Here each
 * migration is one transaction that begins with an advisory lock, so that PostgreSQL itself lets go whatever happens,
 * and several processes may start at once: the ones that come late find the work done.
 */
import type { Knex } from 'knex';
import { NeedsOperatorError } from '../errors.ts';
import { type Migration, migrations } from './migrations/index.ts';

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied by a newer Kontor. */
  readonly unknown: readonly string[];
}

/** Any constant that no other program uses as an advisory lock. */
const LOCK = 7_205_759_403;

/** Applies what is missing. Returns the names applied by this call, none when another process was faster. Throws DATABASE_UNSUITABLE. */
export async function migrate(db: Knex, known: readonly Migration[] = migrations): Promise<{ applied: string[] }> {
  await db.transaction(async (trx) => {
    await lock(trx);
    await trx.raw('create table if not exists kontor_migrations (name text primary key, applied_at timestamptz not null default now())');
  });
  refuseNewerDatabase(await migrationStatus(db, known));

  const applied: string[] = [];
  for (const migration of known) {
    if (await applyOnce(db, migration)) applied.push(migration.name);
  }
  return { applied };
}

/** Changes nothing, not even on an empty database. */
export async function migrationStatus(db: Knex, known: readonly Migration[] = migrations): Promise<MigrationStatus> {
  const stored = (await db.schema.hasTable('kontor_migrations'))
    ? await db('kontor_migrations').pluck<string[]>('name').orderBy('name')
    : [];
  const names = known.map((migration) => migration.name);
  return {
    applied: names.filter((name) => stored.includes(name)),
    pending: names.filter((name) => !stored.includes(name)),
    unknown: stored.filter((name) => !names.includes(name)),
  };
}

async function applyOnce(db: Knex, migration: Migration): Promise<boolean> {
  return db.transaction(async (trx) => {
    await lock(trx);
    if (await trx('kontor_migrations').where('name', migration.name).first('name')) return false;
    await migration.up(trx);
    await trx('kontor_migrations').insert({ name: migration.name });
    return true;
  });
}

async function lock(trx: Knex.Transaction): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?)', [LOCK]);
}

function refuseNewerDatabase({ unknown }: MigrationStatus): void {
  if (unknown.length === 0) return;
  throw new NeedsOperatorError(
    'DATABASE_UNSUITABLE',
    `This database was migrated by a newer Kontor (${unknown.join(', ')}). Install that version, or set DATABASE_URL to another database.`,
    { details: { unknown: unknown.join(', ') } },
  );
}
