/** Reads the selected sheets of a workbook into batches of rows. Runs in a thread of its own, see workbook.ts. */
import picomatch from 'picomatch';
import { KontorError, NeedsOperatorError } from '../../errors.ts';
import type { Fault } from '../contract.ts';
import type { Sheet } from './book.ts';
import { openBook } from './open-book.ts';
import type { Batch, LayoutOptions, Position } from './row.ts';
import { TableLayout } from './table-layout.ts';

export interface WorkbookOptions extends LayoutOptions {
  /** Names or patterns of names, or places among the tabs from 1. */
  readonly sheet: ReadonlyArray<string | number>;
  readonly hidden: 'read' | 'skip';
}

export interface WorkbookLimits {
  readonly maxRows: number;
  readonly maxUnpackedBytes: number;
  readonly maxSeconds: number;
  readonly maxMemoryMb: number;
}

export interface WorkbookRequest {
  readonly path: string;
  /** Shown in messages. */
  readonly file: string;
  readonly bytes: number;
  readonly options: WorkbookOptions;
  readonly limits: WorkbookLimits;
  readonly after: Position | null;
}

/** Rows handed over at a time; a message between threads costs too much for fewer. */
const BATCH_ROWS = 2_000;

export async function* readBook({ path, file, bytes, options, limits, after }: WorkbookRequest): AsyncGenerator<Batch> {
  let missing: Fault[] = [];
  const pick = (names: readonly string[]) => {
    const picked = pickSheets(names, options.sheet);
    missing = picked.missing.map((wanted) => missingSheet(file, wanted, names));
    return picked.indexes;
  };
  const book = await openBook(path, file, limits.maxUnpackedBytes, pick);
  try {
    if (options.hidden === 'skip' && !book.knowsHiddenRows) throw cannotTellHidden(file);
    const indexes = pick(book.sheets.map((sheet) => sheet.name));
    if (missing.length > 0) yield { sheet: 0, rows: [], unreadable: [], known: [], faults: missing, bytesDone: 0 };
    let found = 0;
    for (const [at, index] of indexes.entries()) {
      const sheet = book.sheets[index];
      if (!sheet || at < (after?.sheet ?? 0)) continue;
      const reading = readSheet(sheet, file, options, at === after?.sheet ? after.row : 0);
      for await (const { faults, rows, unreadable, share } of reading) {
        found += rows.length + unreadable.length;
        if (found > limits.maxRows) throw tooManyRows(file, limits.maxRows);
        yield { sheet: at, rows, unreadable, known: [], faults, bytesDone: Math.round((bytes * (at + share)) / indexes.length) };
      }
    }
  } finally {
    book.close();
  }
}

type SheetBatch = Pick<Batch, 'rows' | 'unreadable' | 'faults'> & { share: number };

async function* readSheet(sheet: Sheet, file: string, options: WorkbookOptions, after: number): AsyncGenerator<SheetBatch> {
  const place = { file, sheet: sheet.name, shortIsBroken: false, after, merges: await sheet.merges() };
  const layout = new TableLayout(options, place);
  let faults: Fault[] = [];
  try {
    for await (const { rows, share } of sheet.rows()) {
      for (const { row, cells, kinds, hidden } of rows) if (!hidden || options.hidden === 'read') layout.add(cells, row, kinds);
      if (layout.rows.length + layout.unreadable.length >= BATCH_ROWS) yield { ...layout.take(), faults, share };
    }
    layout.end();
  } catch (error) {
    if (!(error instanceof KontorError) || error.code !== 'SOURCE_LAYOUT') throw error;
    faults = [{ code: error.code, origin: { file, sheet: sheet.name }, message: error.message }];
  }
  yield { ...layout.take(), faults, share: 1 };
}

/** In the order of the tabs, each once. */
function pickSheets(names: readonly string[], wanted: ReadonlyArray<string | number>): { indexes: number[]; missing: (string | number)[] } {
  const picked = new Set<number>();
  const missing = wanted.filter((one) => {
    const matches = typeof one === 'string' ? picomatch(one, { nocase: true, dot: true, bash: true }) : undefined;
    const hits = names.flatMap((name, index) => (one === index + 1 || one === name || matches?.(name) ? [index] : []));
    for (const hit of hits) picked.add(hit);
    return hits.length === 0;
  });
  return { indexes: [...picked].sort((a, b) => a - b), missing };
}

function missingSheet(file: string, wanted: string | number, names: readonly string[]): Fault {
  const what = typeof wanted === 'number' ? `has no sheet number ${wanted}` : `has no sheet "${wanted}"`;
  const message = `${file} ${what}; it has ${names.map((name) => `"${name}"`).join(', ') || 'none'}; correct \`read.sheet\``;
  return { code: 'SOURCE_LAYOUT', origin: { file }, message };
}

function cannotTellHidden(file: string): NeedsOperatorError {
  const message = `which rows of ${file} are hidden cannot be told in this format; save it as xlsx, or set \`read.hidden: read\``;
  return new NeedsOperatorError('SOURCE_UNREADABLE', message);
}

function tooManyRows(file: string, maxRows: number): NeedsOperatorError {
  return new NeedsOperatorError('SOURCE_TOO_LARGE', `${file} has more than ${maxRows} rows; split it, or raise \`limits.maxRows\``);
}
