/**
 * The stage: four unlogged tables per run that hold what was read until it is applied.
 *
 * - keys:   records seen that we hold just so
 * - known:  the like that were not even parsed, many to a row; they become keys when all is read
 * - drafts: records that are new or differ from what we hold
 * - bad:    records that go to quarantine
 *
 * Unlogged tables are emptied when PostgreSQL itself crashes; `stageIsWhole` notices and the run reads again.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Database, Transaction } from './database.ts';

const MARKER_SEQ = -1;

export interface StageTables {
  readonly keys: string;
  readonly known: string;
  readonly drafts: string;
  readonly bad: string;
}

export function stageTables(runId: string): StageTables {
  if (!/^\d+$/.test(runId)) throw new TypeError(`run id ${runId} is not a number`);
  return { keys: `stage.keys_${runId}`, known: `stage.known_${runId}`, drafts: `stage.drafts_${runId}`, bad: `stage.bad_${runId}` };
}

export async function createStage(trx: Transaction, runId: string): Promise<void> {
  const stage = stageTables(runId);
  await dropStage(trx, runId);
  // Batches are logged, the stage is not: after a crash of PostgreSQL they would name rows of another reading.
  await trx.raw('delete from run_batches where run_id = ?', [runId]);
  await trx.raw(`
    create unlogged table ${stage.keys} (seq bigint not null, key text collate "C" not null);
    create unlogged table ${stage.known} (first_seq bigint not null, digests uuid[] not null);
    create unlogged table ${stage.drafts} (
      seq bigint not null, key text collate "C" not null, external_id text not null, content_digest uuid not null, fingerprint uuid not null,
      origin jsonb not null, refs jsonb, draft jsonb not null);
    create unlogged table ${stage.bad} (
      seq bigint not null, identity text not null, key text collate "C", external_id text, origin jsonb not null, problems jsonb not null, payload jsonb, draft jsonb);
    insert into ${stage.keys} (seq, key) values (${MARKER_SEQ}, '');
  `);
}

export async function dropStage(db: Database | Transaction, runId: string): Promise<void> {
  const stage = stageTables(runId);
  await db.raw(`drop table if exists ${stage.keys}, ${stage.known}, ${stage.drafts}, ${stage.bad}`);
}

/** Whether the tables are as they were left: a crash of PostgreSQL empties them, and the marker row with them. */
export async function stageIsWhole(db: Database | Transaction, runId: string): Promise<boolean> {
  const { keys } = stageTables(runId);
  const { rows: found } = await db.raw('select to_regclass(?) is not null as there', [keys]);
  if (!found[0].there) return false;
  const { rows } = await db.raw(`select exists (select from ${keys} where seq = ${MARKER_SEQ}) as whole`);
  return rows[0].whole;
}

/**
 * To be called first in a transaction that stages. After a first import the planner has no statistics yet and would read
 * whole tables for every page. And pages lost with the server's memory are read again, like everything on the unlogged stage.
 */
export async function prepareStaging(trx: Transaction): Promise<void> {
  await trx.raw(
    'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local synchronous_commit = off',
  );
}

/** SQL of all records seen: `seq, key`. One key stands in it as often as it was seen. */
export function stagedKeys({ keys, drafts, bad }: StageTables): string {
  return `(select seq, key from ${keys} where seq <> ${MARKER_SEQ} union all select seq, key from ${drafts} union all select seq, key from ${bad} where key is not null)`;
}

/** Answers which records of one batch (by position) are new or differ from the source record, and keeps the keys of the others. */
export async function stageKeys(
  trx: Transaction,
  runId: string,
  sourceId: number,
  batch: { firstSeq: number; keys: string; digests: string },
): Promise<number[]> {
  const { rows } = await trx.raw(
    `with batch as materialized (
       select key, digest, ord
       from unnest(string_to_array(:keys, chr(31)), string_to_array(:digests, ',')::uuid[]) with ordinality as b(key, digest, ord)
     ), compared as materialized (
       select b.key, b.ord, r.content_digest is distinct from b.digest as differs
       from batch b left join source_records r on r.source_id = :sourceId and r.key = b.key
     ), kept as (
       insert into ${stageTables(runId).keys} (seq, key) select :firstSeq::bigint + ord - 1, key from compared where not differs
     )
     select array_agg(ord::int - 1 order by ord) as differing from compared where differs`,
    { keys: batch.keys, digests: batch.digests, firstSeq: batch.firstSeq, sourceId },
  );
  return rows[0].differing ?? [];
}

/** Keeps that the records of these content digests (32 hex digits each, joined by commas) were seen. */
export async function stageKnown(
  trx: Transaction,
  runId: string,
  { firstSeq, digests }: { firstSeq: number; digests: string },
): Promise<void> {
  await trx.raw(`insert into ${stageTables(runId).known} (first_seq, digests) values (?, string_to_array(?, ',')::uuid[])`, [
    firstSeq,
    digests,
  ]);
}

/**
 * Makes keys of the records that were seen as known. False if some of them are not held (any more): a reader compares the
 * first half of a digest only, and its list is older than this moment.
 */
export async function expandKnown(trx: Transaction, runId: string, sourceId: number): Promise<boolean> {
  const stage = stageTables(runId);
  // The planner cannot know how many there are; a lookup without an index for each would be quadratic.
  await trx.raw(`set local work_mem = '64MB'; set local enable_nestloop = off; set local enable_mergejoin = off`);
  const { rows } = await trx.raw(
    `with expanded as (
       insert into ${stage.keys} (seq, key)
       select k.first_seq + d.ord - 1, r.key
       from ${stage.known} k, unnest(k.digests) with ordinality as d(digest, ord)
       join source_records r on r.source_id = :sourceId and r.content_digest = d.digest
       returning 1
     ) select (select count(*) from expanded) = (select coalesce(sum(cardinality(digests)), 0) from ${stage.known}) as whole`,
    { sourceId },
  );
  await trx.raw('set local enable_nestloop to default; set local enable_mergejoin to default');
  return rows[0].whole;
}

/** Drafts lie in the order of their numbers, so a BRIN index finds a batch at almost no cost. */
export async function indexStage(trx: Transaction, runId: string): Promise<void> {
  const stage = stageTables(runId);
  // What follows sorts and joins the whole stage.
  await trx.raw(`set local work_mem = '64MB'`);
  // Statistics of the drafts themselves would cost as much as all that is asked of the stage, and nobody asks by them.
  await trx.raw(
    `create index on ${stage.drafts} using brin (seq) with (pages_per_range = 16);
     analyze ${stage.keys} (seq, key), ${stage.drafts} (seq, key), ${stage.bad} (seq, key)`,
  );
}

export async function stageSize(trx: Transaction, runId: string): Promise<{ drafts: number; bad: number }> {
  const stage = stageTables(runId);
  const { rows } = await trx.raw(
    `select (select count(*) from ${stage.drafts})::int as drafts, (select count(*) from ${stage.bad})::int as bad`,
  );
  return rows[0];
}

/** Streams rows in COPY text format into a table, inside the transaction. */
export async function copyRows(trx: Transaction, into: string, text: Uint8Array): Promise<void> {
  if (text.length === 0) return;
  const client: Client = await trx.client.acquireConnection();
  await pipeline(
    Readable.from([Buffer.from(text.buffer, text.byteOffset, text.byteLength)]),
    client.query(copyFrom(`copy ${into} from stdin`)),
  );
}
