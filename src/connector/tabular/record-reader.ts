/** csv-parse without its stream: bytes in, rows into a layout, counted. */
import { type CsvError, Parser } from 'csv-parse';
import type { TableLayout } from './table-layout.ts';

type ParserOptions = ConstructorParameters<typeof Parser>[0];

/** These leave nothing to go on with. */
const FATAL: ReadonlySet<string> = new Set(['CSV_MAX_RECORD_SIZE', 'CSV_QUOTE_NOT_CLOSED']);

export class RecordReader extends Parser {
  /** csv-parse fills this array while it reads a record, a broken one too, and takes a new one for the next. */
  declare readonly state: { readonly record: string[]; quoting: boolean };
  readonly #layout: TableLayout;
  #records = 0;
  #broken: { readonly cells: string[]; readonly row: number; readonly reason: string } | undefined;
  #failure: unknown;

  constructor(layout: TableLayout, options: ParserOptions) {
    super(options);
    this.#layout = layout;
    this.on('skip', (error: CsvError) => this.#onBroken(error));
    // The same error reaches the callback of `write`.
    this.on('error', () => {});
  }

  /** The last row handed over. */
  get row(): number {
    return this.#records + this.info.comment_lines;
  }

  /** csv-parse hands a record over here, in the middle of `write`. */
  override push(record: string[] | null): boolean {
    if (this.#broken) this.#settleBroken();
    if (record === null || this.#failure !== undefined) return true;
    this.#records++;
    try {
      this.#layout.add(record, this.#records + this.info.comment_lines);
    } catch (error) {
      // Thrown from inside csv-parse's last flush it would reach nobody.
      this.#failure = error;
    }
    return true;
  }

  async feed(chunk: Buffer): Promise<void> {
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
