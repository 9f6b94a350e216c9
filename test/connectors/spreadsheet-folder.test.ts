import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { spreadsheet } from '../../connectors/spreadsheet/index.ts';
import { readOptions, spreadsheetSettings } from '../../connectors/spreadsheet/settings.ts';
import type { Cursor } from '../../src/connector/contract.ts';
import { type Folder, makeFolder, type Reading } from './fixtures/folder.ts';

const GOOD = 'No,Name\nC1,Foo\n';
const names = (reading: Reading) => reading.rows.map((row) => row.header.file);

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder();
});

async function elsewhere(name: string, content: string): Promise<string> {
  const other = await realpath(await mkdtemp(path.join(tmpdir(), 'kontor-elsewhere-')));
  onTestFinished(() => rm(other, { recursive: true, force: true }));
  await writeFile(path.join(other, name), content);
  return path.join(other, name);
}

describe('which files are read', () => {
  it('reads the files that match, in natural order, without locks and hidden files', async () => {
    for (const name of ['part10.csv', 'part2.CSV', 'notes.txt', '~$part2.csv', '.part3.csv']) await folder.put(name, GOOD);
    await mkdir(path.join(folder.base, 'sub'));
    await folder.put('sub/part1.csv', GOOD);
    expect(names(await folder.read({ files: '*.csv' }))).toEqual(['part2.CSV', 'part10.csv']);
    expect(names(await folder.read({ files: ['sub/*.csv', 'notes.*'] }))).toEqual(['notes.txt', 'sub/part1.csv']);
    expect(names(await folder.read({ files: '**/*.csv' }))).toEqual(['part2.CSV', 'part10.csv', 'sub/part1.csv']);
  });

  it.each(['../*.csv', 'sub/../../*.csv', '{..,sub}/*.csv', '/etc/*', 'C:\\*.csv', '..\\*.csv'])(
    'refuses the pattern %s',
    async (files) => {
      await expect(folder.read({ files })).rejects.toMatchObject({ code: 'SOURCE_OUTSIDE_FOLDER' });
    },
  );

  it('refuses symbolic links out of the folder, follows those inside, and names dangling ones', async () => {
    await folder.put('a.csv', GOOD);
    const secret = await elsewhere('secret.csv', 'No,Name\nC9,secret\n');
    await symlink(secret, path.join(folder.base, 'b.csv'));
    await symlink(path.dirname(secret), path.join(folder.base, 'c'));
    await symlink(path.join(folder.base, 'a.csv'), path.join(folder.base, 'd.csv'));
    await symlink(path.join(folder.base, 'nothing'), path.join(folder.base, 'e.csv'));
    const reading = await folder.read({ files: '**/*.csv' });
    expect(names(reading)).toEqual(['a.csv', 'd.csv']);
    expect(reading.faults.map(({ code, origin }) => [origin.file, code]).sort()).toEqual([
      ['b.csv', 'SOURCE_OUTSIDE_FOLDER'],
      ['c', 'SOURCE_OUTSIDE_FOLDER'],
      ['e.csv', 'SOURCE_UNREADABLE'],
    ]);
  });

  it('says which folder does not exist and what to do', async () => {
    await expect(folder.read({}, null, { folder: 'nowhere' })).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringMatching(/nowhere does not exist; create it/),
    });
  });

  it('leaves a file alone until it has stopped growing, however old it claims to be', async () => {
    const file = await folder.put('a.csv', GOOD);
    await utimes(file, new Date(0), new Date(0));
    const options = readOptions.parse({ files: '*' });
    const read = async (now: Date) => {
      const pages = [];
      for await (const page of spreadsheet.sources.account?.read(folder.session({ stableMs: 5_000 }, now), options, null) ?? [])
        pages.push(page);
      return pages;
    };
    const { ctimeMs } = await stat(file);
    const [early] = await read(new Date(ctimeMs + 4_000));
    expect(early).toMatchObject({ records: [], faults: [{ code: 'SOURCE_NOT_READY', origin: { file: 'a.csv' } }] });
    const [late] = await read(new Date(ctimeMs + 6_000));
    expect(late).toMatchObject({ records: [{ cells: ['C1', 'Foo'] }], faults: [] });
  });

  it('does not take a file for done that grew while it was read', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `C${i},Foo`).join('\n');
    const file = await folder.put('a.csv', `No,Name\n${lines}\n`);
    let cursor: Cursor = null;
    let faults: unknown[] = [];
    let grown = false;
    for await (const page of folder.pages()) {
      if (!grown) await writeFile(file, 'C99999,Late\n', { flag: 'a' });
      grown = true;
      cursor = page.cursor;
      faults = [...faults, ...(page.faults ?? [])];
    }
    expect(faults).toMatchObject([{ code: 'SOURCE_NOT_READY' }]);
    expect((await folder.read({}, cursor)).rows.at(-1)?.cells).toEqual(['C99999', 'Late']);
  });
});

describe('what a second reading yields', () => {
  it('yields files that are new or changed, and no others', async () => {
    await folder.put('a.csv', GOOD);
    await folder.put('b.csv', GOOD);
    const first = await folder.read();
    expect(names(await folder.read({}, first.cursor))).toEqual([]);
    await folder.put('b.csv', 'No,Name\nC1,Changed\n');
    await folder.put('c.csv', GOOD);
    const second = await folder.read({}, first.cursor);
    expect(names(second)).toEqual(['b.csv', 'c.csv']);
    expect(names(await folder.read({}, second.cursor))).toEqual([]);
  });

  it('yields nothing of a file that was only touched', async () => {
    const file = await folder.put('a.csv', GOOD);
    const first = await folder.read();
    await utimes(file, new Date(1), new Date(1));
    const second = await folder.read({}, first.cursor);
    expect(second.rows).toEqual([]);
    expect(second.cursor).not.toEqual(first.cursor);
  });

  it('yields all files again when they are to be read in another way', async () => {
    await folder.put('a.csv', 'x;y\nNo;Name\nC1;Foo\n');
    const first = await folder.read();
    expect(names(await folder.read({ header: 2 }, first.cursor))).toEqual(['a.csv']);
  });

  it('does not go on in a file that was replaced since the page the cursor stands on, or is gone', async () => {
    const lines = (name: string) => `No,Name\n${Array.from({ length: 5_000 }, (_, i) => `C${i},${name}`).join('\n')}\n`;
    await folder.put('a.csv', lines('Foo'));
    const { pages } = await folder.read();
    await folder.put('a.csv', lines('Bar'));
    const goOn = () => folder.read({}, pages[0]?.cursor ?? null);
    await expect(goOn()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    await rm(path.join(folder.path, 'a.csv'));
    await expect(goOn()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('tells the content of a record apart by its values and columns, not by its place', async () => {
    await folder.put('a.csv', 'No,Name\nC1,Foo\nC1,Foo\nC1,Bar\n');
    await folder.put('b.csv', 'No,Name\nC1,Foo\n');
    await folder.put('c.csv', 'No,Title\nC1,Foo\n');
    const { rows } = await folder.read();
    const [one, same, other, elsewhereSame, renamed] = rows.map((row) => spreadsheet.sources.account?.content(row));
    expect(same).toBe(one);
    expect(elsewhereSame).toBe(one);
    expect(new Set([one, other, renamed]).size).toBe(3);
  });
});

describe('archive', () => {
  const options = (files: string) => readOptions.parse({ files });

  it('moves a file once every entity that reads it is done with it, and overwrites nothing', async () => {
    await mkdir(path.join(folder.base, 'done'));
    await folder.put('done/a.csv', 'older');
    for (const name of ['a.csv', 'b.csv', 'bad.csv', 'other.txt']) await folder.put(name, name === 'bad.csv' ? '' : GOOD);
    const settings = { archive: 'done' };
    const all = await folder.read({ files: '*.csv' }, null, settings);
    const some = await folder.read({ files: 'a.csv' }, null, settings);
    const none = { entity: 'contact', options: options('b.csv'), cursor: null } as const;
    const reads = [
      { entity: 'account', options: options('*.csv'), cursor: all.cursor },
      { entity: 'address', options: options('a.csv'), cursor: some.cursor },
      none,
    ] as const;
    await spreadsheet.settle?.(folder.session(settings), reads);
    await spreadsheet.settle?.(folder.session(settings), reads);
    expect((await readdir(folder.base)).sort()).toEqual(['b.csv', 'bad.csv', 'done', 'other.txt']);
    expect((await readdir(path.join(folder.base, 'done'))).sort()).toEqual(['a (2).csv', 'a.csv']);
    expect(await readFile(path.join(folder.base, 'done/a.csv'), 'utf8')).toBe('older');
    expect(names(await folder.read({ files: '**' }, null, settings))).not.toContain('done/a.csv');
  });

  it('leaves a file that changed after it was read', async () => {
    await folder.put('a.csv', GOOD);
    const { cursor } = await folder.read({}, null, { archive: 'done' });
    await folder.put('a.csv', 'No,Name\nC1,New\n');
    await spreadsheet.settle?.(folder.session({ archive: 'done' }), [{ entity: 'account', options: options('*'), cursor }]);
    expect(await readdir(folder.base)).toContain('a.csv');
  });

  it('refuses an archive around the folder', async () => {
    await expect(folder.read({}, null, { archive: '..' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('settings and check', () => {
  it('names a setting that does not exist', () => {
    const wrong = spreadsheetSettings.safeParse({ folder: '.', archiv: 'done' });
    expect(wrong.error?.message).toContain('archiv');
    expect(readOptions.safeParse({ files: '*', delimter: ';' }).error?.message).toContain('delimter');
    expect(readOptions.safeParse({}).success).toBe(false);
  });

  it('counts table files, and warns if there are none', async () => {
    expect(connectors).toContain(spreadsheet);
    expect((await spreadsheet.check(folder.session())).warnings).toMatchObject([expect.stringContaining('no table file')]);
    await folder.put('a.csv', GOOD);
    expect(await spreadsheet.check(folder.session())).toMatchObject({ summary: expect.stringContaining('1 table file,'), warnings: [] });
  });
});
