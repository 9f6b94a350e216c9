import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts';
import { newFolder, serverOf, startEmbeddedUser } from '../support/embedded-users.ts';
import { waitFor } from '../support/wait.ts';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

async function tell(url: string, statement: string): Promise<unknown[]> {
  const db = await openDatabase(url, { poolSize: 1 });
  try {
    return (await db.raw<{ rows: unknown[] }>(statement)).rows;
  } finally {
    await db.destroy();
  }
}

it('keeps its data over a restart and runs only while it is used', async () => {
  const first = await openEmbedded(folder);
  await tell(first.url, 'create table notes as select 1 as id');
  await first.close();
  expect(serverOf(folder)).toBeNull();

  const second = await openEmbedded(folder);
  expect(await tell(second.url, 'select id from notes')).toEqual([{ id: 1 }]);
  await second.close();
  expect(serverOf(folder)).toBeNull();
});

it('shows its password to nobody else and listens on this machine only', async () => {
  const { url, close } = await openEmbedded(folder);
  const rows = await tell(url, "select current_setting('listen_addresses') as listens, current_setting('fsync') as fsync");
  await close();
  expect(rows).toEqual([{ listens: '127.0.0.1', fsync: 'on' }]);
  expect(await readFile(path.join(folder, 'postgres.log'), 'utf8')).not.toContain(new URL(url).password);
});

it('is shared by two processes and stopped by the last one out', async () => {
  const first = await startEmbeddedUser(folder);
  const second = await startEmbeddedUser(folder);
  expect(second.url).toBe(first.url);

  await first.close();
  expect(await tell(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await second.close();
  expect(serverOf(folder)).toBeNull();
});

it('is stopped when all its users leave at the same moment', async () => {
  const users = await Promise.all([1, 2, 3, 4, 5, 6].map(() => openEmbedded(folder)));
  await Promise.all(users.map((user) => user.close()));
  expect(serverOf(folder)).toBeNull();
});

it('becomes one server when four processes start at once on a new folder', async () => {
  const users = await Promise.all([1, 2, 3, 4].map(() => startEmbeddedUser(folder)));
  expect(new Set(users.map(({ url }) => url)).size).toBe(1);
  await Promise.all(users.map((user) => user.close()));
  expect(serverOf(folder)).toBeNull();
});

it('does not count a killed process as a user', async () => {
  const killed = await startEmbeddedUser(folder);
  const other = await startEmbeddedUser(folder);
  await killed.kill();
  expect(await tell(other.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await other.close();
  expect(serverOf(folder)).toBeNull();
});

it('finds a server whose users were all killed, uses it and stops it', async () => {
  const killed = await startEmbeddedUser(folder);
  await tell(killed.url, 'create table notes as select 1 as id');
  const orphan = serverOf(folder);
  await killed.kill();
  expect(serverOf(folder)).toBe(orphan);

  const next = await startEmbeddedUser(folder);
  expect(serverOf(folder)).toBe(orphan);
  expect(await tell(next.url, 'select id from notes')).toEqual([{ id: 1 }]);
  await next.close();
  expect(serverOf(folder)).toBeNull();
});

it('is stopped after a process that exits without closing', async () => {
  const careless = await startEmbeddedUser(folder);
  await careless.exitWithoutClosing();
  expect(await waitFor(() => serverOf(folder) === null)).toBe(true);
});

it('comes back at the same address with all that was committed when the server itself is killed', async () => {
  const { url, close } = await openEmbedded(folder);
  await tell(url, 'create table notes as select generate_series(1, 1000) as id');
  process.kill(serverOf(folder) ?? Number.NaN, 'SIGKILL');
  expect(await waitFor(() => tell(url, 'select count(*)::int as notes from notes'))).toEqual([{ notes: 1000 }]);
  await close();
  expect(serverOf(folder)).toBeNull();
});

it('comes back at the same address when it is killed again and again while it starts', async () => {
  const { url, close } = await openEmbedded(folder);
  for (let turn = 0, last = serverOf(folder); turn < 4; turn++) {
    process.kill(last ?? Number.NaN, 'SIGKILL');
    const killed = last;
    expect(await waitFor(() => ![null, killed].includes(serverOf(folder)))).toBe(true);
    last = serverOf(folder);
  }
  expect(await waitFor(() => tell(url, 'select 1 as one'))).toEqual([{ one: 1 }]);
  await close();
});

it('is started where it was before, for others may still look for it there', async () => {
  const first = await openEmbedded(folder);
  await first.close();
  const second = await openEmbedded(folder);
  await second.close();
  expect(second.url).toBe(first.url);
});

it('takes over after a boot in which another program got the old process id', async () => {
  const first = await openEmbedded(folder);
  await first.close();
  const file = path.join(folder, 'postgres/data/postmaster.pid');
  await writeFile(file, `${process.pid}\n${folder}\n1\n5432\n\n127.0.0.1\n`);
  const second = await openEmbedded(folder);
  expect(await tell(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await second.close();
});

it('tells the cure when another major version made the data folder', async () => {
  await (await openEmbedded(folder)).close();
  await writeFile(path.join(folder, 'postgres/data/PG_VERSION'), '13\n');
  await expect(openEmbedded(folder)).rejects.toMatchObject({
    code: 'EMBEDDED_DATABASE_FAILED',
    message: expect.stringMatching(/made by PostgreSQL 13, and this Kontor brings \d+.*pg_dump, or delete/s),
  });
});

it('shows the last lines of the log when the server does not start', async () => {
  await (await openEmbedded(folder)).close();
  await rm(path.join(folder, 'postgres/data/global/pg_control'));
  await expect(openEmbedded(folder)).rejects.toMatchObject({
    code: 'EMBEDDED_DATABASE_FAILED',
    message: expect.stringMatching(/could not find the database system.*log is .*postgres\.log/s),
  });
});
