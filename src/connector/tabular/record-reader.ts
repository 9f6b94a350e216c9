/** csv-parse without its stream: bytes in, rows into a layout, counted. */
import { type CsvError, Parser } from 'csv-parse';
import { FedText } from './fed-text.ts';
import type { TableLayout } from './table-layout.ts';

type ParserOptions = ConstructorParameters<typeof Parser>[0];

/** These leave nothing to go on with. */
const FATAL: ReadonlySet<string> = new Set(['CSV_MAX_RECORD_SIZE', 'CSV_QUOTE_NOT_CLOSED']);

/** csv-parse decides about a byte when it sees these many after it, and keeps them for its next call. */
export const LOOK_AHEAD_BYTES = 3;

/** Of csv-parse's state what we use; `feedLines` notices where another version of it works in another way. */
interface State {
  /** Filled while a record is read, a broken one too; each record has its own. */
  readonly record: string[];
  readonly field: { readonly length: number };
  quoting: boolean;
  readonly wasQuoting: boolean;
  readonly bufBytesStart: number;
  previousBuf: Buffer | undefined;
}

export class RecordReader extends Parser {
  declare readonly state: State;
  readonly #layout: TableLayout;
  /** `undefined`: records are told by their cells. */
  readonly #fed: FedText | undefined;
  /** Offset behind the last record. */
  #end = 0;
  #records = 0;
  #broken: { readonly cells: string[]; readonly row: number; readonly reason: string } | undefined;
  #failure: unknown;

  /** `keepsSource`: records are handed over with their text as it stands; for files whose lines end in `\n` or `\r\n` and hold no comments. */
  constructor(layout: TableLayout, options: ParserOptions, keepsSource: boolean) {
    super(options);
    this.#layout = layout;
    this.#fed = keepsSource ? new FedText() : undefined;
    this.on('skip', (error: CsvError) => this.#onBroken(error));
    // The same error reaches the callback of `write`.
    this.on('error', () => {});
  }

  get keepsSource(): boolean {
    return this.#fed !== undefined;
  }

  /** The last row handed over. */
  get row(): number {
    return this.#records + this.info.comment_lines;
  }

  /** csv-parse hands a record over here, in the middle of `write`. */
  override push(record: string[] | null): boolean {
    const followsBroken = this.#broken !== undefined;
    if (followsBroken) this.#settleBroken();
    if (record === null || this.#failure !== undefined) return true;
    this.#records++;
    try {
      this.#layout.add(record, this.#records + this.info.comment_lines, undefined, this.#sourceOf(record, followsBroken));
    } catch (error) {
      // Thrown from inside csv-parse's last flush it would reach nobody.
      this.#failure = error;
    }
    return true;
  }

  /** The text of the record just read. Nobody tells where a broken record ended; what follows it is found by counting its lines. */
  #sourceOf(record: readonly string[], followsBroken: boolean): string | undefined {
    const start = this.#end;
    this.#end = this.info.bytes;
    if (!followsBroken) return this.#fed?.between(start, this.#end);
    const lines = record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 1);
    return this.#fed?.lastLines(lines, start, this.#end);
  }

  /** Counts a record that is known, and need not be parsed, as read. Only between records. */
  skip(digest: string): void {
    if (this.#broken) this.#settleBroken();
    this.#end = this.state.bufBytesStart;
    this.#records++;
    this.#layout.addKnown(this.row, digest);
  }

  /**
   * Feeds whole lines and has all of them parsed at once: csv-parse gets what follows as well, to look ahead, and gives it
   * back. False if it did not, because it works in another way than we know; it has then taken LOOK_AHEAD_BYTES more.
   */
  feedLines(bytes: Buffer, from: number, to: number): boolean {
    this.#see(bytes, from);
    this._transform(bytes.subarray(from, to + LOOK_AHEAD_BYTES), 'utf8', (error) => {
      if (error) throw error;
    });
    if (this.#failure !== undefined) throw this.#failure;
    if (this.state.previousBuf?.length !== LOOK_AHEAD_BYTES) return false;
    this.state.previousBuf = undefined;
    return true;
  }

  /** After `feedLines`: the next byte begins a record. */
  get isBetweenRecords(): boolean {
    const { quoting, wasQuoting, record, field } = this.state;
    return !quoting && !wasQuoting && record.length === 0 && field.length === 0;
  }

  #see(bytes: Buffer, from: number): void {
    this.#fed?.feed(bytes, from, this.state.bufBytesStart + (this.state.previousBuf?.length ?? 0), this.#end);
  }

  async feed(chunk: Buffer): Promise<void> {
    this.#see(chunk, 0);
    await new Promise<void>((resolve, reject) => {
      this.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The rest of what can be read of a file that cannot be read to its end. The blanks push it out of csv-parse's look-ahead. */
  async feedLast(chunk: Buffer): Promise<void> {
    await this.feed(Buffer.concat([chunk, Buffer.alloc(16, ' ')])).catch(() => {});
  }

  async finish(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.once('error', reject);
      this.end(resolve);
    });
    if (this.#broken) this.#settleBroken();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #onBroken(error: CsvError): void {
    if (FATAL.has(error.code)) throw error;
    const cells = this.state.record;
    // The quote is taken for the end it was meant to be; left open, it would swallow the rows that follow.
    this.state.quoting = false;
    if (this.#broken?.cells === cells) return;
    if (this.#broken) this.#settleBroken();
    const where = `cell ${cells.length + 1}`;
    const reason =
      error.code === 'CSV_INVALID_CLOSING_QUOTE'
        ? `${where} has text after its closing quote; double the quotes inside it, or set \`read.strayQuotes: keep\``
        : `${where} has a quote in its middle; put the cell in quotes and double it, or set \`read.strayQuotes: keep\``;
    this.#broken = { cells, row: this.row + 1, reason };
  }

  #settleBroken(): void {
    const broken = this.#broken;
    this.#broken = undefined;
    if (!broken) return;
    this.#records++;
    this.#layout.addBroken(broken.cells, broken.row, broken.reason);
  }
}
