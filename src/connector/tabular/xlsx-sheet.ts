/** Streams the rows of one xlsx sheet. */
import type { Sheet, SheetRow } from './book.ts';
import { KIND } from './cell.ts';
import { HEADER_SEARCH_ROWS } from './header.ts';
import type { Merge } from './merged-header.ts';
import { NumberReader } from './number-format.ts';
import { isTrue, parseChunks, unescapeText, type XlsxParts } from './xlsx-parts.ts';
import type { ZipArchive } from './zip-archive.ts';

/** The widest sheet there is (column XFD). */
const MAX_COLUMNS = 16_384;

export function xlsxSheet(zip: ZipArchive, parts: XlsxParts, { name, part }: { name: string; part: string }): Sheet {
  return {
    name,
    merges: () => readMerges(zip, part),
    rows: () => readRows(zip, part, parts),
  };
}

/** Merges are written after the rows they concern: one quick look over the whole part, without taking it apart. */
async function readMerges(zip: ZipArchive, part: string): Promise<Merge[]> {
  const merges: Merge[] = [];
  let rest = '';
  for await (const chunk of zip.stream(part)) {
    const text = rest + chunk.toString('latin1');
    for (const [, left = '', top, right = '', bottom] of text.matchAll(/mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/g)) {
      const merge = { top: Number(top), left: columnIndex(left), bottom: Number(bottom), right: columnIndex(right) };
      if (merge.top <= 2 * HEADER_SEARCH_ROWS) merges.push(merge);
    }
    // A reference may lie across the border of two chunks, and none is longer than this.
    const tail = text.lastIndexOf('<');
    rest = tail >= 0 && text.length - tail < 100 ? text.slice(tail) : '';
  }
  return merges;
}

async function* readRows(zip: ZipArchive, part: string, parts: XlsxParts): AsyncGenerator<{ rows: SheetRow[]; share: number }> {
  const builder = new RowBuilder(parts);
  const total = zip.bytesOf(part);
  for await (const bytes of parseChunks(zip, part, builder)) yield { rows: builder.take(), share: total === 0 ? 1 : bytes / total };
}

/** Puts rows together from the tags of a sheet. */
class RowBuilder {
  readonly #texts: readonly string[];
  readonly #formats: readonly string[];
  readonly #numbers: NumberReader;
  #rows: SheetRow[] = [];
  #row = 0;
  #hidden = false;
  #cells: string[] = [];
  #kinds = '';
  #column = 0;
  #type = 'n';
  #style = 0;
  #formula = false;
  #value = '';
  #collecting = false;
  #phonetic = false;

  constructor(parts: XlsxParts) {
    this.#texts = parts.texts;
    this.#formats = parts.formats;
    this.#numbers = new NumberReader(parts.date1904);
  }

  take(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open = (name: string, attributes: Record<string, string>): void => {
    if (name === 'c') this.#openCell(attributes);
    else if (name === 'v' || name === 't') this.#collecting = !this.#phonetic;
    else if (name === 'f') this.#formula = true;
    else if (name === 'rPh') this.#phonetic = true;
    else if (name === 'row') {
      this.#row = attributes.r === undefined ? this.#row + 1 : Number(attributes.r);
      this.#hidden = isTrue(attributes.hidden);
      this.#cells = [];
      this.#kinds = '';
      this.#column = -1;
    }
  };

  text = (text: string): void => {
    if (this.#collecting) this.#value += text;
  };

  close = (name: string): void => {
    if (name === 'c') this.#closeCell();
    else if (name === 'v' || name === 't') this.#collecting = false;
    else if (name === 'rPh') this.#phonetic = false;
    else if (name === 'row') this.#rows.push({ row: this.#row, cells: this.#cells, kinds: this.#kinds, hidden: this.#hidden });
  };

  #openCell({ r, t = 'n', s }: Record<string, string>): void {
    this.#column = r === undefined ? this.#column + 1 : columnIndex(r);
    if (this.#column >= MAX_COLUMNS) throw new Error(`row ${this.#row} has a cell beyond column XFD`);
    this.#type = t;
    this.#style = s === undefined ? 0 : Number(s);
    this.#formula = false;
    this.#value = '';
  }

  #closeCell(): void {
    const { kind, text } = this.#cell();
    while (this.#cells.length < this.#column) {
      this.#cells.push('');
      this.#kinds += KIND.text;
    }
    // A column named twice would be a forged file; the first one stands.
    if (this.#cells.length > this.#column) return;
    this.#cells.push(text);
    this.#kinds += kind;
  }

  #cell(): { kind: string; text: string } {
    const value = this.#value;
    if (this.#type === 's') return { kind: KIND.text, text: this.#texts[Number(value)] ?? '' };
    if (this.#type === 'inlineStr' || this.#type === 'str') return { kind: KIND.text, text: unescapeText(value) };
    if (value === '') return this.#formula ? { kind: KIND.error, text: 'formula without a stored result' } : { kind: KIND.text, text: '' };
    if (this.#type === 'b') return { kind: KIND.boolean, text: value === '1' ? 'TRUE' : 'FALSE' };
    if (this.#type === 'e') return { kind: KIND.error, text: value };
    if (this.#type === 'd') return { kind: KIND.date, text: value.replace(/T00:00:00(\.0+)?Z?$/, '').replace(/(\.\d+)?Z$/, '') };
    const number = Number(value);
    if (!Number.isFinite(number)) return { kind: KIND.error, text: value };
    return this.#numbers.read(number, this.#formats[this.#style] ?? 'General');
  }
}

/** `C5` -> 2. */
function columnIndex(reference: string): number {
  let index = 0;
  for (let at = 0; at < reference.length; at++) {
    const letter = reference.charCodeAt(at);
    if (letter < 65 || letter > 90) break;
    index = index * 26 + letter - 64;
  }
  return index - 1;
}
