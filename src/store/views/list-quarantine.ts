/** Quarantined records, newest first, and one of them in full. */
import type { Json, Origin, Problem } from '../../connector/contract.ts';
import type { EntityName } from '../../connector/entities.ts';
import type { Database } from '../database.ts';

export interface QuarantineItem {
  id: string;
  connection: string;
  entity: EntityName;
  externalId: string | null;
  origin: Origin;
  problems: Problem[];
  state: 'open' | 'healed' | 'replayed' | 'gone';
  /** The run that saw it last. */
  runId: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

export interface QuarantineEntry extends QuarantineItem {
  /** What was there. */
  payload: Json;
  /** Our reading of it, when it was set aside after mapping. */
  draft: Json;
}

export interface QuarantineFilter {
  connection?: string | undefined;
  entity?: EntityName | undefined;
  runId?: string | undefined;
  /** Default: open. */
  state?: QuarantineItem['state'] | 'all' | undefined;
  limit: number;
  before?: string | undefined;
}

const COLUMNS = `q.id, s.connection, s.entity, q.external_id as "externalId", q.origin, q.problems, q.state, q.run_id as "runId",
  q.first_seen_at as "firstSeenAt", q.last_seen_at as "lastSeenAt"`;

export async function listQuarantine(
  db: Database,
  { connection, entity, runId, state = 'open', limit, before }: QuarantineFilter,
): Promise<{ records: QuarantineEntry[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: QuarantineEntry[] }>(
    `select ${COLUMNS}, q.payload, q.draft -> 'values' as draft from quarantine q join sources s on s.id = q.source_id
     where (:before::bigint is null or q.id < :before)
       and (:connection::text is null or s.connection = :connection)
       and (:entity::text is null or s.entity = :entity)
       and (:runId::bigint is null or q.run_id = :runId)
       and (:state::text is null or q.state = :state)
     order by q.id desc limit :limit::int + 1`,
    {
      before: before ?? null,
      connection: connection ?? null,
      entity: entity ?? null,
      runId: runId ?? null,
      state: state === 'all' ? null : state,
      limit,
    },
  );
  const records = rows.slice(0, limit);
  return { records, next: rows.length > limit ? (records.at(-1)?.id ?? null) : null };
}

/**
 * Everything open that fits, in batches of about `size` for one replay each. Records that can only be judged together (one
 * key, or a circle) are never in two: the first replayed would win over the others.
 */
export async function batchQuarantine(
  db: Database,
  { connection, entity, runId }: Pick<QuarantineFilter, 'connection' | 'entity' | 'runId'>,
  size: number,
): Promise<Array<{ connection: string; entity: EntityName; ids: string[] }>> {
  const { rows } = await db.raw(
    `with chosen as (
       select q.id, s.connection, s.entity, case when q.problems -> 0 ->> 'code' = 'HIERARCHY_CYCLE' then 'circles' else coalesce('key ' || q.key, 'record ' || q.id) end as company
       from quarantine q join sources s on s.id = q.source_id
       where q.state = 'open' and (:connection::text is null or s.connection = :connection)
         and (:entity::text is null or s.entity = :entity) and (:runId::bigint is null or q.run_id = :runId)
     ), numbered as (
       select *, row_number() over (partition by connection, entity order by company, id) - 1 as place from chosen
     ), cut as (
       select *, min(place) over (partition by connection, entity, company) / :size::int as batch from numbered
     )
     select connection, entity, jsonb_agg(id::text order by id) as ids from cut group by connection, entity, batch order by connection, entity, batch`,
    { connection: connection ?? null, entity: entity ?? null, runId: runId ?? null, size },
  );
  return rows;
}

export async function showQuarantine(db: Database, id: string): Promise<QuarantineEntry | null> {
  const { rows } = await db.raw(
    `select ${COLUMNS}, q.payload, q.draft -> 'values' as draft from quarantine q join sources s on s.id = q.source_id where q.id = ?`,
    [id],
  );
  return rows[0] ?? null;
}
