/** The header of a table: which row it is, and what its columns are called. */
import { createHash } from 'node:crypto';

/** Shared by all rows below it; free of functions, so that it may cross threads. */
export interface Header {
  readonly file: string;
  readonly sheet?: string;
  readonly names: readonly string[];
  /** Stands for `names` in a record's content: rows below a renamed column are changed rows. */
  readonly digest: string;
  /** csv only: what the content of a record begins with that is told by its text as it stands. */
  readonly textStart?: string;
}

/** Rows looked at when the header's place is not declared. */
export const HEADER_SEARCH_ROWS = 50;

export function makeHeader(file: string, sheet: string | undefined, titles: readonly string[]): Header {
  const names = nameColumns(titles);
  const digest = createHash('sha256').update(names.join('\0')).digest('base64').slice(0, 22);
  return sheet === undefined ? { file, names, digest } : { file, sheet, names, digest };
}

/** Blanks around and line breaks inside a title carry no meaning. */
export function cleanTitle(title: string): string {
  return title.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Unique names: blanks become `Column D`, a repeated name gets ` (2)`, ` (3)`. */
function nameColumns(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title, index) => {
    const name = cleanTitle(title) || `Column ${columnLetters(index)}`;
    let unique = name;
    for (let copy = 2; taken.has(unique); copy++) unique = `${name} (${copy})`;
    taken.add(unique);
    return unique;
  });
}

/** 0 -> A, 25 -> Z, 26 -> AA. */
function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter;
}

/**
 * Index of the row that looks like a header: the first one that holds words in more than half as many cells as the
 * fullest row fills. Titles and export notes above a table fill few cells; rows of data come later. -1 if there is none.
 */
export function findHeader(rows: ReadonlyArray<readonly string[]>): number {
  const fullest = Math.max(0, ...rows.map((cells) => cells.filter((cell) => cell.trim() !== '').length));
  return rows.findIndex((cells) => cells.filter(isWordy).length * 2 > fullest);
}

function isWordy(cell: string): boolean {
  return /\p{L}/u.test(cell);
}

/** Without the blank cells at its end. */
export function trimEnd(cells: readonly string[]): readonly string[] {
  let length = cells.length;
  while (length > 0 && (cells[length - 1] ?? '').trim() === '') length--;
  return length === cells.length ? cells : cells.slice(0, length);
}
