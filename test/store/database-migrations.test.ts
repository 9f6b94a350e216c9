import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { migrate, migrationStatus } from '../../src/store/migrate.ts';
import { type Migration, migrations } from '../../src/store/migrations/index.ts';
import { createTestDatabase } from '../support/database.ts';

const script = path.join(import.meta.dirname, '../support/migrator.js');

/** Connected and waiting: told to go, several begin in the same moment. */
async function startMigrator(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const one: Migration = { name: '0001-one', up: (trx) => trx.schema.createTable('one', (table) => table.integer('id')) };
const two: Migration = { name: '0002-two', up: (trx) => trx.schema.createTable('two', (table) => table.integer('id')) };

it('applies each migration once when four processes start together', async () => {
  const { url, db } = await createTestDatabase({ empty: true });
  const migrators = await Promise.all([1, 2, 3, 4].map(() => startMigrator(url)));
  for (const { stdin } of migrators) stdin.end('go\n');
  const outputs = await Promise.all(migrators.map(({ stdout }) => text(stdout)));
  const applied = outputs.flatMap((output): string[] => JSON.parse(output)).sort();
  expect(applied).toEqual(migrations.map(({ name }) => name));
  expect(await db('kontor_migrations').orderBy('name').pluck('name')).toEqual(applied);
});

it('is not held up by a process that was killed in the middle of a migration, and finds nothing of its work', async () => {
  const { url, db } = await createTestDatabase({ empty: true });
  const killed = await startMigrator(url, 'hang');
  killed.stdin.end('go\n');
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  expect(await migrate(db, [one])).toEqual({ applied: ['0001-one'] });
  expect(await db.schema.hasTable('half_done')).toBe(false);
});

it('applies what is new and leaves what is there', async () => {
  const { db } = await createTestDatabase({ empty: true });
  expect(await migrationStatus(db, [one, two])).toEqual({ applied: [], pending: ['0001-one', '0002-two'], unknown: [] });
  await migrate(db, [one]);
  expect(await migrate(db, [one, two])).toEqual({ applied: ['0002-two'] });
  expect(await migrate(db, [one, two])).toEqual({ applied: [] });
});

it('leaves the database as it was when a migration fails, and goes on from there', async () => {
  const { db } = await createTestDatabase({ empty: true });
  const broken: Migration = {
    name: '0002-two',
    up: async (trx) => {
      await two.up(trx);
      await trx.raw('select no_such_thing');
    },
  };
  await expect(migrate(db, [one, broken])).rejects.toThrow('no_such_thing');
  expect(await migrationStatus(db, [one, two])).toMatchObject({ applied: ['0001-one'], pending: ['0002-two'] });
  expect(await migrate(db, [one, two])).toEqual({ applied: ['0002-two'] });
});

it('refuses a database that a newer Kontor migrated, before changing anything', async () => {
  const { db } = await createTestDatabase({ empty: true });
  await migrate(db, [two]);
  await expect(migrate(db, [one])).rejects.toMatchObject({ code: 'DATABASE_UNSUITABLE', message: expect.stringContaining('0002-two') });
  expect(await db.schema.hasTable('one')).toBe(false);
});
