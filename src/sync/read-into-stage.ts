/** The first half of a pull: read, and keep on the stage what is new, different or bad. Nothing is applied here. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from '../store/database.ts';
import { assertHeld, type Lease } from '../store/leases.ts';
import { noteGone } from '../store/note-gone.ts';
import { recordStaged } from '../store/run-progress.ts';
import type { Notice, Run } from '../store/runs.ts';
import { copyRows, prepareStaging, stageKeys, stageKnown, stageTables } from '../store/stage.ts';
import type { PullContext } from './pull-context.ts';
import type { ReadBatch } from './reading.ts';
import { BAD_COLUMNS, DRAFT_COLUMNS } from './stage-rows.ts';

/** Pages of one transaction: enough that its fixed cost vanishes. */
const PAGES_AT_ONCE = 8;
/** A slow source must not keep a transaction open, which keeps the lease from being renewed. */
const PATIENCE_MS = 500;

/**
 * Stages page after page; some pages, and the cursor after them, are one transaction. A run that is killed goes on after
 * the last of them. Ends when the reader has reached its end.
 */
export async function readIntoStage(
  context: PullContext,
  run: Run,
  lease: Lease,
  open: (signal: AbortSignal) => AsyncGenerator<ReadBatch>,
): Promise<void> {
  const ended = new AbortController();
  const pages = new Ahead(open(AbortSignal.any([context.signal, lease.signal, ended.signal])));
  try {
    for (let first = await pages.next(); first; first = await pages.next()) {
      lease.signal.throwIfAborted();
      context.signal.throwIfAborted();
      const page = first;
      await context.db.transaction(async (trx) => {
        await assertHeld(trx, lease);
        await stagePages(trx, run, page, pages);
      });
    }
  } finally {
    // A page may have been asked for that will never be wanted; the reader must not wait for its turn for ever.
    ended.abort();
  }
}

/** While PostgreSQL keeps one page, the reader already maps the next. */
async function stagePages(trx: Transaction, run: Run, first: ReadBatch, pages: Ahead): Promise<void> {
  await prepareStaging(trx);
  const notices: Notice[] = [];
  const wholeFiles: string[] = [];
  const gone: string[] = [];
  let keepRendered: (() => Promise<void>) | null = null;
  let last = first;
  for (let page: ReadBatch | null = first, count = 1; page; page = count++ < PAGES_AT_ONCE ? await pages.nextWithin(PATIENCE_MS) : null) {
    const { prepared } = page;
    const differing = page.rendered || prepared.keyed === 0 ? [] : await stageKeys(trx, run.id, run.sourceId, prepared);
    if (prepared.known.count > 0) await stageKnown(trx, run.id, prepared.known);
    const keepEarlier: (() => Promise<void>) | null = keepRendered;
    const rendered = page.rendered ? Promise.resolve(page.rendered) : page.render(differing);
    // Its failure is met where it is awaited; until then it must not end the process.
    rendered.catch(() => undefined);
    keepRendered = async () => {
      const rows = await rendered;
      await keep(trx, run, rows);
      page.giveBack?.(rows);
    };
    await keepEarlier?.();
    notices.push(...prepared.faults.map(({ code, message, origin }): Notice => ({ code, message, origin })));
    wholeFiles.push(...prepared.wholeFiles);
    gone.push(...prepared.gone);
    last = page;
  }
  await keepRendered?.();
  const { cursor, firstSeq, size, progress } = last.prepared;
  await recordStaged(trx, run.id, { position: cursor, staged: firstSeq + size, notices, wholeFiles, progress });
  await noteGone(trx, run.id, gone);
}

async function keep(trx: Transaction, run: Run, { drafts, bad }: { drafts: Uint8Array; bad: Uint8Array }): Promise<void> {
  const stage = stageTables(run.id);
  await copyRows(trx, `${stage.drafts} (${DRAFT_COLUMNS})`, drafts);
  await copyRows(trx, `${stage.bad} (${BAD_COLUMNS})`, bad);
}

/** Asks for the next page before it is needed, and can give up waiting without losing it. */
class Ahead {
  readonly #batches: AsyncGenerator<ReadBatch>;
  #asked: Promise<IteratorResult<ReadBatch, unknown>> | null = null;

  constructor(batches: AsyncGenerator<ReadBatch>) {
    this.#batches = batches;
  }

  async next(): Promise<ReadBatch | null> {
    const { done, value } = await this.#ask();
    this.#asked = null;
    return done ? null : (value as ReadBatch);
  }

  /** `null` when there is none, or none yet. */
  async nextWithin(patienceMs: number): Promise<ReadBatch | null> {
    const enough = new AbortController();
    const late = sleep(patienceMs, null, { signal: enough.signal }).catch(() => null);
    const result = await Promise.race([this.#ask(), late]);
    enough.abort();
    return result === null || result.done ? null : this.next();
  }

  #ask(): Promise<IteratorResult<ReadBatch, unknown>> {
    this.#asked ??= this.#batches.next();
    this.#asked.catch(() => undefined);
    return this.#asked;
  }
}
