/**
 * Reads csv files of any size in flat memory. csv-parse is fed chunk by chunk and hands its records over directly:
 * its stream interface would spend as much time on bookkeeping as we do on everything else (docs/performance.md).
 */
import type { FileHandle } from 'node:fs/promises';
import { KontorError, NeedsOperatorError } from '../../errors.ts';
import type { KnownContents } from '../session.ts';
import { detectDelimiter } from './delimiter.ts';
import { detectEncoding, type Encoding, refuseBinary, UndecodableError, Utf8Converter } from './encoding.ts';
import { KnownLines } from './known-lines.ts';
import { RecordReader } from './record-reader.ts';
import type { Batch, LayoutOptions, Position } from './row.ts';
import { TableLayout } from './table-layout.ts';

export interface CsvOptions extends LayoutOptions {
  readonly encoding: Encoding | 'auto';
  /** One character, or `auto`. */
  readonly delimiter: string;
  /** `null`: quotes have no meaning. */
  readonly quote: string | null;
  /** Lines that begin with this are skipped; they count as rows. */
  readonly comment: string | null;
  /** What becomes of a row with a quote where none belongs: set aside, or kept with the quote as a character. */
  readonly strayQuotes: 'reject' | 'keep';
}

export interface CsvLimits {
  readonly maxRows: number;
  readonly maxLineBytes: number;
}

export interface OpenFile {
  /** Shown in messages; relative to the folder. */
  readonly name: string;
  readonly path: string;
  readonly handle: FileHandle;
}

/** Read at once: large enough that calls do not matter. */
const CHUNK_BYTES = 256 * 1024;
/** Handed over at once: so little that its records die young (measured, with all that is made of them: a fifth less time than with 256 KB). */
const PIECE_BYTES = 16 * 1024;
/** What encoding and delimiter are detected from. */
const HEAD_BYTES = 64 * 1024;

/** Yields what the file holds after `after`. Ends by a KontorError if the file cannot be read to its end; what stood before was yielded. */
export async function* readCsv(
  file: OpenFile,
  options: CsvOptions,
  limits: CsvLimits,
  after: Position | null,
  signal: AbortSignal,
  known?: KnownContents | null,
): AsyncGenerator<Batch> {
  const layout = new TableLayout(options, { file: file.name, shortIsBroken: true, after: after?.row ?? 0 });
  let reader: RecordReader | undefined;
  let lines: KnownLines | undefined;
  let converter: Utf8Converter | undefined;
  let bytesDone = 0;
  const batch = (): Batch => ({ sheet: 0, ...layout.take(), faults: [], bytesDone });

  try {
    for await (const chunk of chunks(file, signal)) {
      bytesDone += chunk.length;
      let bytes = chunk;
      if (converter === undefined) {
        const rawHead = chunk.subarray(0, HEAD_BYTES);
        const { encoding, bomBytes } = detectEncoding(rawHead, options.encoding);
        if (!encoding.startsWith('utf-16')) refuseBinary(rawHead, file.name);
        converter = new Utf8Converter(encoding, options.encoding !== 'auto', bomBytes);
        bytes = chunk.subarray(bomBytes);
      }
      const utf8: Buffer = converter.convert(bytes);
      if (reader === undefined) {
        const head = utf8.subarray(0, HEAD_BYTES);
        reader = openRecords(layout, options, limits, head, chunk.length < CHUNK_BYTES);
        if (known && reader.keepsSource) lines = new KnownLines(reader, layout, known, limits.maxLineBytes);
      }
      for (let from = 0; from < utf8.length; from += PIECE_BYTES) {
        const piece = utf8.subarray(from, from + PIECE_BYTES);
        if (piece.includes(0)) throw nulByte(file.name, reader.row + 1);
        await (lines ?? reader).feed(piece);
        refuseLong(layout.found, limits.maxRows, file.name);
        yield batch();
      }
    }
    if (reader && converter) {
      await reader.feed(withRest(lines, converter.end()));
      await reader.finish();
    }
    layout.end();
    refuseLong(layout.found, limits.maxRows, file.name);
    yield batch();
  } catch (error) {
    if (signal.aborted || error instanceof KontorError) {
      yield batch();
      throw error;
    }
    if (error instanceof UndecodableError) await reader?.feedLast(withRest(lines, error.usable));
    yield batch();
    throw explain(
      error,
      file.name,
      reader?.row ?? 0,
      `${converter?.encoding} (${options.encoding === 'auto' ? 'detected' : 'declared'})`,
      limits,
    );
  }
}

/** Two buffers by turns, because csv-parse keeps a view of the end of one until it gets the next. */
async function* chunks(file: OpenFile, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const;
  let position = 0;
  for (let turn = 0; ; turn++) {
    signal.throwIfAborted();
    const buffer = turn % 2 === 0 ? buffers[0] : buffers[1];
    const { bytesRead } = await file.handle.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function withRest(lines: KnownLines | undefined, bytes: Buffer): Buffer {
  const rest = lines?.takeRest();
  return rest && rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
}

/** Exported for tests, which feed it chunks of their own. */
export function openRecords(layout: TableLayout, options: CsvOptions, limits: CsvLimits, head: Buffer, wholeFile: boolean): RecordReader {
  const { quote, comment, strayQuotes } = options;
  const delimiter = options.delimiter === 'auto' ? detectDelimiter(head.toString('utf8'), quote, wholeFile) : options.delimiter;
  const ends = lineEnds(head);
  const keepsSource = comment === null && ends.includes('\n') && isPlain(delimiter) && (quote === null || isPlain(quote));
  if (keepsSource) layout.useDialect(JSON.stringify([delimiter, quote, strayQuotes]));
  const parserOptions = {
    delimiter,
    quote,
    escape: quote,
    record_delimiter: ends,
    relax_column_count: true,
    relax_quotes: strayQuotes === 'keep',
    skip_records_with_error: true,
    max_record_size: limits.maxLineBytes,
    comment,
    comment_no_infix: true,
  };
  return new RecordReader(layout, parserOptions, keepsSource);
}

/** One byte, and no part of a line end. */
function isPlain(character: string): boolean {
  return /^[\t\x20-\x7e]$/.test(character);
}

/** Named, because csv-parse's own discovery settles on the first it meets, and files do mix them. Every further one costs time. */
function lineEnds(head: Buffer): string[] {
  return head.includes('\r') && !head.includes('\n') ? ['\r'] : ['\r\n', '\n'];
}

function explain(error: unknown, file: string, lastRow: number, encoding: string, limits: CsvLimits): NeedsOperatorError {
  const lines = error instanceof UndecodableError && lastRow === 0 ? error.usable.toString().split('\n').length - 1 : 0;
  const row = lastRow + lines + 1;
  const options = { cause: error, details: { file, row } };
  if (error instanceof UndecodableError) {
    return new NeedsOperatorError(
      'SOURCE_UNREADABLE',
      `${file}, row ${row}, byte ${error.offset}: ${error.message}; the file was read as ${encoding}, set \`read.encoding\` to what it is`,
      options,
    );
  }
  switch ((error as { code?: unknown }).code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new NeedsOperatorError(
        'SOURCE_TOO_LARGE',
        `${file}, row ${row} is longer than ${limits.maxLineBytes} bytes; close the quote that may stand open there, or raise \`limits.maxLineBytes\``,
        options,
      );
    case 'CSV_QUOTE_NOT_CLOSED':
      return new NeedsOperatorError('SOURCE_UNREADABLE', `${file}: the quote opened in row ${row} is never closed; close it`, options);
    default:
      return new NeedsOperatorError('SOURCE_UNREADABLE', `${file} could not be read at row ${row}: ${(error as Error).message}`, options);
  }
}

function nulByte(file: string, row: number): NeedsOperatorError {
  const message = `${file}, row ${row}: a zero byte, so this is not a text file; save it as csv or as a workbook`;
  return new NeedsOperatorError('SOURCE_UNREADABLE', message, { details: { file, row } });
}

function refuseLong(rows: number, maxRows: number, file: string): void {
  if (rows <= maxRows) return;
  throw new NeedsOperatorError('SOURCE_TOO_LARGE', `${file} has more than ${maxRows} rows; split it, or raise \`limits.maxRows\``);
}
