/**
 * Stops whoever writes a certain row, inside its transaction, until it is let go: so that a process is killed where the
 * test says, and not wherever it happens to be by then.
 */
import type { Knex } from 'knex';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { waitFor } from '../support/wait.ts';

export interface Standstill {
  /** Someone stands there. */
  reached(): Promise<void>;
  /** Cuts every other connection to the database. */
  cutOthers(): Promise<void>;
  letGo(): Promise<void>;
}

/** Numbers that nothing else locks. */
let lastLock = 7_200;

export interface Place {
  readonly table: string;
  /** `at commit`: everything is written, and stays so unless PostgreSQL itself dies. */
  readonly on: 'before insert' | 'before update' | 'insert, at commit';
}

/** `when`: a condition over the row as it is about to become (`new`). */
export async function standstillWhen(
  db: Knex,
  when: string,
  { table, on }: Place = { table: 'runs', on: 'before update' },
): Promise<Standstill> {
  lastLock += 1;
  const lock = lastLock;
  // A connection of its own: the lock goes with it.
  const holder = await openDatabase(db.client.config.connection.connectionString, { poolSize: 1 });
  onTestFinished(() => holder.destroy());
  await holder.raw('select pg_advisory_lock(?)', [lock]);
  await db.raw(`
    create or replace function stand_still() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(tg_argv[0]::bigint); return new; end $$;
    create ${on === 'insert, at commit' ? 'constraint trigger' : 'trigger'} stand_still_${lock}
      ${on === 'insert, at commit' ? `after insert on ${table} deferrable initially deferred` : `${on} on ${table}`}
      for each row when (${when}) execute function stand_still(${lock});`);
  return {
    async reached() {
      const waiting = `select 1 from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted
        and database = (select oid from pg_database where datname = current_database())`;
      await waitFor(async () => (await holder.raw(waiting)).rows.length > 0);
    },
    async cutOthers() {
      await holder.raw(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    },
    async letGo() {
      await holder.raw('select pg_advisory_unlock(?)', [lock]);
    },
  };
}
