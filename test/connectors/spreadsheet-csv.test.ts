import { readFile, stat, truncate } from 'node:fs/promises';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { spreadsheet } from '../../connectors/spreadsheet/index.ts';
import { makeFolder } from './fixtures/folder.ts';

const source = spreadsheet.sources.account;

function table(rows: number, from = 0): string {
  const lines = Array.from({ length: rows }, (_, i) => `C${from + i},"Firm ${from + i}, Ltd",Town`);
  return `No,Name,City\n${lines.join('\n')}\n`;
}

async function readText(content: string | Uint8Array, read: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
  const folder = await makeFolder();
  await folder.put('customers.csv', content);
  return folder.read(read, null, settings);
}

const cells = (reading: { rows: { cells: readonly string[] }[] }) => reading.rows.map((row) => row.cells);

describe('csv: how a table is written', () => {
  it.each([
    ['semicolons', 'No;Name;Limit\n1;Foo;1,5\n2;Bar;2,5\n'],
    ['tabs', 'No\tName\tLimit\n1\tFoo\t1,5\n2\tBar\t2,5\n'],
    ['bars', 'No|Name|Limit\n1|Foo|1,5\n2|Bar|2,5\n'],
    ['commas', 'No,Name,Limit\n1,Foo,"1,5"\n2,Bar,"2,5"\n'],
  ])('finds that cells are parted by %s', async (_, text) => {
    const reading = await readText(text);
    expect(cells(reading)).toEqual([
      ['1', 'Foo', '1,5'],
      ['2', 'Bar', '2,5'],
    ]);
  });

  it.each([
    ['utf-8', Buffer.from('No,Name\n1,Müller €\n')],
    ['utf-8 with mark', Buffer.from('\uFEFFNo,Name\n1,Müller €\n')],
    ['utf-16le with mark', Buffer.from('\uFEFFNo,Name\n1,Müller €\n', 'utf16le')],
    ['utf-16le without mark', Buffer.from('No,Name\n1,Müller €\n', 'utf16le')],
    ['utf-16be with mark', Buffer.from('\uFEFFNo,Name\n1,Müller €\n', 'utf16le').swap16()],
    ['utf-16be without mark', Buffer.from('No,Name\n1,Müller €\n', 'utf16le').swap16()],
    ['windows-1252', iconv.encode('No,Name\n1,Müller €\n', 'windows-1252')],
  ])('detects %s', async (_, bytes) => {
    const reading = await readText(bytes);
    expect(reading.faults).toEqual([]);
    expect(reading.rows[0]?.header.names).toEqual(['No', 'Name']);
    expect(cells(reading)).toEqual([['1', 'Müller €']]);
  });

  it('detects windows-1252 when the first letter that tells stands megabytes away from the beginning', async () => {
    const reading = await readText(iconv.encode(`${table(60_000)}X,Müller,Köln\n`, 'windows-1252'));
    expect(reading.faults).toEqual([]);
    expect(reading.rows.at(-1)?.cells).toEqual(['X', 'Müller', 'Köln']);
  });

  it('reads characters that fall on the border of two chunks', async () => {
    for (const lead of ['', 'x', 'xx', 'xxx']) {
      const name = `${lead}${'ü€😀'.repeat(60_000)}`;
      const reading = await readText(`No,Name\n1,${name}\n`);
      expect(reading.rows[0]?.cells[1] === name).toBe(true);
    }
  });

  it('reads surrogate pairs of utf-16 that fall on the border of two chunks', async () => {
    for (const lead of ['', 'x']) {
      const name = `${lead}${'😀'.repeat(150_000)}`;
      const reading = await readText(Buffer.from(`\uFEFFNo,Name\n1,${name}\n`, 'utf16le').swap16());
      expect(reading.faults).toEqual([]);
      expect(reading.rows[0]?.cells[1] === name).toBe(true);
    }
  });

  it('keeps leading zeros, long numbers and blanks inside cells as they stand', async () => {
    const reading = await readText('No,Id,Name\n007,12345678901234567890,  a  \n');
    expect(cells(reading)).toEqual([['007', '12345678901234567890', '  a  ']]);
  });

  it('reads line breaks in quotes and mixed line ends, and counts rows as a spreadsheet shows them', async () => {
    const reading = await readText('No,Name\r\n1,"a\nb"\n\n2,"c ""d"""\r\n3,e');
    expect(reading.rows.map(({ row, cells: [, name] }) => [row, name])).toEqual([
      [2, 'a\nb'],
      [4, 'c "d"'],
      [5, 'e'],
    ]);
  });

  it('reads the line ends of old Macs', async () => {
    expect(cells(await readText('No,Name\r1,a\r2,b\r'))).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ]);
  });

  it('skips comment lines, and counts them as rows', async () => {
    const reading = await readText('# made by "X\nNo,Name\n1,a\n# half\n2,b\n', { comment: '#' });
    expect(reading.rows.map((row) => row.row)).toEqual([3, 5]);
  });
});

describe('csv: header', () => {
  it('finds the header below a title, and counts from the top', async () => {
    const reading = await readText('Customer list;;;\nExported 2026-01-31;;;\n;;;\nNo;Name;City;Country\n1;Foo;Bonn;DE\n');
    expect(reading.rows[0]).toMatchObject({
      row: 5,
      cells: ['1', 'Foo', 'Bonn', 'DE'],
      header: { names: ['No', 'Name', 'City', 'Country'] },
    });
  });

  it('takes the declared row, or the declared names of a file without one', async () => {
    const declared = await readText('x,y\nNo,Name\n1,a\n', { header: 2 });
    expect(declared.rows.map((row) => [...row.header.names, ...row.cells, row.row])).toEqual([['No', 'Name', '1', 'a', 3]]);
    const named = await readText('1,a\n2,b\n', { header: ['No', 'Name'] });
    expect(named.records.map((record) => record.get('Name'))).toEqual(['a', 'b']);
  });

  it('gives blank and repeated columns names of their own', async () => {
    const reading = await readText('No, Name ,Name,,Name,"Credit\nLimit"\n1,a,b,c,d,e\n');
    expect(reading.rows[0]?.header.names).toEqual(['No', 'Name', 'Name (2)', 'Column D', 'Name (3)', 'Credit Limit']);
  });

  it('treats columns named like parts of every object as mere names', async () => {
    const reading = await readText('No,__proto__,constructor\n1,polluted,evil\n');
    expect(reading.records[0]?.get('__proto__')).toBe('polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const row = reading.rows[0];
    if (!row || !source) throw new Error('no row');
    const stored = JSON.parse(JSON.stringify(source.payload(row)));
    expect(source.revive(stored, source.origin(row))).toMatchObject({
      row: row.row,
      cells: row.cells,
      header: { names: row.header.names },
    });
  });

  it('knows no column that the file does not have', async () => {
    const { rows } = await readText('No,Name\n1,a\n');
    const access = source?.access(rows[0]);
    expect(['No', ' Name ', 'name', 'toString', 'length', '__proto__'].map((name) => access?.at(name) !== undefined)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('csv: bad rows are set aside, the others are read', () => {
  it('sets rows aside that have too many or too few cells, with their place and cells', async () => {
    const reading = await readText('No,Name,City\n1,a,x\n2,b\n3,c,y,z\n4,d,w,,\n5,e,v\n');
    expect(cells(reading).map(([no]) => no)).toEqual(['1', '4', '5']);
    expect(reading.unreadable).toMatchObject([
      { origin: { file: 'customers.csv', row: 3 }, payload: { cells: ['2', 'b'] } },
      { origin: { file: 'customers.csv', row: 4 }, payload: { cells: ['3', 'c', 'y', 'z'] } },
    ]);
    expect(reading.unreadable[0]?.problems[0]?.reason).toContain('only 2 cells where the header has 3');
  });

  it('cuts and fills ragged rows when told to', async () => {
    const reading = await readText('No,Name\n1\n2,b,c\n', { ragged: 'tolerate' });
    expect(cells(reading)).toEqual([
      ['1', ''],
      ['2', 'b'],
    ]);
  });

  it('sets neighbouring rows with stray quotes aside one by one, and counts on', async () => {
    const reading = await readText('No,Name,City\n1,"a"b,x\n2,"c "d" e",y\n3,5" pipe,z\n4,good,w\n');
    expect(reading.unreadable.map(({ origin, payload }) => [origin.row, (payload as { cells: string[] }).cells[0]])).toEqual([
      [2, '1'],
      [3, '2'],
      [4, '3'],
    ]);
    expect(reading.rows).toMatchObject([{ row: 5, cells: ['4', 'good', 'w'] }]);
  });

  it('keeps stray quotes as characters when told to', async () => {
    expect(cells(await readText('No,Name\n1,5" pipe\n', { strayQuotes: 'keep' }))).toEqual([['1', '5" pipe']]);
  });

  it('does not let a row that was set aside come back as a good one', async () => {
    const { unreadable } = await readText('No,Name\n1,a\n2,b,c\n');
    const [bad] = unreadable;
    expect(() => source?.revive(bad?.payload ?? null, bad?.origin ?? {})).toThrow(/3 cells where the header has 2/);
  });
});

describe('csv: bad files are faults, the others are read', () => {
  it.each([
    ['empty.csv', '', 'SOURCE_LAYOUT', /empty\.csv is empty/],
    ['only-a-mark.csv', '\uFEFF', 'SOURCE_LAYOUT', /is empty/],
    ['blank-lines.csv', '\n\n,,\n', 'SOURCE_LAYOUT', /is empty/],
    ['header-only.csv', 'No,Name\n', 'SOURCE_LAYOUT', /header and no rows/],
    ['numbers-only.csv', '1,2\n3,4\n', 'SOURCE_LAYOUT', /looks like a header/],
    ['zero-bytes.csv', 'No,Name\n1,a\u0000b\n', 'SOURCE_UNREADABLE', /not a text file/],
    [
      'garbage.csv',
      Buffer.from(Array.from({ length: 5_000 }, (_, i) => ((i * 7919) ^ (i >> 3)) % 255 || 1)),
      'SOURCE_UNREADABLE',
      /not a text file/,
    ],
    ['open-quote.csv', 'No,Name\n1,a\n2,"b\n3,c\n', 'SOURCE_UNREADABLE', /quote opened in row 3 is never closed/],
  ])('%s', async (name, content, code, message) => {
    const folder = await makeFolder();
    await folder.put(name, content);
    await folder.put('z-good.csv', 'No,Name\n9,fine\n');
    const reading = await folder.read();
    expect(reading.faults).toMatchObject([{ code, origin: { file: name }, message: expect.stringMatching(message) }]);
    expect(cells(reading)).toContainEqual(['9', 'fine']);
    expect(JSON.stringify(reading.cursor)).not.toContain(name);
  });

  it('takes a table without rows for granted when told to', async () => {
    const reading = await readText('No,Name\n', { allowEmpty: true });
    expect(reading.faults).toEqual([]);
    expect(JSON.stringify(reading.cursor)).toContain('customers.csv');
  });

  it('names the row and byte where a wrongly declared encoding stops making sense, and keeps the rows before', async () => {
    const text = iconv.encode('No,Name\n1,a\n2,Müller\n', 'windows-1252');
    const reading = await readText(text, { encoding: 'utf-8' });
    expect(cells(reading)).toEqual([]);
    expect(reading.faults[0]).toMatchObject({ code: 'SOURCE_UNREADABLE', origin: { row: 3 } });
    expect(reading.faults[0]?.message).toContain(`customers.csv, row 3, byte ${text.indexOf(0xfc)}`);
    expect(reading.faults[0]?.message).toContain('read as utf-8 (declared)');
  });

  it('yields everything before a byte that makes no sense far into the file', async () => {
    const bytes = Buffer.concat([Buffer.from(`${table(30_000)}ü,ü,ü\n`), Buffer.from([0xfc]), Buffer.from(',x,y\n')]);
    const reading = await readText(bytes);
    expect(reading.rows).toHaveLength(30_001);
    expect(reading.faults[0]).toMatchObject({ code: 'SOURCE_UNREADABLE', origin: { row: 30_003 } });
  });

  it('refuses a byte that windows-1252 gives no meaning', async () => {
    const reading = await readText(Buffer.concat([Buffer.from('No,Name\n1,'), Buffer.from([0xfc, 0x81]), Buffer.from('\n')]));
    expect(reading.faults[0]).toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('windows-1252 (detected)') });
  });

  it('gives up on one line of 64 MB in bounded memory', async () => {
    const folder = await makeFolder();
    const file = await folder.put('one-line.csv', 'No,Name\n1,');
    const { size } = await stat(file);
    await truncate(file, 64 * 1024 * 1024);
    // A hole reads as zero bytes, which are refused at once; letters have to be counted.
    await folder.put(
      'letters.csv',
      Buffer.concat([await readFile(file).then((bytes) => bytes.subarray(0, size)), Buffer.alloc(64 * 1024 * 1024, 'x')]),
    );
    const before = process.memoryUsage.rss();
    const reading = await folder.read({}, null, { limits: { maxLineBytes: 100_000 } });
    expect(reading.faults).toMatchObject([
      { code: 'SOURCE_TOO_LARGE', origin: { file: 'letters.csv', row: 2 }, message: expect.stringContaining('maxLineBytes') },
      { code: 'SOURCE_UNREADABLE', origin: { file: 'one-line.csv' } },
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('stops at the limits on bytes and rows, naming them', async () => {
    const large = await readText(table(50), {}, { limits: { maxFileBytes: 100 } });
    expect(large.faults).toMatchObject([{ code: 'SOURCE_TOO_LARGE', message: expect.stringContaining('limits.maxFileBytes') }]);
    const long = await readText(table(50), {}, { limits: { maxRows: 49 } });
    expect(long.faults).toMatchObject([{ code: 'SOURCE_TOO_LARGE', message: expect.stringContaining('limits.maxRows') }]);
  });
});

describe('csv: pages', () => {
  it('hands records over in pages of 50 and more, with their progress', async () => {
    const { pages } = await readText(table(30_000));
    const sizes = pages.map((page) => page.records.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(30_000);
    expect(Math.max(...sizes)).toBeLessThan(4_000);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(50);
    expect(pages.at(-1)?.progress).toEqual({ done: table(30_000).length, total: table(30_000).length });
  });

  it('puts small files together into pages', async () => {
    const folder = await makeFolder();
    for (let i = 0; i < 30; i++) await folder.put(`part${i}.csv`, table(10, i * 10));
    const reading = await folder.read();
    expect(reading.pages.map(({ records }) => records.length)).toEqual([50, 50, 50, 50, 50, 50, 0]);
    expect(reading.records.map((record) => record.get('No'))).toEqual(Array.from({ length: 300 }, (_, i) => `C${i}`));
  });

  it('makes pages larger the more files their cursors have to name', async () => {
    const folder = await makeFolder();
    for (let i = 0; i < 90; i++) await folder.put(`part${String(i).padStart(2, '0')}.csv`, table(10, i * 10));
    const sizes = (await folder.read()).pages.map(({ records }) => records.length);
    expect(sizes.slice(0, -1).every((size, at) => at === 0 || size >= (sizes[at - 1] ?? 0))).toBe(true);
    expect(Math.max(...sizes)).toBeGreaterThan(50);
  });

  it('yields exactly the rest after any page, whatever the rows look like', async () => {
    const row = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.tuple(fc.nat(), fc.string({ maxLength: 5 })).map(([no, name]) => `${no},"${name.replaceAll('"', '""')}"`),
      },
      fc.constantFrom('', ',', '1', '1,2,3', '1,"a"b', '1,"a\nb"'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(50), async (rows, more) => {
        const folder = await makeFolder();
        const lines = Array.from({ length: 300 + more * 10 }, () => rows).flat();
        await folder.put('a.csv', `No,Name\n0,first\n${lines.join('\n')}\n`);
        await folder.put('b.csv', table(1_500));
        const whole = await folder.read();
        const keys = (list: typeof whole.pages) =>
          list.flatMap((page) => [
            ...page.records.map((record) => `${record.header.file}:${record.row}:${record.cells}`),
            ...(page.unreadable ?? []).map((bad) => `${bad.origin.file}:${bad.origin.row}!`),
          ]);
        for (const [index, page] of whole.pages.entries()) {
          const rest = await folder.read({}, JSON.parse(JSON.stringify(page.cursor)));
          expect(keys(rest.pages).sort()).toEqual(keys(whole.pages.slice(index + 1)).sort());
        }
      }),
      { numRuns: 12 },
    );
  });
});
