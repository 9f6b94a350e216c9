/** Databases through the engine, on its reader thread: what is stored, and what a delta reads. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { expect, it, onTestFinished } from 'vitest';
import { DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../src/config/settings.ts';
import { requestRun } from '../../src/store/runs.ts';
import { executeRun } from '../../src/sync/execute-run.ts';
import { contextFor } from '../flows/pull-setup.ts';
import { createTestDatabase } from '../support/database.ts';

const MAPPING = { externalId: 'id', name: 'name', currency: { value: 'EUR' }, creditLimit: 'credit' };
const READ = { table: 'customers', id: 'id', changedAt: { column: 'changed_at' } };

async function pulling(settings: Record<string, unknown>, baseFolder: string) {
  const { db } = await createTestDatabase();
  const entities = [{ entity: 'account' as const, read: READ, mapping: MAPPING as never }];
  const connection = {
    name: 'erp',
    connector: 'sql',
    settings,
    formats: DEFAULT_FORMATS,
    entities,
    schedule: null,
    guards: DEFAULT_GUARDS,
  };
  const context = contextFor(db, baseFolder, connection);
  return async () => {
    const { runId } = await requestRun(db, { connection: 'erp', entity: 'account', mode: 'delta', trigger: 'test' }, context.now());
    const run = await executeRun(context, runId);
    const { rows } = await db.raw(
      'select external_id, name, credit_limit::text from accounts a join links l on l.local_id = a.id order by a.id',
    );
    return { outcome: run?.outcome, counts: run?.counts, rows };
  };
}

it('stores what a SQLite file holds, from a path beside kontor.yaml, and in a delta what changed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kontor-sql-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const db = new sqlite.Database(path.join(folder, 'erp.db'));
  db.exec('create table customers (id integer primary key, name text, credit text, changed_at text)');
  for (let id = 1; id <= 30; id += 1) db.exec(`insert into customers values (${id}, 'Name ${id}', '${id}.50', '2026-03-02 08:00:00')`);
  const pull = await pulling({ system: 'sqlite', file: 'erp.db', pageSize: 7 }, folder);

  const first = await pull();
  expect(first).toMatchObject({ outcome: 'complete', counts: { created: 30 } });
  expect(first.rows[29]).toEqual({ external_id: '30', name: 'Name 30', credit_limit: '3050' });

  db.exec("insert into customers values (31, null, '1', '2026-03-02 12:00:00'), (32, 'New', null, '2026-03-02 12:00:00')");
  db.close();
  expect(await pull()).toMatchObject({ outcome: 'complete', counts: { created: 1, quarantined: 1 } });
});

it('stores what a PostgreSQL holds, digit by digit', async () => {
  const source = await createTestDatabase({ empty: true });
  await source.db.raw('create table customers (id bigint primary key, name text, credit numeric, changed_at timestamptz default now())');
  await source.db.raw("insert into customers values (9007199254740993, 'Müller', 12345678901234.56), (9007199254740994, 'Meier', null)");
  const url = new URL(source.url);
  const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const place = {
    system: 'postgresql',
    host: url.hostname,
    port: Number(url.port || 5432),
    database: url.pathname.slice(1),
    encrypt: 'no',
  };
  const pull = await pulling({ ...place, ...login, pageSize: 1 }, '.');
  expect(await pull()).toMatchObject({
    outcome: 'complete',
    rows: [
      { external_id: '9007199254740993', name: 'Müller', credit_limit: '1234567890123456' },
      { external_id: '9007199254740994', name: 'Meier', credit_limit: null },
    ],
  });
});
