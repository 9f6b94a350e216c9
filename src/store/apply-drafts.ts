/**
 * Applies staged drafts to the profiles: a handful of statements for a whole batch, never one per record.
 * All statements of a batch run in the caller's transaction, so a batch is applied whole or not at all.
 */
import { ENTITIES, type EntityName } from '../connector/entities.ts';
import { concernedSteps } from './approvals/concerned-steps.ts';
import type { Transaction } from './database.ts';
import { COLUMN_DEFAULTS, type ProfileColumn, profileColumns } from './profile-columns.ts';
import { stageTables } from './stage.ts';
import { STATE_RATES } from './stated-rates.ts';

export interface ApplyBatch {
  runId: string;
  sourceId: number;
  entity: EntityName;
  /** Source ids of the entities that references point to. */
  targets: Readonly<Record<EntityName, number>>;
  /** Inclusive. */
  fromSeq: string;
  /** Inclusive. */
  toSeq: string;
  /** Nothing of the source was held when the run was decided, and the run was not interrupted since: nobody need look. */
  isFirst: boolean;
  now: Date;
}

export interface Applied {
  created: number;
  changed: number;
  /** Drafts equal to what we held; only the digest of their content is renewed. */
  unchanged: number;
  /** Steps of approval that may be others' to decide now: of people who changed, of accounts, and of orders below them. */
  concernedSteps: string[];
}

/** Records of one batch: large enough that the statement's fixed cost vanishes, small enough for memory and for kill -9. */
const BATCH_SIZE = 20_000;
/** Batches applied at the same time: PostgreSQL works on one while the other commits. A small run is shared among them. */
export const LANES = 2;
const LEAST_BATCH_SIZE = 2_000;

/** Cuts the stage into batches; a batch that was applied leaves the list in the same transaction. `staged`: records read, numbered from 0. */
export async function planBatches(trx: Transaction, runId: string, { drafts, staged }: { drafts: number; staged: number }): Promise<void> {
  const size = Math.min(BATCH_SIZE, Math.max(LEAST_BATCH_SIZE, Math.ceil(drafts / LANES)));
  // Where most records are drafts they need not be counted off one by one.
  const isDense = 2 * drafts >= staged;
  await trx.raw(
    `insert into run_batches (run_id, from_seq, to_seq) ${
      isDense
        ? 'select :runId::bigint, seq, seq + :size::int - 1 from generate_series(0, :staged::bigint - 1, :size::int) seq'
        : `select :runId::bigint, min(seq), max(seq) from (
             select seq, (row_number() over (order by seq) - 1) / :size::int as batch from ${stageTables(runId).drafts}
           ) numbered group by batch`
    }`,
    { runId, size, staged },
  );
  await trx.raw(
    `update runs set progress = jsonb_build_object('phase', 'applying', 'done', 0, 'total', :drafts::bigint) where id = :runId`,
    { runId, drafts },
  );
}

/** The next batch nobody else holds, locked and struck off; `null` when none is left. */
export async function takeBatch(trx: Transaction, runId: string): Promise<{ fromSeq: string; toSeq: string } | null> {
  const { rows } = await trx.raw(
    `delete from run_batches where (run_id, from_seq) = (
       select run_id, from_seq from run_batches where run_id = ? order by from_seq limit 1 for update skip locked)
     returning from_seq as "fromSeq", to_seq as "toSeq"`,
    [runId],
  );
  return rows[0] ?? null;
}

export async function holdsNothing(trx: Transaction, sourceId: number): Promise<boolean> {
  const { rows } = await trx.raw(
    `select not exists (select from links where source_id = :sourceId) and not exists (select from source_records where source_id = :sourceId) as nothing`,
    { sourceId },
  );
  return rows[0].nothing;
}

export async function applyDrafts(trx: Transaction, batch: ApplyBatch): Promise<Applied> {
  const bindings = { ...batch, targets: null };
  // Statistics of a table that grows by this very run are stale; a hash of all links per batch would make the run quadratic.
  await trx.raw("set local enable_hashjoin = off; set local enable_mergejoin = off; set local work_mem = '64MB'");
  await trx.raw(linkNewRecords(batch), bindings);
  const { rows } = await trx.raw(applyStatement(batch), bindings);
  const { created, changed, unchanged, touched, moved } = rows[0];
  const { entity } = batch;
  const concern = { touched: touched ?? [], moved: moved ?? [] };
  const steps = entity === 'contact' || entity === 'account' ? await concernedSteps(trx, entity, concern) : [];
  return { created: Number(created), changed: Number(changed), unchanged: Number(unchanged), concernedSteps: steps };
}

/** Links come first and alone, so that records of one batch can refer to each other. */
function linkNewRecords({ runId, isFirst }: ApplyBatch): string {
  return `
    insert into links (source_id, key, external_id, local_id, first_seen_at)
    select :sourceId::int, d.key, d.external_id, nextval('profile_id_seq'), :now::timestamptz
    from ${stageTables(runId).drafts} d
    where d.seq between :fromSeq::bigint and :toSeq::bigint
      ${isFirst ? '' : 'and not exists (select from links l where l.source_id = :sourceId::int and l.key = d.key)'}`;
}

function applyStatement({ runId, entity, targets, isFirst }: ApplyBatch): string {
  const { fields, isFact } = ENTITIES[entity];
  const references = profileColumns(entity)
    .filter(({ reference }) => reference)
    .map(({ column, field }) => ({ column, field, target: targets[fields[field]?.to ?? entity] }));
  return `
    with batch as materialized (
      select d.key, d.external_id, d.content_digest, d.fingerprint, d.refs, d.draft, l.local_id as id,
        ${isFirst ? NOTHING_HELD : 'r.key is null as is_new, r.fingerprint is distinct from d.fingerprint as differs, r.draft as old_draft'}
        ${references.map(({ column }) => `, ${column}_link.local_id as ${column}`).join('')}
      from ${stageTables(runId).drafts} d
      join links l on l.source_id = :sourceId::int and l.key = d.key
      ${isFirst ? '' : 'left join source_records r on r.source_id = :sourceId::int and r.key = d.key'}
      ${references.map(({ column, field, target }) => `left join links ${column}_link on ${column}_link.source_id = ${target} and ${column}_link.key = d.refs ->> '${field}'`).join('\n')}
      where d.seq between :fromSeq::bigint and :toSeq::bigint
    ), diff as materialized (
      select b.*, difference.* from batch b, lateral (
        select jsonb_object_agg(n.key, coalesce(b.old_draft -> n.key, 'null')) as old, jsonb_object_agg(n.key, n.value) as new
        from jsonb_each(b.draft) n where n.value is distinct from coalesce(b.old_draft -> n.key, 'null')) difference
      where not b.is_new and b.differs and difference.new is not null
    ), ${isFact ? STATE_RATES : keepProfiles(entity)}, recorded as (
      insert into source_records (source_id, key, content_digest, fingerprint, run_id, refs, draft)
      select :sourceId::int, key, content_digest, fingerprint, :runId::bigint, refs, draft from batch where is_new
    ), renewed as (
      update source_records r set content_digest = b.content_digest, fingerprint = b.fingerprint, run_id = :runId::bigint, refs = ${keptRefs(references)}, draft = b.old_draft || b.draft
      from batch b where not b.is_new and r.source_id = :sourceId::int and r.key = b.key
    ), logged as (
      insert into changes (local_id, entity, kind, run_id, source_id, at, old, new)
      select id, '${entity}', 'created', :runId::bigint, :sourceId::int, :now::timestamptz, null, null::jsonb from batch where is_new
      union all
      select id, '${entity}', 'changed', :runId::bigint, :sourceId::int, :now::timestamptz, old, new from diff
    ), announced as (
      insert into events (event, local_id, run_id, at)
      select '${entity}.created', id, :runId::bigint, :now::timestamptz from batch where is_new
      union all
      select '${entity}.changed', id, :runId::bigint, :now::timestamptz from diff
    )${references.length === 0 ? '' : `, ${awaitedReferences(references)}`}
    select ${isFirst ? 'null' : whoChanged(CONCERNS[entity]?.fields)} as touched, ${isFirst ? 'null' : whoChanged(CONCERNS[entity]?.places)} as moved, count(*) filter (where is_new) as created, (select count(*) from diff) as changed,
      count(*) filter (where not is_new) - (select count(*) from diff) as unchanged
    from batch`;
}

function keepProfiles(entity: EntityName): string {
  const { table } = ENTITIES[entity];
  const columns = profileColumns(entity);
  return `added as (
      insert into ${table} (id, ${columns.map(({ column }) => column).join(', ')}, created_at, updated_at)
      select b.id, ${columns.map((column) => insertedValue(entity, column)).join(', ')}, :now::timestamptz, :now::timestamptz
      from batch b where b.is_new
    ), altered as (
      update ${table} p set ${columns.map((column) => `${column.column} = ${updatedValue(entity, column)}`).join(', ')}, updated_at = :now::timestamptz
      from diff b where p.id = b.id
    )`;
}

const NOTHING_HELD = 'true as is_new, true as differs, null::jsonb as old_draft';

/** What decides whether somebody may decide, and what of it says whom others are asked by. */
const CONCERNS: Readonly<Partial<Record<EntityName, { fields: readonly string[]; places: readonly string[] }>>> = {
  contact: {
    fields: ['status', 'account', 'superior', 'roles', 'costCentre', 'email', 'attributes'],
    places: ['status', 'account', 'superior'],
  },
  account: { fields: ['status', 'parent', 'accountManager'], places: ['parent', 'accountManager'] },
};

/** Ids of the batch of which one of these fields has changed. */
function whoChanged(fields: readonly string[] | undefined): string {
  if (!fields) return 'null';
  return `(select array_agg(b.id::text) from diff b where jsonb_exists_any(b.new, array[${fields.map((field) => `'${field}'`).join(', ')}]))`;
}

/** What an earlier draft said stays known where this one is silent. */
function keptRefs(references: ReadonlyArray<{ field: string }>): string {
  const said = references.map(
    ({ field }) => `case when b.draft -> '${field}' is null then '{}' else jsonb_build_object('${field}', b.refs -> '${field}') end`,
  );
  return `nullif(jsonb_strip_nulls(coalesce(r.refs, '{}') || ${["'{}'::jsonb", ...said].join(' || ')}), '{}')`;
}

function insertedValue(entity: EntityName, { column, field, value, reference }: ProfileColumn): string {
  if (reference) return `b.${column}`;
  const fallback = COLUMN_DEFAULTS[entity]?.[field];
  return fallback ? `coalesce(${value('b.draft')}, ${fallback})` : value('b.draft');
}

/** An absent field leaves the profile as it is; `null` empties it. */
function updatedValue(entity: EntityName, column: ProfileColumn): string {
  return `case when b.draft -> '${column.field}' is null then p.${column.column} else ${insertedValue(entity, column)} end`;
}

/** References whose target has not arrived yet wait by name; those that a changed draft no longer makes are forgotten. */
function awaitedReferences(references: ReadonlyArray<{ column: string; field: string; target: number }>): string {
  const awaited = references.map(
    ({ column, field, target }) =>
      `select key, '${field}' as field, ${target} as target_source_id, refs ->> '${field}' as target_key from batch where ${column} is null and refs ->> '${field}' is not null`,
  );
  return `awaited as materialized (
      ${awaited.join('\n      union all ')}
    ), forgotten as (
      delete from pending_references w using diff b
      where w.source_id = :sourceId::int and w.key = b.key and b.draft -> w.field is not null and not exists (select from awaited a where a.key = w.key and a.field = w.field)
    ), waiting as (
      insert into pending_references (source_id, key, field, target_source_id, target_key)
      select :sourceId::int, key, field, target_source_id, target_key from awaited
      on conflict (source_id, key, field) do update set target_source_id = excluded.target_source_id, target_key = excluded.target_key
    )`;
}
