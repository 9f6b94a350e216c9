/**
 * How fast and in how much memory workbooks are read: Kontor's reader beside SheetJS alone, each in a process of its own.
 *
 *   npm run build && node dist/bench/workbooks.js [rows] [xlsx,xlsb,xls,ods]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as XLSX from 'xlsx';
import { readWorkbook } from '../src/connector/tabular/workbook.ts';

const HEADER = 'No,Name,Street,Postal Code,City,Country,VAT,Currency,Payment Terms,Credit Limit,Balance,Email,Phone,Manager,Since'.split(
  ',',
);
/** A day of 2020 as a workbook counts it. */
const FIRST_DAY = 43_831;

function generate(file: string, rows: number, format: string): void {
  const cells: unknown[][] = [HEADER];
  for (let i = 0; i < rows; i++) {
    const since = { t: 'n', v: FIRST_DAY + (i % 365), z: 'yyyy-mm-dd' };
    const name = [
      `C${i}`,
      `Müller & Söhne GmbH, Werk ${i}`,
      `Industriestraße ${i % 999}`,
      10_000 + (i % 89_999),
      'Hamburg',
      'DE',
      `DE${100_000_000 + i}`,
    ];
    cells.push([
      ...name,
      'EUR',
      'NET30',
      (i % 100_000) + 0.5,
      (i % 5_000) + 0.25,
      `kunde${i}@example.com`,
      `+49 40 ${i}`,
      `Person ${i % 50}`,
      since,
    ]);
  }
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(cells, { dense: true }), 'Customers');
  const bookType = (format === 'xls' ? 'biff8' : format) as XLSX.BookType;
  writeFileSync(file, XLSX.write(book, { type: 'buffer', bookType, compression: true, bookSST: true }));
}

async function readWithKontor(file: string): Promise<number> {
  const options = { header: 'auto', ragged: 'reject', allowEmpty: false, sheet: [1], hidden: 'read' } as const;
  const limits = { maxRows: 1e7, maxUnpackedBytes: 2 ** 33, maxSeconds: 600, maxMemoryMb: 4_096 };
  const handle = await open(file);
  let rows = 0;
  for await (const batch of readWorkbook({ name: file, path: file, handle }, options, limits, null, new AbortController().signal))
    rows += batch.rows.length;
  await handle.close();
  return rows;
}

async function readWithSheetjs(file: string): Promise<number> {
  const book = XLSX.read(await readFile(file), { dense: true, cellNF: true, cellFormula: false, cellHTML: false, cellText: false });
  const sheet = book.Sheets[book.SheetNames[0] ?? ''];
  return (sheet?.['!data']?.length ?? 1) - 1;
}

/** One reading in this process; its peak of memory is what the system saw. */
async function measure(reader: string, file: string): Promise<void> {
  const startedAt = performance.now();
  const rows = await (reader === 'kontor' ? readWithKontor(file) : readWithSheetjs(file));
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = process.resourceUsage();
  const cpu = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
  const columns = [
    path.extname(file),
    reader,
    rows,
    `${seconds.toFixed(1)} s`,
    `${cpu.toFixed(1)} s cpu`,
    `${Math.round(usage.maxRSS / 1024)} MB`,
  ];
  console.log(columns.join('\t'));
}

async function compare(rows: number, formats: readonly string[]): Promise<void> {
  const again = (...args: string[]) => {
    execFileSync(process.execPath, ['--max-old-space-size=8192', fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  };
  for (const format of formats) {
    const file = path.join(tmpdir(), `kontor-bench-${rows}.${format}`);
    if (!existsSync(file)) again('generate', file, String(rows), format);
    console.log(`${path.basename(file)}\t${Math.round((await stat(file)).size / 1024)} KB`);
    for (const reader of ['kontor', 'sheetjs']) again('measure', reader, file);
  }
}

const [command = '', ...rest] = process.argv.slice(2);
if (command === 'generate') generate(rest[0] ?? '', Number(rest[1]), rest[2] ?? 'xlsx');
else if (command === 'measure') await measure(rest[0] ?? '', rest[1] ?? '');
else await compare(Number(command || 200_000), (rest[0] ?? 'xlsx').split(','));
