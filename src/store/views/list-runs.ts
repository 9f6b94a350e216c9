/** Runs as a list, newest first. */
import type { EntityName } from '../../connector/entities.ts';
import type { Database } from '../database.ts';
import { NO_COUNTS, type Run, type RunCounts } from '../runs.ts';

export interface RunListItem {
  id: string;
  connection: string;
  entity: EntityName;
  mode: Run['mode'];
  state: Run['state'];
  outcome: Run['outcome'];
  trigger: string;
  requestedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: RunCounts;
  error: Run['error'];
}

export interface RunFilter {
  connection?: string | undefined;
  entity?: EntityName | undefined;
  /** An outcome, or `unfinished`. */
  outcome?: string | undefined;
  limit: number;
  /** Id of the last run of the page before. */
  before?: string | undefined;
}

export async function listRuns(
  db: Database,
  { connection, entity, outcome, limit, before }: RunFilter,
): Promise<{ runs: RunListItem[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: RunListItem[] }>(
    `select r.id, s.connection, s.entity, r.mode, r.state, r.outcome, r.trigger, r.requested_at as "requestedAt",
       r.started_at as "startedAt", r.finished_at as "finishedAt", r.counts, r.error
     from runs r join sources s on s.id = r.source_id
     where (:before::bigint is null or r.id < :before)
       and (:connection::text is null or s.connection = :connection)
       and (:entity::text is null or s.entity = :entity)
       and (:outcome::text is null or coalesce(r.outcome, 'unfinished') = :outcome)
     order by r.id desc limit :limit::int + 1`,
    { before: before ?? null, connection: connection ?? null, entity: entity ?? null, outcome: outcome ?? null, limit },
  );
  const runs = rows.slice(0, limit).map((row) => ({ ...row, counts: { ...NO_COUNTS, ...row.counts } }));
  return { runs, next: rows.length > limit ? (runs.at(-1)?.id ?? null) : null };
}
