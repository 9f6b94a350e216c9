/** Turns the cells of successive rows of one table into `Row`s: finds the header, drops blank rows, sets ragged rows aside. */
import { NeedsOperatorError } from '../../errors.ts';
import type { Problem, Unreadable } from '../contract.ts';
import { KIND } from './cell.ts';
import { findHeader, HEADER_SEARCH_ROWS, type Header, makeHeader, trimEnd } from './header.ts';
import { joinHeaderRows, type Merge } from './merged-header.ts';
import { type KnownRow, type LayoutOptions, Row } from './row.ts';

interface RawRow {
  readonly cells: string[];
  readonly kinds: string | undefined;
  readonly row: number;
  readonly source: string | undefined;
}

export class TableLayout {
  rows: Row[] = [];
  unreadable: Unreadable[] = [];
  known: KnownRow[] = [];
  header: Header | undefined;
  readonly #file: string;
  readonly #sheet: string | undefined;
  readonly #options: LayoutOptions;
  /** csv writes every cell, blank or not, so a missing one means a broken row; a workbook leaves blanks out. */
  readonly #shortIsBroken: boolean;
  readonly #after: number;
  readonly #merges: readonly Merge[];
  #dialect: string | undefined;
  #waiting: RawRow[] | undefined = [];
  #found = 0;
  #width = 0;
  #least = 0;

  /** Rows up to `after` are not handed over again. */
  constructor(
    options: LayoutOptions,
    place: { file: string; sheet?: string; shortIsBroken: boolean; after: number; merges?: readonly Merge[] },
  ) {
    this.#options = options;
    this.#file = place.file;
    this.#sheet = place.sheet;
    this.#shortIsBroken = place.shortIsBroken;
    this.#after = place.after;
    this.#merges = place.merges ?? [];
    if (typeof options.header !== 'number' && options.header !== 'auto') this.#useHeader(options.header);
  }

  /** To be told before the first row: all that decides, besides header and layout, which cells the text of a record becomes. */
  useDialect(dialect: string): void {
    this.#dialect = dialect;
    if (this.header) this.header = this.#withTextStart(this.header);
  }

  /** Rows handed over or skipped as known. */
  get found(): number {
    return this.#found;
  }

  /** `source`: the record as it stands in the file, where the reader knows it. */
  add(cells: string[], row: number, kinds?: string, source?: string): void {
    const raw = { cells, row, kinds, source };
    if (this.header === undefined) this.#lookForHeader(raw);
    else this.#addRecord(raw, this.header);
  }

  /** A row the engine holds. */
  addKnown(row: number, digest: string): void {
    this.#found++;
    if (row > this.#after) this.known.push({ row, digest });
  }

  /** A record whose cells cannot be trusted. */
  addBroken(cells: readonly string[], row: number, reason: string): void {
    this.#found++;
    if (row > this.#after) this.unreadable.push(this.#setAside(cells, row, undefined, { code: 'RECORD_INVALID', reason }));
  }

  take(): { rows: Row[]; unreadable: Unreadable[]; known: KnownRow[] } {
    const taken = { rows: this.rows, unreadable: this.unreadable, known: this.known };
    this.rows = [];
    this.unreadable = [];
    this.known = [];
    return taken;
  }

  /** To be called after the last row. */
  end(): void {
    if (this.header === undefined) this.#settleHeader();
    if (this.header === undefined) throw this.#fault(`${this.#place()} is empty`, 'fill it, or take it away');
    if (this.#found > 0 || this.#options.allowEmpty) return;
    throw this.#fault(
      `${this.#place()} has a header and no rows`,
      'check the export that wrote it; a connection that expects this says `read.allowEmpty: true`',
    );
  }

  #addRecord({ cells, row, kinds, source }: RawRow, header: Header): void {
    if (!cells[0] && isBlank(cells)) return;
    this.#found++;
    if (row <= this.#after) return;
    if (cells.length !== this.#width) {
      const problem = this.#makeFit(cells);
      if (problem) {
        this.unreadable.push(this.#setAside(cells, row, kinds, problem));
        return;
      }
    }
    this.rows.push(Row.of(header, cells, row, kinds?.slice(0, this.#width).padEnd(this.#width, KIND.text), source));
  }

  #makeFit(cells: string[]): Problem | undefined {
    const width = this.#width;
    if (this.#options.ragged === 'reject') {
      const filled = trimEnd(cells).length;
      if (filled > width) return { code: 'RECORD_INVALID', reason: raggedReason(`${filled} cells`, width) };
      if (this.#shortIsBroken && cells.length < this.#least) {
        return { code: 'RECORD_INVALID', reason: raggedReason(`only ${cells.length === 1 ? '1 cell' : `${cells.length} cells`}`, width) };
      }
    }
    while (cells.length < width) cells.push('');
    cells.length = width;
    return undefined;
  }

  #setAside(cells: readonly string[], row: number, kinds: string | undefined, problem: Problem): Unreadable {
    const columns = [...(this.header?.names ?? [])];
    const payload = { columns, cells: [...cells], broken: problem.reason, ...(kinds === undefined ? {} : { kinds }) };
    const origin = this.#sheet === undefined ? { file: this.#file, row } : { file: this.#file, sheet: this.#sheet, row };
    return { origin, problems: [problem], payload };
  }

  #lookForHeader(raw: RawRow): void {
    const waiting = this.#waiting ?? [];
    waiting.push(raw);
    const declared = this.#options.header;
    if (typeof declared === 'number' ? raw.row >= declared + HEADER_SEARCH_ROWS : waiting.length >= HEADER_SEARCH_ROWS)
      this.#settleHeader();
  }

  #settleHeader(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    const at = this.#headerIndex(waiting);
    if (at === undefined) return;
    const { titles, lastRow } = joinHeaderRows(waiting, waiting[at]?.row ?? 0, this.#merges);
    const header = this.#useHeader(this.#shortIsBroken ? titles : trimEnd(titles));
    for (const raw of waiting) if (raw.row > lastRow) this.#addRecord(raw, header);
  }

  #headerIndex(waiting: readonly RawRow[]): number | undefined {
    if (waiting.every((raw) => isBlank(raw.cells))) return undefined;
    const declared = this.#options.header;
    const at =
      typeof declared === 'number' ? waiting.findIndex((raw) => raw.row === declared) : findHeader(waiting.map((raw) => raw.cells));
    if (at >= 0 && !isBlank(waiting[at]?.cells ?? [])) return at;
    const what =
      typeof declared === 'number'
        ? `row ${declared} of ${this.#place()} is blank`
        : `none of the first ${HEADER_SEARCH_ROWS} rows of ${this.#place()} looks like a header`;
    throw this.#fault(what, 'name the row of the header with `read.header: 3`, or list the names of its columns there');
  }

  #useHeader(titles: readonly string[]): Header {
    this.#width = titles.length;
    this.#least = trimEnd(titles).length;
    this.header = this.#withTextStart(makeHeader(this.#file, this.#sheet, titles));
    return this.header;
  }

  /** Two equal texts below it are equal records. Begins unlike the content of cells, which begins with the digest. */
  #withTextStart(header: Header): Header {
    if (this.#dialect === undefined) return header;
    return { ...header, textStart: ['', this.#dialect, this.#options.ragged, this.#least, header.digest, ''].join('\0') };
  }

  #place(): string {
    return this.#sheet === undefined ? this.#file : `sheet "${this.#sheet}" of ${this.#file}`;
  }

  #fault(what: string, cure: string): NeedsOperatorError {
    return new NeedsOperatorError('SOURCE_LAYOUT', `${what}; ${cure}`);
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function raggedReason(has: string, width: number): string {
  return `the row has ${has} where the header has ${width}; correct the row (often a delimiter or line break without quotes), or set \`read.ragged: tolerate\``;
}
