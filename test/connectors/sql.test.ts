/** The sql connector against a real PostgreSQL and real SQLite files. MariaDB: test/erp/sql. SQL Server: its statements (sql-parts.test.ts). */
import { copyFile, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterEach, describe, expect, it } from 'vitest';
import { sql } from '../../connectors/sql/index.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { createTestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { describeSql, readSql, type SqlPeer } from './sql-scenes.ts';

const READER = { user: 'kontor_sql_reader', password: 'reader-4711' };

async function postgres(): Promise<SqlPeer & { url: URL }> {
  const { db, url: given } = await createTestDatabase({ empty: true });
  const url = new URL(given);
  await db.raw(
    `do $$ begin create role ${READER.user} login password '${READER.password}'; exception when duplicate_object or unique_violation then null; end $$`,
  );
  await db.raw(`alter default privileges in schema public grant select on tables to ${READER.user}`);
  return {
    url,
    settings: {
      system: 'postgresql',
      host: url.hostname,
      port: Number(url.port || 5432),
      database: url.pathname.slice(1),
      ...READER,
      encrypt: 'no',
    },
    run: (statement) => db.raw(statement.replaceAll('?', '\\?')),
    async late(statement) {
      const transaction = await db.transaction();
      await transaction.raw(statement);
      return { commit: async () => void (await transaction.commit()) };
    },
    stop: () => Promise.resolve(),
  };
}

const PG = {
  types: { decimal: 'numeric(20, 4)', truth: 'boolean', stamp: 'timestamp', bytes: 'bytea' },
  bytes: "'\\x00'",
  truths: [true, false] as const,
};

describeSql(
  'PostgreSQL',
  {
    ...PG,
    shown: (stamp) => stamp.replace(' ', 'T'),
    slow: 'select 1 as id from pg_sleep(20)',
    leaky: 'select cast(name as integer) as id from customers',
  },
  postgres,
);

describe('PostgreSQL beyond that', () => {
  it('writes nothing, whatever a query does', async () => {
    const { settings, run } = await postgres();
    await run('create table marks (id integer)');
    await run(`grant insert on marks to ${READER.user}`);
    await run('create function mark() returns integer language sql as $$ insert into marks values (1) returning 1 $$');
    await expect(readSql(settings, { query: 'select mark() as id', id: 'id' })).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('would write'),
    });
    await expect(readSql(settings, { query: 'select 1) as x; insert into marks values (2); select (1', id: 'id' })).rejects.toMatchObject({
      code: 'ERP_REFUSED',
    });
    expect(await run('select * from marks')).toMatchObject({ rows: [] });
  });

  it('reads stamps with a zone, to the microsecond, and finds a declared zone at odds with them', async () => {
    const { settings, run } = await postgres();
    await run('create table events (id uuid primary key, at timestamptz, more jsonb)');
    await run(
      `insert into events values ('a0000001-0000-4000-8000-000000000001', '2026-03-02 09:00:00.123456+01', '{"a": [1, {"b": null}]}')`,
    );
    const options = { table: 'public.events', id: 'id', changedAt: { column: 'at' } };
    const { records, cursor } = await readSql(settings, options);
    expect(records).toEqual([
      {
        '@at': 'public.events(a0000001-0000-4000-8000-000000000001)',
        id: 'a0000001-0000-4000-8000-000000000001',
        at: '2026-03-02T08:00:00.123456Z',
        more: { a: [1, { b: null }] },
      },
    ]);
    expect((await readSql(settings, options, cursor)).records).toHaveLength(1);
    await expect(readSql(settings, { ...options, changedAt: { column: 'at', zone: 'Europe/Berlin' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('says which login, database or permission is wrong, and that a server is not there', async () => {
    const { settings, run } = await postgres();
    await run('create table secrets (id integer)');
    await run(`revoke all on secrets from ${READER.user}`);
    const from = { table: 'secrets', id: 'id' };
    await expect(readSql(settings, from)).rejects.toMatchObject({
      code: 'ERP_PERMISSION_MISSING',
      message: expect.stringContaining('secrets'),
    });
    await expect(readSql({ ...settings, database: 'nowhere' }, from)).rejects.toMatchObject({ code: 'ERP_NOT_FOUND' });
    await expect(readSql({ ...settings, port: await closedPort() }, from)).rejects.toMatchObject({
      code: 'ERP_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(readSql({ ...settings, encrypt: 'verify' }, from)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('encrypt'),
    });
  });
});

it('ends at once when it is told to, in the middle of a statement', async () => {
  const { settings, run } = await postgres();
  const stop = new AbortController();
  const config = sql.config.parse(settings);
  const session = openSession(sql, { connection: 'erp', config, baseFolder: '/', signal: stop.signal, now: () => new Date() }, null);
  const source = sql.sources.account;
  const options = source?.options.parse({ query: 'select 1 as id from pg_sleep(20)', id: 'id' });
  const reading = source?.read(session, options, null)[Symbol.asyncIterator]().next();
  const isAsleep =
    "select 1 from pg_stat_activity where query like 'select * from (select 1 as id from pg_sleep%' and state = 'active' and datname = current_database()";
  await waitFor(async () => ((await run(isAsleep)) as { rows: unknown[] }).rows.length > 0);
  stop.abort();
  await expect(reading).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  // It did not wait for the statement.
  expect(await run(isAsleep)).toMatchObject({ rows: [expect.anything()] });
});

const folders: string[] = [];
async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'kontor-sql-test-'));
  folders.push(made);
  return made;
}
afterEach(async () => {
  for (const one of folders.splice(0)) await rm(one, { recursive: true, force: true });
});

async function file(): Promise<SqlPeer & { db: sqlite.Database; path: string }> {
  const own = await mkdtemp(path.join(tmpdir(), 'kontor-sql-test-'));
  const db = new sqlite.Database(path.join(own, 'erp.db'));
  return {
    db,
    path: path.join(own, 'erp.db'),
    settings: { system: 'sqlite', file: path.join(own, 'erp.db') },
    run: async (statement) => db.exec(statement),
    async stop() {
      db.close();
      await rm(own, { recursive: true, force: true });
    },
  };
}

// Decimals are doubles in SQLite, unless they are kept as text.
const LITE = { types: { decimal: 'text', truth: 'integer', stamp: 'text', bytes: 'blob' }, bytes: "x'00'", truths: [1, 0] as const };
describeSql('SQLite', { ...LITE, isCopy: true, shown: (stamp) => stamp }, file);

describe('SQLite beyond that', () => {
  it('reads what stands in the log of a database that another program has open, and leaves that alone', async () => {
    const live = await file();
    live.db.exec('pragma locking_mode = exclusive');
    live.db.all('pragma journal_mode = wal');
    live.db.exec('create table t (id integer primary key, name text)');
    live.db.exec("insert into t values (1, 'in the log')");
    const own = await folder();
    for (const suffix of ['', '-wal']) await copyFile(`${live.path}${suffix}`, path.join(own, `erp.db${suffix}`));
    await live.stop();
    const { records } = await readSql({ system: 'sqlite', file: path.join(own, 'erp.db') }, { table: 't', id: 'id' });
    expect(records).toEqual([{ '@at': 't(1)', id: 1, name: 'in the log' }]);
    expect((await readdir(own)).sort()).toEqual(['erp.db', 'erp.db-wal']);
  });

  it('waits while a transaction is being written', async () => {
    const live = await file();
    live.db.exec('create table t (id integer primary key)');
    await writeFile(`${live.path}-journal`, 'a transaction under way');
    const reading = readSql(live.settings, { table: 't', id: 'id' });
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_NOT_READY', name: 'RetryLaterError' });
    await rm(`${live.path}-journal`);
    await expect(readSql(live.settings, { table: 't', id: 'id' })).resolves.toMatchObject({ records: [] });
    await live.stop();
  });

  it('leaves no copy behind, while it reads and after it failed', async () => {
    const live = await file();
    live.db.exec('create table t (id integer primary key)');
    for (let id = 0; id < 9; id += 1) live.db.exec(`insert into t values (${id})`);
    const copies = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('kontor-sqlite-'));
    const before = await copies();
    await readSql(live.settings, { table: 't', id: 'id' }, null, async () => expect(await copies()).toEqual(before));
    await expect(readSql(live.settings, { table: 'u', id: 'id' })).rejects.toMatchObject({ code: 'ERP_NOT_FOUND' });
    expect(await copies()).toEqual(before);
    await live.stop();
  });

  it('refuses what is no database, is not there, is too large or lies elsewhere', async () => {
    const own = await folder();
    const at = (name: string, more: object = {}) =>
      readSql({ system: 'sqlite', file: path.join(own, name), ...more }, { table: 't', id: 'id' });
    await writeFile(path.join(own, 'text.db'), 'This is a text, and long enough to be looked at as if it were a database. '.repeat(40_000));
    await symlink('/etc/hostname', path.join(own, 'link.db'));
    await expect(at('text.db')).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await expect(at('none.db')).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('there is no file') });
    await expect(at('text.db', { maxFileMb: 1 })).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
    await expect(at('link.db')).rejects.toMatchObject({ code: 'SOURCE_OUTSIDE_FOLDER' });
  });

  it('tells rows apart whose ids differ beyond what a double holds, and stamps in every spelling', async () => {
    const live = await file();
    live.db.exec('create table t (id integer primary key, at)');
    const stamps = ['2026-03-02T08:00:00Z', '2026-03-02 09:00:00+01:00', '2026-03-02 08:00:00.000', '2026-03-02 07:00:00'];
    for (const [turn, stamp] of stamps.entries()) live.db.exec(`insert into t values (${9007199254740993n + BigInt(turn)}, '${stamp}')`);
    const options = { table: 't', id: 'id', changedAt: { column: 'at', commitLagSeconds: 0 } };
    const { records, cursor, pages } = await readSql({ ...live.settings, pageSize: 1 }, options);
    expect(records.map(({ id }) => id)).toEqual(['9007199254740993', '9007199254740994', '9007199254740995', '9007199254740996']);
    expect(pages).toHaveLength(5);
    expect((await readSql(live.settings, options, cursor)).records).toHaveLength(3);
    await live.stop();
  });
});

async function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
