/** How a run gets on, from its first start to its outcome. Every change of state is guarded by the state it leaves. */
import type { Cursor } from '../connector/contract.ts';
import type { Database, Transaction } from './database.ts';
import { NO_COUNTS, type Notice, type RunCounts, type RunOutcome } from './runs.ts';

export async function countStart(db: Database, runId: string): Promise<number> {
  const { rows } = await db.raw(`update runs set attempts = attempts + 1 where id = ? and state <> 'finished' returning attempts`, [runId]);
  return rows[0]?.attempts ?? 0;
}

/** A start that ended for no fault of the run's own (a lease lost, a worker stopped) does not count. */
export async function forgetStart(db: Database, runId: string): Promise<void> {
  await db.raw('update runs set attempts = greatest(attempts - 1, 0) where id = ?', [runId]);
}

export async function beginReading(trx: Transaction, runId: string, cursorFrom: Cursor | null, now: Date): Promise<void> {
  await trx.raw(
    `update runs set state = 'reading', started_at = coalesce(started_at, :now::timestamptz), cursor_from = :cursor, position = :cursor, staged = 0,
       counts = :counts, notices = '[]', whole_files = '[]', progress = null
     where id = :runId and state in ('queued', 'reading', 'applying')`,
    { runId, now, cursor: toJson(cursorFrom), counts: JSON.stringify(NO_COUNTS) },
  );
}

export async function recordStaged(
  trx: Transaction,
  runId: string,
  page: {
    position: Cursor;
    staged: number;
    notices: Notice[];
    wholeFiles: string[];
    progress: { done: number; total: number } | undefined;
  },
): Promise<void> {
  await trx.raw(
    `update runs set position = ?, staged = ?, notices = notices || ?::jsonb, whole_files = whole_files || ?::jsonb, progress = ?, attempts = 0 where id = ? and state = 'reading'`,
    [
      toJson(page.position),
      page.staged,
      JSON.stringify(page.notices),
      JSON.stringify(page.wholeFiles),
      page.progress ? JSON.stringify({ phase: 'reading', ...page.progress }) : null,
      runId,
    ],
  );
}

export async function beginApplying(trx: Transaction, runId: string, counts: Partial<RunCounts>, notices: Notice[]): Promise<void> {
  await trx.raw(
    `update runs set state = 'applying', counts = counts || ?::jsonb, notices = notices || ?::jsonb where id = ? and state = 'reading'`,
    [JSON.stringify(counts), JSON.stringify(notices), runId],
  );
}

/** Adds to counts and progress in one statement, so that two lanes may apply at once. */
export async function addCounts(trx: Transaction, runId: string, added: Partial<RunCounts>, done: number): Promise<void> {
  await trx.raw(
    `update runs set attempts = 0,
       counts = counts || (select jsonb_object_agg(key, coalesce((counts ->> key)::bigint, 0) + value::bigint) from jsonb_each_text(:added)),
       progress = jsonb_set(progress, '{done}', to_jsonb((progress ->> 'done')::bigint + :done::bigint))
     where id = :runId`,
    { runId, added: JSON.stringify(added), done },
  );
}

export async function finishRun(
  trx: Transaction | Database,
  runId: string,
  end: { outcome: RunOutcome; now: Date; error?: { code: string; message: string }; counts?: Partial<RunCounts>; notices?: Notice[] },
): Promise<void> {
  await trx.raw(
    `update runs set state = 'finished', outcome = ?, finished_at = ?, error = ?, counts = counts || ?::jsonb, notices = notices || ?::jsonb, progress = null
     where id = ? and state <> 'finished'`,
    [
      end.outcome,
      end.now,
      end.error ? JSON.stringify(end.error) : null,
      JSON.stringify(end.counts ?? {}),
      JSON.stringify(end.notices ?? []),
      runId,
    ],
  );
}

function toJson(value: Cursor | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Something that turned out after the run had ended. */
export async function addNotice(db: Database, runId: string, notice: Notice): Promise<void> {
  await db.raw('update runs set notices = notices || ?::jsonb where id = ?', [JSON.stringify([notice]), runId]);
}
