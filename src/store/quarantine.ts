/** Quarantine: records set aside with reason and payload, until a good version arrives or a person replays them. */
import type { Json, Origin, Problem } from '../connector/contract.ts';
import type { Database, Transaction } from './database.ts';
import { stagedKeys, stageTables } from './stage.ts';

/** A draft that was set aside after mapping; replay applies it as it is. */
export interface SetAsideDraft {
  externalId: string;
  contentDigest: string;
  fingerprint: string;
  refs: Record<string, string> | null;
  values: Record<string, unknown>;
}

export interface QuarantinedRecord {
  id: string;
  sourceId: number;
  externalId: string | null;
  origin: Origin;
  problems: Problem[];
  payload: Json;
  draft: SetAsideDraft | null;
}

/**
 * Files the bad records of a run, at most `limit`. The same bad record seen again renews its entry instead of adding one.
 * Answers how many of the run's records stand in quarantine, and how many were left out.
 */
export async function fileBadRecords(
  trx: Transaction,
  runId: string,
  sourceId: number,
  now: Date,
  limit: number,
): Promise<{ filed: number; leftOut: number }> {
  const { bad } = stageTables(runId);
  const { rows } = await trx.raw(
    `with newest as (
       select *, identity || case when place > 1 then '#' || place else '' end as unique_identity
       from (select *, row_number() over (partition by identity order by seq) as place from ${bad}) numbered order by seq limit :limit
     ), filed as (
       insert into quarantine (source_id, identity, key, run_id, external_id, origin, problems, payload, draft, first_seen_at, last_seen_at)
       select :sourceId::int, unique_identity, key, :runId::bigint, external_id, origin, problems, payload, draft, :now::timestamptz, :now::timestamptz from newest
       on conflict (source_id, identity) where state = 'open' do update set run_id = excluded.run_id, origin = excluded.origin,
         problems = excluded.problems, payload = excluded.payload, draft = excluded.draft, external_id = excluded.external_id, last_seen_at = excluded.last_seen_at
       returning 1
     ) select (select count(*) from filed)::int as filed, (select count(*) from ${bad})::int as all`,
    { runId, sourceId, now, limit },
  );
  return { filed: rows[0].filed, leftOut: rows[0].all - rows[0].filed };
}

/**
 * Keys that several files contradict each other about. A delta that reads only one of those files cannot settle it:
 * neither is its record applied, nor are the entries healed, until everything is read.
 */
export const CONTESTED_KEYS = `
  select key from quarantine where source_id = :sourceId and state = 'open' and problems -> 0 ->> 'code' in ('RECORD_KEY_CONFLICT', 'RECORD_KEY_AMBIGUOUS')
  group by key having count(distinct origin ->> 'file') > 1`;

/** Ends entries whose record this run staged in good order. */
export async function healQuarantine(trx: Transaction, runId: string, sourceId: number, now: Date, readAll: boolean): Promise<number> {
  const stage = stageTables(runId);
  const { rows } = await trx.raw(
    `with healed as (
       update quarantine q set state = 'healed', last_seen_at = :now
       where q.source_id = :sourceId and q.state = 'open' and q.run_id <> :runId
         and exists (select from ${stagedKeys(stage)} k where k.key = q.key)
         and not exists (select from ${stage.bad} b where b.key = q.key)
         and (:readAll or q.key not in (${CONTESTED_KEYS}))
       returning 1
     ) select count(*)::int as n from healed`,
    { runId, sourceId, now, readAll },
  );
  return rows[0].n;
}

/**
 * Ends entries this run did not meet again where it would have: in files it read whole, and, when `readAll`, outside of files.
 * What files contradict each other about is only settled by reading all of them.
 */
export async function retireQuarantine(
  trx: Transaction,
  run: { runId: string; sourceId: number; now: Date; readAll: boolean; readAllFiles: boolean },
): Promise<void> {
  const seen = stagedKeys(stageTables(run.runId));
  await trx.raw(
    `update quarantine q set state = 'gone', last_seen_at = :now
     where q.source_id = :sourceId and q.state = 'open' and q.run_id <> :runId
       and case when q.origin ->> 'file' is null then :readAll
         else q.origin ->> 'file' in (select jsonb_array_elements_text(whole_files) from runs where id = :runId) end
       and (:readAllFiles or q.key is null or q.key not in (${CONTESTED_KEYS}) or not exists (select from ${seen} k where k.key = q.key))`,
    { ...run },
  );
}

export async function loadQuarantined(db: Database, ids: readonly string[]): Promise<QuarantinedRecord[]> {
  const { rows } = await db.raw(
    `select id, source_id as "sourceId", external_id as "externalId", origin, problems, payload, draft from quarantine
     where id = any(?::bigint[]) and state = 'open' order by id`,
    [[...ids]],
  );
  return rows;
}

/**
 * Ends the entries of a replay, save those whose record is bad again. That one is known by where it stood: why it is bad may
 * have changed, and its identity with that.
 */
export async function markReplayed(trx: Transaction, runId: string, ids: readonly string[], now: Date): Promise<number> {
  const { bad } = stageTables(runId);
  const { rowCount } = await trx.raw(
    `update quarantine q set state = 'replayed', last_seen_at = ?
     where id = any(?::bigint[]) and state = 'open' and not exists (
       select from ${bad} b where b.origin = q.origin and (b.payload is null or q.payload is null or b.payload = q.payload))`,
    [now, [...ids]],
  );
  return rowCount;
}
