/**
 * Staged records that claim one key. Equal values are a repeat: one is kept. Different values are nobody's to choose
 * between: all of them go to quarantine and the profile stays as it was.
 */
import type { Transaction } from './database.ts';
import { CONTESTED_KEYS } from './quarantine.ts';
import { stagedKeys, stageTables } from './stage.ts';

export interface RepeatedKeys {
  /** Drafts set aside because another staged record claims their key with other values. */
  conflicting: number;
  /** Records ignored because another one says the same. */
  repeated: number;
}

/**
 * Moves conflicting drafts to the bad records and drops repeats. A record equal to what we hold was staged as a key
 * alone; against a differing twin it counts as one of the conflicting.
 */
export async function setAsideRepeatedKeys(trx: Transaction, runId: string, sourceId: number): Promise<RepeatedKeys> {
  const stage = stageTables(runId);
  await trx.raw(
    `create temporary table repeated_keys on commit drop as
     select key, count(*)::int as times from ${stagedKeys(stage)} seen group by key having count(*) > 1`,
  );
  const { rows: some } = await trx.raw('select exists (select from repeated_keys) as repeats');
  if (!some[0].repeats) return { conflicting: 0, repeated: 0 };
  const { rows } = await trx.raw(
    `with claims as (
       select k.key, k.seq, coalesce(d.fingerprint, r.fingerprint) as fingerprint, coalesce(d.external_id, l.external_id) as external_id,
         d.seq is not null as drafted, d.origin
       from repeated_keys
       join ${stagedKeys(stage)} k using (key)
       left join ${stage.drafts} d on d.key = k.key and d.seq = k.seq
       left join ${stage.bad} b on b.seq = k.seq
       left join source_records r on r.source_id = :sourceId and r.key = k.key
       left join links l on l.source_id = :sourceId and l.key = k.key
       where b.seq is null
     ), verdicts as (
       select key, count(distinct (fingerprint, external_id)) > 1 as conflicting, count(distinct external_id) > 1 as ambiguous,
         min(seq) filter (where drafted) as kept, count(*) as times,
         string_agg(${PLACE}, ', ' order by seq) filter (where drafted) as places,
         string_agg(distinct external_id, ', ') as spellings
       from claims group by key
     ), set_aside as (
       delete from ${stage.drafts} d using verdicts v
       where d.key = v.key and (v.conflicting or d.seq <> v.kept) returning d.*, v.conflicting, v.ambiguous, v.places, v.spellings
     ), kept_as_bad as (
       insert into ${stage.bad} (seq, identity, key, external_id, origin, problems, payload, draft)
       select seq, key || '#' || external_id || '#' || fingerprint, key, external_id, origin, jsonb_build_array(case when ambiguous
         then jsonb_build_object('code', 'RECORD_KEY_AMBIGUOUS', 'field', 'externalId', 'reason',
           format('the external ids %s differ only in case (%s); write the id the same way everywhere', spellings, places))
         else jsonb_build_object('code', 'RECORD_KEY_CONFLICT', 'field', 'externalId', 'reason',
           format('external id "%s" stands in several places with different values (%s); leave one of them, or replay the right one', external_id, places))
         end), null, jsonb_build_object('externalId', external_id, 'contentDigest', content_digest, 'fingerprint', fingerprint, 'refs', refs, 'values', draft)
       from set_aside where conflicting returning 1
     )
     select (select count(*) from kept_as_bad)::int as conflicting,
       coalesce((select sum(times - 1) from verdicts where not conflicting), 0)::int as repeated`,
    { sourceId },
  );
  return rows[0];
}

/** Staged drafts whose id is spelled unlike the one we hold for the same key. */
export async function setAsideRespelledKeys(trx: Transaction, runId: string, sourceId: number): Promise<number> {
  const stage = stageTables(runId);
  const { rows } = await trx.raw(
    `with set_aside as (
       delete from ${stage.drafts} d using links l
       where l.source_id = :sourceId and l.key = d.key and l.external_id <> d.external_id returning d.*, l.external_id as known_as
     ), kept_as_bad as (
       insert into ${stage.bad} (seq, identity, key, external_id, origin, problems, payload, draft)
       select seq, key, key, external_id, origin, jsonb_build_array(jsonb_build_object('code', 'RECORD_KEY_AMBIGUOUS', 'field', 'externalId', 'reason',
         format('external id "%s" differs only in case from "%s", which we hold; write the id the same way everywhere', external_id, known_as))),
         null, jsonb_build_object('externalId', external_id, 'contentDigest', content_digest, 'fingerprint', fingerprint, 'refs', refs, 'values', draft)
       from set_aside returning 1
     )
     select count(*)::int as n from kept_as_bad`,
    { sourceId },
  );
  return rows[0].n;
}

/** Staged drafts of keys that several files contradict each other about; for a run that does not read everything. */
export async function setAsideContestedKeys(trx: Transaction, runId: string, sourceId: number): Promise<void> {
  const stage = stageTables(runId);
  await trx.raw(
    `with set_aside as (
       delete from ${stage.drafts} d where d.key in (${CONTESTED_KEYS}) returning d.*
     )
     insert into ${stage.bad} (seq, identity, key, external_id, origin, problems, payload, draft)
     select seq, key || '#' || external_id || '#' || fingerprint, key, external_id, origin, jsonb_build_array(jsonb_build_object('code', 'RECORD_KEY_CONFLICT', 'field', 'externalId', 'reason',
       format('external id "%s" stands in several files with different values; correct one of them and pull everything (--full), or replay the right one', external_id))),
       null, jsonb_build_object('externalId', external_id, 'contentDigest', content_digest, 'fingerprint', fingerprint, 'refs', refs, 'values', draft)
     from set_aside`,
    { sourceId },
  );
}

/** Where a record stood, as SQL over its `origin`. */
const PLACE = `concat_ws(' ', origin ->> 'file', nullif('sheet ' || (origin ->> 'sheet'), ''), 'row ' || (origin ->> 'row'), origin ->> 'at')`;
