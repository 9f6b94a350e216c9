/**
 * Spares csv-parse the lines of records the engine holds. A record is told by its text as it stands (`Row.content`), so a
 * line that begins where a record begins, and is the whole text of a record we hold, is that record: it is counted and not
 * parsed. Everything else is fed line by line, so that csv-parse can be asked whether the next byte begins a record.
 */
import type { KnownContents } from '../session.ts';
import { LONGEST_SOURCE_BYTES, textEnd } from './fed-text.ts';
import { LOOK_AHEAD_BYTES, type RecordReader } from './record-reader.ts';
import type { TableLayout } from './table-layout.ts';

/** Lines in a row that are not known, after which the rest of a chunk is parsed in one go: asking costs, and changes come together. */
const PATIENCE_LINES = 32;
/** Bytes without a line end that are kept waiting for one. */
const LONGEST_WAIT_BYTES = 64 * 1024;

const NL = 10;

export class KnownLines {
  readonly #reader: RecordReader;
  readonly #layout: TableLayout;
  readonly #known: KnownContents;
  readonly #longestBytes: number;
  #find: ReturnType<KnownContents> | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #betweenRecords = true;
  #isOff = false;

  /** `maxLineBytes`: a longer record is for csv-parse to refuse. */
  constructor(reader: RecordReader, layout: TableLayout, known: KnownContents, maxLineBytes: number) {
    this.#reader = reader;
    this.#layout = layout;
    this.#known = known;
    this.#longestBytes = Math.min(LONGEST_SOURCE_BYTES, maxLineBytes);
  }

  /** What was given and not fed yet: less than a line, and what csv-parse would have looked ahead at. Whoever takes it feeds it. */
  takeRest(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }

  /** The chunk must stay as it is until the call after the next. */
  async feed(chunk: Buffer): Promise<void> {
    const rest = this.takeRest();
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const fed = this.#isOff ? 0 : this.#feedLines(bytes);
    if (this.#isOff || bytes.length - fed > LONGEST_WAIT_BYTES) {
      this.#betweenRecords = false;
      await this.#reader.feed(fed === 0 ? bytes : bytes.subarray(fed));
    } else this.#rest = bytes.subarray(fed);
  }

  /** Answers how far it came: all lines that are followed by enough to look ahead at. */
  #feedLines(bytes: Buffer): number {
    const last = bytes.length > LOOK_AHEAD_BYTES ? bytes.lastIndexOf(NL, bytes.length - 1 - LOOK_AHEAD_BYTES) : -1;
    let at = 0;
    for (let misses = 0; at <= last; ) {
      const end = bytes.indexOf(NL, at) + 1;
      const digest = misses < PATIENCE_LINES && this.#betweenRecords ? this.#digestOf(bytes, at, end) : undefined;
      if (digest !== undefined) {
        this.#reader.skip(digest);
        at = end;
        misses = 0;
        continue;
      }
      if (this.#find) misses++;
      const to = misses < PATIENCE_LINES ? end : last + 1;
      if (!this.#reader.feedLines(bytes, at, to)) {
        this.#isOff = true;
        return to + LOOK_AHEAD_BYTES;
      }
      this.#betweenRecords = this.#reader.isBetweenRecords;
      at = to;
    }
    return at;
  }

  #digestOf(bytes: Buffer, at: number, end: number): string | undefined {
    const start = this.#layout.header?.textStart;
    if (start === undefined) return undefined;
    this.#find ??= this.#known(start);
    return end - at > this.#longestBytes ? undefined : this.#find(bytes, at, textEnd(bytes, at, end));
  }
}
