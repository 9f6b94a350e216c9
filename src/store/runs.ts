/** Runs: one execution of a pull, as it is asked for and looked at; run-progress.ts carries it on. */
import type { Cursor, Fault, Origin } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import type { Database, Transaction } from './database.ts';
import { ensureSource } from './sources.ts';

export type RunMode = 'delta' | 'full' | 'replay';
export type RunOutcome = 'complete' | 'partial' | 'held' | 'failed';

export interface RunCounts {
  read: number;
  created: number;
  changed: number;
  unchanged: number;
  /** Records set aside by this run. */
  quarantined: number;
  /** Quarantined records that this run brought in good order. */
  healed: number;
  /** Repeats of a key with the same values. */
  repeated: number;
}

export const NO_COUNTS: RunCounts = { read: 0, created: 0, changed: 0, unchanged: 0, quarantined: 0, healed: 0, repeated: 0 };

/** Something a person should know about a run that did not stop it. */
export interface Notice {
  code: Fault['code'] | 'REPEATED_RECORDS' | 'UNRESOLVED_REFERENCES' | 'QUARANTINE_CUT' | 'GONE_AT_SOURCE' | 'NOT_SETTLED';
  message: string;
  origin?: Origin;
  /** Of what it tells, where later pages may add to it. */
  count?: number;
  examples?: string[];
}

export interface Run {
  id: string;
  sourceId: number;
  connection: string;
  entity: EntityName;
  mode: RunMode;
  state: 'queued' | 'reading' | 'applying' | 'finished';
  outcome: RunOutcome | null;
  trigger: string;
  reason: string | null;
  /** Quarantine ids of a replay. */
  selection: string[] | null;
  requestedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  cursorFrom: Cursor | null;
  /** Cursor after the last staged page. */
  position: Cursor | null;
  /** Records staged so far. */
  staged: number;
  counts: RunCounts;
  notices: Notice[];
  error: { code: string; message: string } | null;
  progress: { phase: string; done: number; total: number } | null;
  /** Starts since the last progress; a run that never gets on is failed. */
  attempts: number;
}

export interface RunRequest {
  connection: string;
  entity: EntityName;
  mode: RunMode;
  trigger: string;
  reason?: string;
  selection?: string[];
}

/** Asks for a run. A run of the same kind that still waits is answered instead of a second one. */
export async function requestRun(db: Database, request: RunRequest, now: Date): Promise<{ runId: string; isNew: boolean }> {
  const sourceId = await ensureSource(db, request.connection, request.entity);
  const { rows } = await db.raw(
    `insert into runs (source_id, mode, trigger, reason, selection, requested_at) values (?, ?, ?, ?, ?, ?)
     on conflict (source_id, mode) where state = 'queued' and mode <> 'replay' do nothing returning id`,
    [sourceId, request.mode, request.trigger, request.reason ?? null, request.selection ? JSON.stringify(request.selection) : null, now],
  );
  if (rows[0]) return { runId: rows[0].id, isNew: true };
  const { rows: waiting } = await db.raw(`select id from runs where source_id = ? and mode = ? and state = 'queued'`, [
    sourceId,
    request.mode,
  ]);
  // Between the two statements a worker may have started the waiting run; then the request deserves one of its own.
  return waiting[0] ? { runId: waiting[0].id, isNew: false } : requestRun(db, request, now);
}

export async function loadRun(db: Database | Transaction, runId: string): Promise<Run | null> {
  const { rows } = await db.raw(`select r.*, s.connection, s.entity from runs r join sources s on s.id = r.source_id where r.id = ?`, [
    runId,
  ]);
  return rows[0] ? fromRow(rows[0]) : null;
}

/** Another run of the same source that was begun and has not ended, whichever was asked for first; it must end before this one begins. */
export async function begunRun(db: Database | Transaction, run: Run): Promise<string | null> {
  const { rows } = await db.raw(
    `select id from runs where source_id = ? and id <> ? and state in ('reading', 'applying') order by id limit 1`,
    [run.sourceId, run.id],
  );
  return rows[0]?.id ?? null;
}

/** Unfinished runs, oldest first: what a worker should look at after lost wake-ups. */
export async function unfinishedRuns(db: Database): Promise<string[]> {
  const { rows } = await db.raw(`select id from runs where state <> 'finished' order by id`);
  return rows.map((row: { id: string }) => row.id);
}

interface RunRow {
  id: string;
  source_id: number;
  connection: string;
  entity: EntityName;
  mode: RunMode;
  state: Run['state'];
  outcome: RunOutcome | null;
  trigger: string;
  reason: string | null;
  selection: string[] | null;
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  cursor_from: Cursor | null;
  position: Cursor | null;
  staged: string;
  counts: Partial<RunCounts>;
  notices: Notice[];
  error: Run['error'];
  progress: Run['progress'];
  attempts: number;
}

function fromRow(row: RunRow): Run {
  return {
    id: row.id,
    sourceId: row.source_id,
    connection: row.connection,
    entity: row.entity,
    mode: row.mode,
    state: row.state,
    outcome: row.outcome,
    trigger: row.trigger,
    reason: row.reason,
    selection: row.selection,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cursorFrom: row.cursor_from,
    position: row.position,
    staged: Number(row.staged),
    counts: { ...NO_COUNTS, ...row.counts },
    notices: row.notices,
    error: row.error,
    progress: row.progress,
    attempts: row.attempts,
  };
}
