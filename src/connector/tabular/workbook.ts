/**
 * Reads workbooks in a thread that can be ended: what a file unpacks to, how long that takes and how much memory it
 * needs are the file's doing, and a hostile or broken one must not take the worker along (docs/decisions/0003).
 */
import { Worker } from 'node:worker_threads';
import { type ErrorCode, type ErrorDetails, NeedsOperatorError } from '../../errors.ts';
import { threadEntry } from '../thread-entry.ts';
import type { OpenFile } from './csv.ts';
import type { Header } from './header.ts';
import { type Batch, type Position, type PostedRow, Row } from './row.ts';
import { COMPOUND_SIGNATURE, ZIP_SIGNATURE } from './signatures.ts';
import type { WorkbookLimits, WorkbookOptions, WorkbookRequest } from './workbook-reader.ts';

export type { WorkbookLimits, WorkbookOptions } from './workbook-reader.ts';

type PostedBatch = Omit<Batch, 'rows'> & { readonly rows: readonly PostedRow[] };

export type FromWorkbook =
  | { readonly kind: 'batch'; readonly batch: PostedBatch }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly code: ErrorCode | undefined; readonly details: ErrorDetails; readonly message: string };

export function isWorkbook(firstBytes: Buffer): boolean {
  return [ZIP_SIGNATURE, COMPOUND_SIGNATURE].some((signature) => firstBytes.subarray(0, signature.length).equals(signature));
}

/** Yields what the workbook holds after `after`. Ends by a KontorError if it cannot be read to its end. */
export async function* readWorkbook(
  file: OpenFile,
  options: WorkbookOptions,
  limits: WorkbookLimits,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const { size: bytes } = await file.handle.stat();
  const request: WorkbookRequest = { path: file.path, file: file.name, bytes, options, limits, after };
  const thread = new Worker(threadEntry(import.meta.url, './workbook-thread.ts'), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: limits.maxMemoryMb },
  });
  const headers = new Map<string, Header>();
  const clock = { leftMs: limits.maxSeconds * 1000 };
  try {
    let coming = nextMessage(thread, clock, file.name, limits, signal);
    for (;;) {
      const message = await coming;
      if (message.kind === 'end') return;
      if (message.kind === 'failed') throw asError(message, file.name);
      coming = nextMessage(thread, clock, file.name, limits, signal);
      // Awaited in the next turn; should the reader of this generator leave before, nobody waits for it.
      coming.catch(() => {});
      yield shareHeaders(message.batch, headers);
    }
  } finally {
    await thread.terminate();
  }
}

/** The thread reads one batch ahead; `clock` counts the time we wait for it, not the time it waits for us. */
async function nextMessage(
  thread: Worker,
  clock: { leftMs: number },
  file: string,
  limits: WorkbookLimits,
  signal: AbortSignal,
): Promise<FromWorkbook> {
  signal.throwIfAborted();
  const startedAt = performance.now();
  let end = () => {};
  try {
    return await new Promise<FromWorkbook>((resolve, reject) => {
      const late = setTimeout(() => reject(tooSlow(file, limits.maxSeconds)), clock.leftMs);
      const abort = () => reject(signal.reason);
      const fail = (error: Error) => reject(threadError(error, file, limits.maxMemoryMb));
      const exit = () => reject(threadError(new Error('the reading thread ended'), file, limits.maxMemoryMb));
      thread.once('message', resolve).once('error', fail).once('exit', exit);
      signal.addEventListener('abort', abort, { once: true });
      end = () => {
        clearTimeout(late);
        thread.off('message', resolve).off('error', fail).off('exit', exit);
        signal.removeEventListener('abort', abort);
      };
      thread.postMessage('next');
    });
  } finally {
    end();
    clock.leftMs = Math.max(0, clock.leftMs - (performance.now() - startedAt));
  }
}

/** A message brings rows as plain objects, with a copy of the header; rows of one sheet are to share one. */
function shareHeaders(batch: PostedBatch, headers: Map<string, Header>): Batch {
  const rows = batch.rows.map((row): Row => {
    const key = `${batch.sheet} ${row.header.digest}`;
    const header = headers.get(key) ?? row.header;
    headers.set(key, header);
    return new Row({ ...row, header });
  });
  return { ...batch, rows };
}

function asError({ code, details, message }: Extract<FromWorkbook, { kind: 'failed' }>, file: string): NeedsOperatorError {
  if (code !== undefined) return new NeedsOperatorError(code, message, { details });
  return new NeedsOperatorError('SOURCE_UNREADABLE', `${file} cannot be read as a workbook (${message}); open it, and save it anew`);
}

function threadError(error: Error, file: string, maxMemoryMb: number): NeedsOperatorError {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') {
    return new NeedsOperatorError('SOURCE_UNREADABLE', `${file} cannot be read as a workbook: ${error.message}`, { cause: error });
  }
  const message = `${file} needs more than ${maxMemoryMb} MB of memory; save it as xlsx or csv, split it, or raise \`limits.maxMemoryMb\``;
  return new NeedsOperatorError('SOURCE_TOO_LARGE', message, { cause: error });
}

function tooSlow(file: string, maxSeconds: number): NeedsOperatorError {
  return new NeedsOperatorError(
    'SOURCE_TOO_LARGE',
    `${file} takes longer than ${maxSeconds} s to read; split it, or raise \`limits.maxSeconds\``,
  );
}
