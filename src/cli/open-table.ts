/** Tables that people name on the command line: csv or workbook, read within limits. */
import { open } from 'node:fs/promises';
import { readTable } from '../connector/tabular/read-table.ts';
import type { Batch } from '../connector/tabular/row.ts';
import { NeedsOperatorError } from '../errors.ts';

const OPTIONS = {
  header: 'auto',
  ragged: 'reject',
  allowEmpty: false,
  encoding: 'auto',
  delimiter: 'auto',
  quote: '"',
  comment: null,
  strayQuotes: 'reject',
  hidden: 'read',
} as const;
const MB = 1024 * 1024;
const LIMITS = { maxRows: 200_000, maxLineBytes: MB, maxUnpackedBytes: 512 * MB, maxSeconds: 120, maxMemoryMb: 1024 };

export interface TableFile {
  readonly path: string;
  readonly name: string;
  /** Of a workbook; the first if not named. */
  readonly sheet?: string | undefined;
  /** What a file without rows says: an error, or nothing. */
  readonly allowEmpty?: boolean;
}

/** Throws USAGE if it cannot be opened. */
export async function* openTable({ path, name, sheet, allowEmpty = false }: TableFile, signal: AbortSignal): AsyncGenerator<Batch> {
  const handle = await open(path, 'r').catch((cause) => {
    throw unreadable(name, cause);
  });
  try {
    yield* readTable({ name, path, handle }, { ...OPTIONS, allowEmpty, sheet: [sheet ?? 1] }, LIMITS, null, signal);
  } catch (cause) {
    if (!(cause instanceof NeedsOperatorError)) throw cause;
    throw new NeedsOperatorError(cause.code, withoutSettings(cause.message), { cause, details: cause.details });
  } finally {
    await handle.close();
  }
}

export function unreadable(name: string, cause: unknown): NeedsOperatorError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : code;
  return new NeedsOperatorError('USAGE', `${name} cannot be read: ${why}`, { cause });
}

/** Readers name what a connection can set; whoever names a file on the command line has the file, and `--sheet`. */
function withoutSettings(sentence: string): string {
  return sentence
    .replace(/, or (?:set|raise) `(?:read|limits)\.[^`]+`$/, '')
    .replace('set `read.encoding` to what it is', 'save it as UTF-8')
    .replace('correct `read.sheet`', 'correct --sheet');
}

/** A sentence `reason; cure` of a reader, in its parts. */
export function splitReason(told: string): { reason: string; cure: string } {
  const sentence = withoutSettings(told);
  const at = sentence.lastIndexOf('; ');
  return at < 0 ? { reason: sentence, cure: 'correct it' } : { reason: sentence.slice(0, at), cure: sentence.slice(at + 2) };
}
