/** xls, xlsb and ods through SheetJS, which loads them whole: the thread around it holds the limits. */
import { readFile } from 'node:fs/promises';
import { read, type WorkSheet } from 'xlsx';
import type { Book, Sheet, SheetRow } from './book.ts';
import { KIND } from './cell.ts';
import { NumberReader } from './number-format.ts';

const ROWS_AT_A_TIME = 1_000;

/** Error values by their number in the file. */
const ERRORS: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
  43: '#GETTING_DATA',
};

interface Cell {
  readonly t: string;
  readonly v?: string | number | boolean | Date;
  /** Number format. */
  readonly z?: string | number;
}

export type SheetjsFormat = 'xls' | 'xlsb' | 'ods';

export async function openSheetjsBook(
  path: string,
  format: SheetjsFormat,
  pick: (names: readonly string[]) => readonly number[],
): Promise<Book> {
  const bytes = await readFile(path);
  // The names of an ods file's sheets are known only once all of it is read: then it is read once, with all sheets.
  const wanted = format === 'ods' ? {} : { sheets: [...pick(read(bytes, { bookSheets: true }).SheetNames)] };
  const book = read(bytes, {
    dense: true,
    cellFormula: false,
    cellHTML: false,
    cellText: false,
    cellNF: true,
    cellStyles: true,
    ...wanted,
  });
  const numbers = new NumberReader(book.Workbook?.WBProps?.date1904 === true);
  const sheets = book.SheetNames.map((name) => sheetjsSheet(name, () => book.Sheets[name], numbers));
  // SheetJS does not read which rows of an ods file are hidden.
  return { sheets, knowsHiddenRows: format !== 'ods', close: () => {} };
}

function sheetjsSheet(name: string, load: () => WorkSheet | undefined, numbers: NumberReader): Sheet {
  return {
    name,
    async merges() {
      return (load()?.['!merges'] ?? []).map(({ s, e }) => ({ top: s.r + 1, left: s.c, bottom: e.r + 1, right: e.c }));
    },
    async *rows() {
      const sheet = load();
      const data = (sheet?.['!data'] ?? []) as ReadonlyArray<readonly (Cell | undefined)[] | undefined>;
      const hidden = sheet?.['!rows'] ?? [];
      for (let start = 0; start < data.length; start += ROWS_AT_A_TIME) {
        const rows: SheetRow[] = [];
        for (let at = start; at < Math.min(start + ROWS_AT_A_TIME, data.length); at++) {
          rows.push({ row: at + 1, ...readCells(data[at] ?? [], numbers), hidden: hidden[at]?.hidden === true });
        }
        yield { rows, share: Math.min(1, (start + ROWS_AT_A_TIME) / data.length) };
      }
    },
  };
}

function readCells(row: readonly (Cell | undefined)[], numbers: NumberReader): { cells: string[]; kinds: string } {
  const cells: string[] = [];
  let kinds = '';
  for (let column = 0; column < row.length; column++) {
    const { kind, text } = readCell(row[column], numbers);
    cells.push(text);
    kinds += kind;
  }
  return { cells, kinds };
}

function readCell(cell: Cell | undefined, numbers: NumberReader): { kind: string; text: string } {
  const value = cell?.v;
  if (cell === undefined || value === undefined || value === null) return { kind: KIND.text, text: '' };
  switch (cell.t) {
    case 'b':
      return { kind: KIND.boolean, text: value === true ? 'TRUE' : 'FALSE' };
    case 'e':
      return { kind: KIND.error, text: ERRORS[Number(value)] ?? '#ERROR' };
    case 'n':
      return numbers.read(Number(value), typeof cell.z === 'string' ? cell.z : 'General');
    case 'd':
      return { kind: KIND.date, text: new Date(value as Date).toISOString().replace(/T00:00:00\.000Z$|\.\d+Z$/, '') };
    default:
      return { kind: KIND.text, text: String(value).replaceAll('\0', '') };
  }
}
