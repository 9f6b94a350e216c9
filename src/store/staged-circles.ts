/**
 * Circles in a tree of staged records (accounts by parent, contacts by superior).
 *
 * The edges that would exist after applying (staged ones, and stored ones above them) are peeled: whoever has nothing
 * above goes, whoever has nothing below goes, until nothing more goes. What is left stands in a circle or between two.
 */
import type { Transaction } from './database.ts';
import { stageTables } from './stage.ts';

/** Moves staged drafts that stand in a circle to the bad records, naming the circle. Answers how many. */
/**
 * Until nothing more is found: a record set aside keeps the parent it has, and with that another circle may close.
 */
export async function setAsideCircles(trx: Transaction, runId: string, sourceId: number, field: string): Promise<void> {
  while ((await setAsideRound(trx, runId, sourceId, field)) > 0) await trx.raw('drop table edges');
}

async function setAsideRound(trx: Transaction, runId: string, sourceId: number, field: string): Promise<number> {
  const stage = stageTables(runId);
  await trx.raw(
    `create temporary table edges on commit drop as
     with recursive staged as (
       select key, refs ->> '${field}' as above from ${stage.drafts} where refs ->> '${field}' is not null
     ), climb(key, above) as (
       select key, above from staged
       union
       select r.key, r.refs ->> '${field}' from climb c
       join source_records r on r.source_id = :sourceId and r.key = c.above and r.refs ->> '${field}' is not null
       where not exists (select from ${stage.drafts} d where d.key = c.above)
     ) select key, above from climb`,
    { sourceId },
  );
  if (!(await peel(trx, 'o.key = e.above'))) return 0;
  await peel(trx, 'o.above = e.key');
  const { rows } = await trx.raw(
    `with named as (
       select string_agg(coalesce(d.external_id, e.key), ' -> ' order by e.key) as circle
       from (select key from edges order by key limit 20) e left join ${stage.drafts} d using (key)
     ), set_aside as (
       delete from ${stage.drafts} d using edges e where d.key = e.key returning d.*
     ), kept_as_bad as (
       insert into ${stage.bad} (seq, identity, key, external_id, origin, problems, payload, draft)
       select seq, key, key, external_id, origin, jsonb_build_array(jsonb_build_object('code', 'HIERARCHY_CYCLE', 'field', '${field}', 'reason',
         format('"%s" names "%s" as its ${field}, which closes a circle among %s; correct the ${field} of one of them',
           external_id, draft ->> '${field}', (select circle from named)))),
         null, jsonb_build_object('externalId', external_id, 'contentDigest', content_digest, 'fingerprint', fingerprint, 'refs', refs, 'values', draft)
       from set_aside returning 1
     )
     select count(*)::int as n from kept_as_bad`,
  );
  return rows[0].n;
}

/** Keeps the edges that have a neighbour until all of them do; whether any are left. Writing the few that stay is cheaper than deleting the many that go. */
async function peel(trx: Transaction, isNeighbour: string): Promise<boolean> {
  for (;;) {
    const { rows } = await trx.raw('select count(*)::int as n from edges');
    await trx.raw(
      `create temporary table kept_edges on commit drop as select e.* from edges e where exists (select from edges o where ${isNeighbour})`,
    );
    await trx.raw('drop table edges; alter table kept_edges rename to edges');
    const { rows: left } = await trx.raw('select count(*)::int as n from edges');
    if (left[0].n === 0 || left[0].n === rows[0].n) return left[0].n > 0;
  }
}
