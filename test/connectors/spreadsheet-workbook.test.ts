import { open } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import * as XLSX from 'xlsx';
import { readOptions, spreadsheetSettings } from '../../connectors/spreadsheet/settings.ts';
import { readWorkbook } from '../../src/connector/tabular/workbook.ts';
import { type Folder, makeFolder } from './fixtures/folder.ts';
import { xlsxParts, zipFile } from './fixtures/zip-file.ts';

const FORMATS = ['xlsx', 'xlsb', 'xls', 'ods'] as const;
type Format = (typeof FORMATS)[number];

interface SheetSpec {
  rows: unknown[][];
  /** Number formats by cell. */
  formats?: Record<string, string>;
  merges?: string[];
  hiddenRows?: number[];
}

function book(format: Format, sheets: Record<string, SheetSpec>, date1904 = false): Buffer {
  const workbook = XLSX.utils.book_new();
  for (const [name, { rows, formats = {}, merges = [], hiddenRows = [] }] of Object.entries(sheets)) {
    const sheet = XLSX.utils.aoa_to_sheet(rows);
    for (const [cell, z] of Object.entries(formats)) sheet[cell].z = z;
    sheet['!merges'] = merges.map((range) => XLSX.utils.decode_range(range));
    if (hiddenRows.length > 0) {
      sheet['!rows'] = [];
      for (const row of hiddenRows) sheet['!rows'][row - 1] = { hidden: true };
    }
    XLSX.utils.book_append_sheet(workbook, sheet, name);
  }
  workbook.Workbook = { WBProps: { date1904 } };
  return XLSX.write(workbook, { type: 'buffer', bookType: format === 'xls' ? 'biff8' : format, cellStyles: true, compression: true });
}

/** SheetJS reads but does not write which rows of an xls file are hidden: the record is put in behind the sheet's dimensions. */
function hideRow(xls: Buffer, row: number): Buffer {
  const container = XLSX.CFB.read(xls, { type: 'buffer' });
  const entry = XLSX.CFB.find(container, '/Workbook');
  if (!entry) throw new Error('no stream of that name');
  const bytes = Buffer.from(entry.content as Uint8Array);
  let at = 0;
  while (bytes.readUInt16LE(at) !== 0x0200) at += 4 + bytes.readUInt16LE(at + 2);
  at += 4 + bytes.readUInt16LE(at + 2);
  const record = Buffer.alloc(20);
  record.writeUInt16LE(0x0208, 0);
  record.writeUInt16LE(16, 2);
  record.writeUInt16LE(row - 1, 4);
  record.writeUInt16LE(2, 8);
  record.writeUInt16LE(0x20, 16);
  entry.content = Buffer.concat([bytes.subarray(0, at), record, bytes.subarray(at)]);
  entry.size = entry.content.length;
  return XLSX.CFB.write(container, { type: 'buffer' }) as Buffer;
}

const simple = {
  rows: [
    ['No', 'Name'],
    ['C1', 'Foo'],
    ['C2', 'Bar'],
  ],
};
let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder();
});

async function readBook(content: Uint8Array, read: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
  await folder.put('book.xlsx', content);
  return folder.read(read, null, settings);
}

describe.each(FORMATS)('workbook: %s', (format) => {
  it('reads texts, numbers, dates and booleans as what they are', async () => {
    const rows = [
      ['Id', 'Text', 'Limit', 'Small', 'Since', 'At', 'Active'],
      ['007', 'Müller €', 1234567.5, 1e-7, 46053, 46053.5, true],
    ];
    const reading = await readBook(
      book(format, { Customers: { rows, formats: { C2: '#,##0.00', E2: 'dd/mm/yyyy', F2: 'd/m/yyyy h:mm' } } }),
    );
    expect(reading.faults).toEqual([]);
    expect(Object.fromEntries(reading.records[0] ?? [])).toEqual({
      Id: '007',
      Text: 'Müller €',
      Limit: { kind: 'number', text: '1234567.5' },
      Small: { kind: 'number', text: '0.0000001' },
      Since: { kind: 'date', text: '2026-01-31' },
      At: { kind: 'date', text: '2026-01-31T12:00:00' },
      Active: { kind: 'boolean', text: 'TRUE' },
    });
    expect(reading.rows[0]).toMatchObject({ row: 2, header: { file: 'book.xlsx', sheet: 'Customers' } });
  });

  it('reads the header below a title and drops blank rows, counting them', async () => {
    const rows = [['Customer list'], [], ['No', 'Name', 'City'], ['C1', 'Foo', 'Bonn'], [], ['C2', 'Bar', 'Ulm']];
    const reading = await readBook(book(format, { Customers: { rows } }));
    expect(reading.rows.map(({ row, cells }) => [row, ...cells])).toEqual([
      [4, 'C1', 'Foo', 'Bonn'],
      [6, 'C2', 'Bar', 'Ulm'],
    ]);
  });

  it('joins headers of two rows that are held together by merged cells', async () => {
    const rows = [['Customer list'], ['No', 'Address', null, null], [null, 'Street', 'Zip', 'City'], ['C1', 'Way 1', '01067', 'Dresden']];
    const reading = await readBook(book(format, { Customers: { rows, merges: ['A1:D1', 'A2:A3', 'B2:D2'] } }));
    expect(reading.rows[0]?.header.names).toEqual(['No', 'Address / Street', 'Address / Zip', 'Address / City']);
    expect(reading.rows.map((row) => row.cells)).toEqual([['C1', 'Way 1', '01067', 'Dresden']]);
  });

  it('reads the sheets that are asked for by place, name or pattern', async () => {
    const content = book(format, {
      Intro: {
        rows: [
          ['About', 'us'],
          ['x', 'y'],
        ],
      },
      'North 2026': simple,
      'South 2026': simple,
    });
    const sheets = (reading: Awaited<ReturnType<typeof readBook>>) => [...new Set(reading.rows.map((row) => row.header.sheet))];
    expect(sheets(await readBook(content))).toEqual(['Intro']);
    expect(sheets(await readBook(content, { sheet: 3 }))).toEqual(['South 2026']);
    expect(sheets(await readBook(content, { sheet: ['* 2026'] }))).toEqual(['North 2026', 'South 2026']);
    const missing = await readBook(content, { sheet: ['West', 'Intro'] });
    expect(missing.faults).toMatchObject([{ code: 'SOURCE_LAYOUT', message: expect.stringContaining('"North 2026"') }]);
    expect(sheets(missing)).toEqual(['Intro']);
  });

  it('reports a sheet without rows and reads the others', async () => {
    const reading = await readBook(book(format, { A: { rows: [['No', 'Name']] }, B: simple }), { sheet: '*' });
    expect(reading.faults).toMatchObject([{ code: 'SOURCE_LAYOUT', origin: { file: 'book.xlsx', sheet: 'A' } }]);
    expect(reading.rows).toHaveLength(2);
    expect(JSON.stringify(reading.cursor)).not.toContain('book.xlsx');
  });
});

describe.each(['xlsx', 'xlsb', 'xls'] as const)('workbook: %s', (format) => {
  it('keeps leading zeros that a number format shows', async () => {
    const rows = [
      ['No', 'Zip', 'Code'],
      [42, 1067, 123456],
    ];
    const formats = { A2: '"C"00000', B2: '00000', C2: '000\\-000' };
    const reading = await readBook(book(format, { Customers: { rows, formats } }));
    expect([...(reading.records[0]?.values() ?? [])]).toEqual(['C00042', '01067', '123-456']);
  });

  it('reads dates of workbooks that count from 1904', async () => {
    const reading = await readBook(
      book(
        format,
        {
          S: {
            rows: [
              ['No', 'Since'],
              ['C1', 44591],
            ],
            formats: { B2: 'yyyy-mm-dd' },
          },
        },
        true,
      ),
    );
    expect(reading.records[0]?.get('Since')).toEqual({ kind: 'date', text: '2026-01-31' });
  });

  it('reads hidden rows, or leaves them out when told to', async () => {
    const written = book(format, { S: { ...simple, hiddenRows: [2] } });
    const content = format === 'xls' ? hideRow(written, 2) : written;
    expect((await readBook(content)).rows.map((row) => row.row)).toEqual([2, 3]);
    expect((await readBook(content, { hidden: 'skip' })).rows.map((row) => row.row)).toEqual([3]);
  });

  it('hands errors over as errors, so that only those who need the cell stumble', async () => {
    const rows = [
      ['No', 'Name', 'Limit'],
      ['C1', 'Foo', { t: 'e', v: 0x17 }],
    ];
    const reading = await readBook(book(format, { S: { rows } }));
    expect(reading.records[0]?.get('Limit')).toEqual({ kind: 'error', text: '#REF!' });
  });
});

it('does not pretend to know which rows of an ods file are hidden', async () => {
  const reading = await readBook(book('ods', { S: simple }), { hidden: 'skip' });
  expect(reading.faults).toMatchObject([{ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('read.hidden: read') }]);
});

describe('workbook: pages', () => {
  it('yields exactly the rest after any page, across sheets', async () => {
    const rows = (from: number) => [
      ['No', 'Name'],
      ...Array.from({ length: 4_500 }, (_, i) => [`C${from + i}`, i % 100 === 0 ? null : `Firm ${i}`]),
    ];
    await folder.put('a.xlsx', book('xlsx', { A: { rows: rows(0) }, B: { rows: rows(10_000) } }));
    await folder.put('b.xlsx', book('xlsx', { A: simple }));
    const whole = await folder.read({ sheet: '*' });
    const keys = (pages: typeof whole.pages) =>
      pages.flatMap((page) => page.records.map(({ header, row, cells }) => [header.file, header.sheet, row, ...cells].join()));
    expect(whole.rows).toHaveLength(9_002);
    expect(whole.pages.length).toBeGreaterThan(3);
    for (const [index, page] of whole.pages.entries()) {
      const rest = await folder.read({ sheet: '*' }, JSON.parse(JSON.stringify(page.cursor)));
      expect(keys(rest.pages)).toEqual(keys(whole.pages.slice(index + 1)));
    }
  });

  it('shares one header among all rows of a sheet, also across threads', async () => {
    const rows = [['No', 'Name'], ...Array.from({ length: 5_000 }, (_, i) => [`C${i}`, 'x'])];
    const reading = await readBook(book('xlsx', { A: { rows } }));
    expect(new Set(reading.rows.map((row) => row.header)).size).toBe(1);
  });
});

describe('workbook: xlsx as other programs write it', () => {
  it('reads inline texts, rich texts, stored results of formulas, ISO dates and cells without references', async () => {
    const sheet = `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>
      <x:row><x:c t="inlineStr"><x:is><x:t>No</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:r><x:t>Na</x:t></x:r><x:r><x:t>me</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Sum</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Day</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Open</x:t></x:is></x:c></x:row>
      <x:row r="3"><x:c r="A3" t="str"><x:f>"C"&amp;1</x:f><x:v>C1</x:v></x:c><x:c r="B3" t="inlineStr"><x:is><x:t>A &amp; B_x000D_</x:t></x:is></x:c><x:c r="C3"><x:f>1+2</x:f><x:v>0.30000000000000004</x:v></x:c><x:c r="D3" t="d"><x:v>2026-01-31T00:00:00Z</x:v></x:c><x:c r="E3"><x:f>1/0</x:f></x:c></x:row>
    </x:sheetData></x:worksheet>`;
    const reading = await readBook(zipFile(xlsxParts(sheet)));
    expect(reading.faults).toEqual([]);
    expect(reading.rows[0]?.row).toBe(3);
    expect(Object.fromEntries(reading.records[0] ?? [])).toEqual({
      No: 'C1',
      Name: 'A & B\r',
      Sum: { kind: 'number', text: '0.3' },
      Day: { kind: 'date', text: '2026-01-31' },
      Open: { kind: 'error', text: 'formula without a stored result' },
    });
  });
});

describe('workbook: bad and hostile files are faults, the others are read', () => {
  beforeEach(async () => {
    await folder.put('z-good.csv', 'No,Name\n9,fine\n');
  });

  async function readBad(content: Uint8Array, settings: Record<string, unknown> = {}) {
    const reading = await readBook(content, {}, settings);
    expect(reading.rows.at(-1)?.cells).toEqual(['9', 'fine']);
    expect(JSON.stringify(reading.cursor)).not.toContain('book.xlsx');
    expect(reading.faults).toHaveLength(1);
    return reading.faults[0];
  }

  it('refuses a zip bomb that admits what it is', async () => {
    const bomb = zipFile({ ...xlsxParts('<worksheet/>'), 'xl/media/a.bin': Buffer.alloc(8 * 1024 * 1024) });
    expect(bomb.length).toBeLessThan(20_000);
    expect(await readBad(bomb, { limits: { maxUnpackedBytes: 4 * 1024 * 1024 } })).toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      message: expect.stringContaining('limits.maxUnpackedBytes'),
    });
  });

  it.each(['xl/worksheets/sheet1.xml', 'xl/workbook.bin'])('refuses a zip bomb that lies about its size in %s', async (part) => {
    const bomb = zipFile({ ...xlsxParts('<worksheet/>'), [part]: Buffer.alloc(64 * 1024 * 1024, ' ') }, { [part]: 1_000 });
    expect(await readBad(bomb, { limits: { maxUnpackedBytes: 1024 * 1024 } })).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('too many bytes'),
    });
  });

  it('refuses a document type, with which entities could multiply or fetch files', async () => {
    const sheet = `<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&f;&a;</t></is></c></row></sheetData></worksheet>`;
    expect(await readBad(zipFile(xlsxParts(sheet)))).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('document type'),
    });
  });

  it('says that a workbook is protected by a password', async () => {
    const container = XLSX.CFB.utils.cfb_new();
    XLSX.CFB.utils.cfb_add(container, '/EncryptedPackage', Buffer.alloc(512, 7));
    XLSX.CFB.utils.cfb_add(container, '/EncryptionInfo', Buffer.alloc(64, 7));
    const encrypted = XLSX.CFB.write(container, { type: 'buffer' }) as Buffer;
    expect(await readBad(encrypted)).toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('password') });
  });

  it.each([
    ['a truncated workbook', book('xlsx', { A: simple }).subarray(0, 4_000)],
    ['a truncated old workbook', book('xls', { A: simple }).subarray(0, 1_200)],
    ['a zip archive of something else', zipFile({ 'readme.txt': Buffer.from('hello') })],
    ['a sheet that is no XML', zipFile(xlsxParts('<worksheet><sheetData><row></sheetData>'))],
    [
      'a cell beyond the last column',
      zipFile(xlsxParts('<worksheet><sheetData><row><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>')),
    ],
  ])('refuses %s', async (_, content) => {
    expect(await readBad(content)).toMatchObject({ code: 'SOURCE_UNREADABLE', origin: { file: 'book.xlsx' } });
  });

  it('stops at the limits on rows and memory, and goes on with the next file', async () => {
    const rows = [['No', 'Name'], ...Array.from({ length: 60_000 }, (_, i) => [`C${i}`, `Firm ${i}`])];
    const large = book('xls', { A: { rows } });
    expect(await readBad(book('xlsx', { A: simple }), { limits: { maxRows: 1 } })).toMatchObject({
      message: expect.stringContaining('limits.maxRows'),
    });
    expect(await readBad(large, { limits: { maxMemoryMb: 64 } })).toMatchObject({ message: expect.stringContaining('limits.maxMemoryMb') });
  });

  it('ends the thread when time is up or the reader is asked to stop', async () => {
    const file = await folder.put('book.xlsx', book('xlsx', { A: simple }));
    const handle = await open(file);
    const { limits } = spreadsheetSettings.parse({ folder: '.' });
    const options = readOptions.parse({ files: '*' });
    const read = (maxSeconds: number, signal: AbortSignal) =>
      readWorkbook({ name: 'book.xlsx', path: file, handle }, options, { ...limits, maxSeconds }, null, signal).next();
    await expect(read(0.001, new AbortController().signal)).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      message: expect.stringContaining('limits.maxSeconds'),
    });
    const stop = new AbortController();
    const stopped = read(600, stop.signal);
    stop.abort(new Error('shutting down'));
    await expect(stopped).rejects.toThrow('shutting down');
    await handle.close();
  });

  it('treats columns and shared texts named like parts of every object as mere names', async () => {
    const reading = await readBook(
      book('xlsx', {
        S: {
          rows: [
            ['No', '__proto__', 'constructor'],
            ['C1', 'polluted', 'evil'],
          ],
        },
      }),
      { files: '*.xlsx' },
    );
    expect(reading.records[0]?.get('__proto__')).toBe('polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
