/** Reads a table file, whatever its format: a file is what its first bytes say, not what it is called. */
import type { KnownContents } from '../session.ts';
import { type CsvLimits, type CsvOptions, type OpenFile, readCsv } from './csv.ts';
import type { Batch, Position } from './row.ts';
import { isWorkbook, readWorkbook, type WorkbookLimits, type WorkbookOptions } from './workbook.ts';

export type TableOptions = CsvOptions & WorkbookOptions;
export type TableLimits = CsvLimits & WorkbookLimits;

const SIGNATURE_BYTES = 8;

export async function* readTable(
  file: OpenFile,
  options: TableOptions,
  limits: TableLimits,
  after: Position | null,
  signal: AbortSignal,
  known?: () => Promise<KnownContents | null>,
): AsyncGenerator<Batch> {
  const { buffer, bytesRead } = await file.handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
  if (isWorkbook(buffer.subarray(0, bytesRead))) yield* readWorkbook(file, options, limits, after, signal);
  else yield* readCsv(file, options, limits, after, signal, await known?.());
}
