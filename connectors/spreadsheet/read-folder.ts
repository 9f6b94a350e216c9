/** Reads every new or changed file of the folder, page by page; a file that cannot be read is a fault and the others go on. */
import { open, stat } from 'node:fs/promises';
import type { Cursor, Fault, Page, Session, Unreadable } from '../../src/connector/contract.ts';
import { digestFile, type FoundFile, listFiles, openFolder } from '../../src/connector/files.ts';
import { readTable } from '../../src/connector/tabular/read-table.ts';
import type { Batch, Row } from '../../src/connector/tabular/row.ts';
import { KontorError, NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import { archiveFolder } from './archive.ts';
import { cursorWriter, openCursor } from './cursor.ts';
import type { ReadOptions, SpreadsheetSettings } from './settings.ts';

/** A page holds at least so many records, and as many as its cursor names files; the engine stages several together. */
const LEAST_ROWS = 50;
/** A page is complete with this many and never holds twice as many. */
const MOST_ROWS = 2_000;
/** Files that make up less are read faster than the engine tells what it holds. */
const WORTH_ASKING_BYTES = 16 * 1024 * 1024;

interface OpenPage {
  records: Row[];
  unreadable: Unreadable[];
  known: string[];
  faults: Fault[];
  wholeFiles: string[];
}

export async function* readFolder(
  session: Session<SpreadsheetSettings>,
  options: ReadOptions,
  cursor: Cursor | null,
): AsyncGenerator<Page<Row>> {
  const root = await openFolder(session.baseFolder, session.config.folder);
  const { files, faults } = await listFiles(root, options.files, archiveFolder(session));
  const state = openCursor(cursor, options);
  const toCursor = cursorWriter(options);
  const present = new Set(files.map((file) => file.name));
  for (const name of state.done.keys()) if (!present.has(name)) state.done.delete(name);
  const pending = files.filter((file) => !isUnchanged(file, state.done.get(file.name)));
  const total = pending.reduce((sum, file) => sum + file.stats.size, 0);
  let done = 0;
  let page: OpenPage = { records: [], unreadable: [], known: [], faults, wholeFiles: [] };
  const close = (): Page<Row> => {
    const closed = { ...page, cursor: toCursor(state), progress: { done: Math.min(done, total), total } };
    page = { records: [], unreadable: [], known: [], faults: [], wholeFiles: [] };
    return closed;
  };

  // From the beginning, everything is read; in a delta, what has changed may be a few lines of a large file.
  const asksKnown = cursor === null || state.at !== undefined || total >= WORTH_ASKING_BYTES;
  const known = asksKnown ? once(session.known) : undefined;
  if (state.at && !pending.some(({ name }) => name === state.at?.name)) throw replaced(state.at.name);
  for (const file of pending) {
    const before = done;
    const knownAs = state.done.get(file.name)?.digest;
    try {
      for await (const { digest, batch } of readFile(file, session, options, state, known)) {
        done = before + batch.bytesDone;
        page.faults.push(...batch.faults);
        for (const piece of cutBatch(batch)) {
          for (const row of piece.rows) page.records.push(row);
          for (const bad of piece.unreadable) page.unreadable.push(bad);
          for (const { digest } of piece.known) page.known.push(digest);
          state.at = { name: file.name, digest, position: { sheet: batch.sheet, row: piece.lastRow } };
          if (page.records.length + page.unreadable.length + page.known.length >= wantedRows(state.done.size)) yield close();
        }
      }
      // Not one that was only touched, nor one of which a part could not be read.
      if (state.done.get(file.name)?.digest !== knownAs) page.wholeFiles.push(file.name);
    } catch (error) {
      if (session.signal.aborted || !(error instanceof KontorError) || error.code === 'SOURCE_CHANGED') throw error;
      page.faults.push(toFault(error, file.name));
    }
    state.at = undefined;
    done = before + file.stats.size;
  }
  yield close();
}

/** What a cursor costs must not exceed what is done for the records before it. */
function wantedRows(filesDone: number): number {
  return Math.min(Math.max(LEAST_ROWS, filesDone), MOST_ROWS);
}

function isUnchanged(file: FoundFile, known: { size: number; modifiedMs: number } | undefined): boolean {
  return known !== undefined && known.size === file.stats.size && known.modifiedMs === file.stats.mtimeMs;
}

/** Yields the file's batches and, if all of it could be read, marks it done. */
async function* readFile(
  file: FoundFile,
  session: Session<SpreadsheetSettings>,
  options: ReadOptions,
  state: ReturnType<typeof openCursor>,
  known: Session<SpreadsheetSettings>['known'],
): AsyncGenerator<{ digest: string; batch: Batch }> {
  const { limits, stableMs } = session.config;
  refuseGrowing(file, session.now(), stableMs);
  refuseLarge(file, limits.maxFileBytes);
  const handle = await openForReading(file);
  try {
    const digest = await digestFile(handle, session.signal);
    if (state.at?.name === file.name && state.at.digest !== digest) throw replaced(file.name);
    const resume = state.at?.name === file.name ? state.at.position : null;
    let faulty = false;
    if (state.done.get(file.name)?.digest !== digest) {
      const opened = { name: file.name, path: file.path, handle };
      for await (const batch of readTable(opened, options, limits, resume, session.signal, known)) {
        faulty ||= batch.faults.length > 0;
        yield { digest, batch };
      }
    }
    const now = await stat(file.path);
    if (now.size !== file.stats.size || now.mtimeMs !== file.stats.mtimeMs) throw notReady(file.name);
    if (!faulty) state.done.set(file.name, { size: now.size, modifiedMs: now.mtimeMs, digest });
  } finally {
    await handle.close();
  }
}

/** The time of the last change of any kind (ctime) counts: copying programs may set the time of modification back. */
function refuseGrowing(file: FoundFile, now: Date, stableMs: number): void {
  const changedMs = Math.max(file.stats.mtimeMs, file.stats.ctimeMs);
  if (stableMs > 0 && now.getTime() - changedMs < stableMs) throw notReady(file.name);
}

/** Rows of the old version were handed over already; beside those of the new one they would look like contradictions. */
function replaced(name: string): RetryLaterError {
  return new RetryLaterError('SOURCE_CHANGED', `${name} was replaced after a part of it had been read; everything is read anew`);
}

function notReady(name: string): RetryLaterError {
  return new RetryLaterError('SOURCE_NOT_READY', `${name} is still being written; the next pull reads it`);
}

function refuseLarge(file: FoundFile, maxFileBytes: number): void {
  if (file.stats.size <= maxFileBytes) return;
  const message = `${file.name} has ${file.stats.size} bytes, more than ${maxFileBytes}; split it, or raise \`limits.maxFileBytes\``;
  throw new NeedsOperatorError('SOURCE_TOO_LARGE', message);
}

async function openForReading(file: FoundFile) {
  try {
    return await open(file.path, 'r');
  } catch (error) {
    const message = `${file.name} cannot be opened: ${(error as Error).message}; give the worker's user the right to read it`;
    throw new NeedsOperatorError('SOURCE_UNREADABLE', message, { cause: error });
  }
}

/** Asks no sooner than the first file needs the answer, and once for all of them. */
function once<Answer>(ask: (() => Promise<Answer>) | undefined): (() => Promise<Answer>) | undefined {
  let asked: Promise<Answer> | undefined;
  return ask && (() => (asked ??= ask()));
}

type Piece = Pick<Batch, 'rows' | 'unreadable' | 'known'> & { readonly lastRow: number };

/** Cuts a batch where a page may end: everything up to `lastRow` lies in this piece or before. */
function* cutBatch(batch: Batch): Generator<Piece> {
  let bad = 0;
  let known = 0;
  for (let start = 0; start < batch.rows.length || bad < batch.unreadable.length || known < batch.known.length; start += MOST_ROWS) {
    const rows = batch.rows.length <= MOST_ROWS ? batch.rows : batch.rows.slice(start, start + MOST_ROWS);
    const isLast = start + MOST_ROWS >= batch.rows.length;
    const lastBad = batch.unreadable.at(-1)?.origin.row ?? 0;
    const lastRow = Math.max(rows.at(-1)?.row ?? 0, ...(isLast ? [lastBad, batch.known.at(-1)?.row ?? 0] : []));
    const [fromBad, fromKnown] = [bad, known];
    while (bad < batch.unreadable.length && (batch.unreadable[bad]?.origin.row ?? 0) <= lastRow) bad++;
    while (known < batch.known.length && (batch.known[known]?.row ?? 0) <= lastRow) known++;
    yield { rows, unreadable: batch.unreadable.slice(fromBad, bad), known: batch.known.slice(fromKnown, known), lastRow };
  }
}

function toFault(error: KontorError, file: string): Fault {
  const { row, sheet } = error.details;
  const origin = { file, ...(typeof sheet === 'string' ? { sheet } : {}), ...(typeof row === 'number' ? { row } : {}) };
  return { code: error.code as Fault['code'], origin, message: error.message };
}
