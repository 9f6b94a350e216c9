/** Rows of a table file and how a reader hands them over. */
import type { Fault, Unreadable } from '../contract.ts';
import type { Header } from './header.ts';

/** A zero byte parts the cells: no table file can hold one inside a cell. */
const CELL_SEPARATOR = '\0';

/** A row as it crosses from one thread to another. */
export type PostedRow = Pick<Row, 'header' | 'row' | 'kinds' | 'source' | 'text'>;

/**
 * One record of a table. Between threads it travels as one text, and stays one until a second cell is asked for: most rows of
 * most runs are only compared.
 */
export class Row {
  readonly header: Header;
  /** Counted from 1, the way spreadsheets show it; rows that are blank or hold a title count too. */
  readonly row: number;
  /** Workbooks only: one letter of `KIND` per cell. */
  readonly kinds: string | undefined;
  /** The record as it stands in the file, without its line end. */
  readonly source: string | undefined;
  #text: string | undefined;
  #cells: readonly string[] | undefined;
  #wasAsked = false;

  constructor({ header, text, row, kinds, source }: Omit<PostedRow, 'text'> & { text: string | undefined }) {
    this.header = header;
    this.#text = text;
    this.row = row;
    this.kinds = kinds;
    this.source = source;
  }

  /** `cells` is as long as `header.names`. */
  static of(header: Header, cells: readonly string[], row: number, kinds?: string, source?: string): Row {
    const made = new Row({ header, text: undefined, row, kinds, source });
    made.#cells = cells;
    return made;
  }

  get posted(): PostedRow {
    const { header, row, kinds, source, text } = this;
    return { header, row, kinds, source, text };
  }

  get text(): string {
    this.#text ??= (this.#cells ?? []).join(CELL_SEPARATOR);
    return this.#text;
  }

  get cells(): readonly string[] {
    this.#cells ??= this.text.split(CELL_SEPARATOR);
    return this.#cells;
  }

  /** The key is the one cell that is asked of every row. */
  cell(index: number): string {
    if (this.#cells || this.#wasAsked) return this.cells[index] ?? '';
    this.#wasAsked = true;
    const { text } = this;
    let start = 0;
    for (let skipped = 0; skipped < index; skipped++) start = text.indexOf(CELL_SEPARATOR, start) + 1;
    const end = text.indexOf(CELL_SEPARATOR, start);
    return end < 0 ? text.slice(start) : text.slice(start, end);
  }

  /** All that a row says, place in the file aside. The text as it stands is as good as the cells made of it, and known before them. */
  get content(): string {
    if (this.source !== undefined && this.header.textStart !== undefined) return this.header.textStart + this.source;
    const content = this.header.digest + CELL_SEPARATOR + this.text;
    return this.kinds === undefined ? content : content + CELL_SEPARATOR + this.kinds;
  }
}

/** A place in a table file: everything up to and including this row was handed over. */
export interface Position {
  /** Index of the sheet among those selected; 0 for csv. */
  readonly sheet: number;
  readonly row: number;
}

export interface KnownRow {
  readonly row: number;
  readonly digest: string;
}

/** What a reader hands over at a time, in order of rows, all of one sheet. */
export interface Batch {
  readonly sheet: number;
  readonly rows: Row[];
  readonly unreadable: Unreadable[];
  /** Rows left out because the engine holds them, in order. */
  readonly known: ReadonlyArray<KnownRow>;
  readonly faults: Fault[];
  /** How much of the file is behind us. */
  readonly bytesDone: number;
}

/** How a table is found in a file, whatever its format. */
export interface LayoutOptions {
  /** `auto`, the row that holds the names, or the names of a file that has no such row. */
  readonly header: 'auto' | number | readonly string[];
  /** `reject`: a row with filled cells beyond the header, or (csv) too few cells, is set aside. `tolerate`: cut, or filled with blanks. */
  readonly ragged: 'reject' | 'tolerate';
  /** Whether a table without rows is what one expects. */
  readonly allowEmpty: boolean;
}
