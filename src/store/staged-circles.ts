/**
 * Circles in a tree of staged records (accounts by parent, contacts by superior).
 *
 * The edges that would exist after applying (staged ones, and stored ones above them) are peeled: whoever has nothing
 * above goes, whoever has nothing below goes, until nothing more goes. Nobody names two, so what is left are circles.
 */
import type { Transaction } from './database.ts';
import { stageTables } from './stage.ts';

/** More would not help a person. */
const NAMED_OF_CIRCLE = 20;

/**
 * Moves staged drafts that stand in a circle to the bad records, each naming its own circle in the order of the names.
 * Until nothing more is found: a record set aside keeps the parent it has, and with that another circle may close.
 */
export async function setAsideCircles(trx: Transaction, runId: string, sourceId: number, field: string): Promise<void> {
  while ((await setAsideRound(trx, runId, sourceId, field)) > 0) await trx.raw('drop table edges');
}

/** Most trees are flat: their edges are peeled before they are written down. */
async function setAsideRound(trx: Transaction, runId: string, sourceId: number, field: string): Promise<number> {
  const stage = stageTables(runId);
  await trx.raw(
    `create temporary table edges on commit drop as
     with recursive staged as (
       select key, refs ->> '${field}' as above from ${stage.drafts} where refs ->> '${field}' is not null
     ), climb(key, above) as (
       select r.key, r.refs ->> '${field}' from source_records r
       where r.source_id = :sourceId and r.refs ->> '${field}' is not null and r.key in (select above from staged)
         and not exists (select from ${stage.drafts} d where d.key = r.key)
       union
       select r.key, r.refs ->> '${field}' from climb c
       join source_records r on r.source_id = :sourceId and r.key = c.above and r.refs ->> '${field}' is not null
       where not exists (select from ${stage.drafts} d where d.key = c.above)
     ), all_edges as materialized (
       select key, above from staged union all select key, above from climb
     ), passed as materialized (
       select key from all_edges where key in (select above from all_edges)
     ) select key, above from all_edges where above in (select key from passed)`,
    { sourceId },
  );
  if (!(await peel(trx, 'o.key = e.above'))) return 0;
  await peel(trx, 'o.above = e.key');
  await findFirsts(trx);
  const { rows } = await trx.raw(
    `with recursive walk as (
       select first, key, above, 1 as step from edges where key = first
       union all
       select w.first, e.key, e.above, w.step + 1 from walk w join edges e on e.key = w.above where w.above <> w.first and w.step < ${NAMED_OF_CIRCLE}
     ), named as (
       select first, string_agg(coalesce(d.external_id, w.key), ' -> ' order by step) || case when bool_or(w.above = w.first) then '' else ' -> ...' end
         || ' -> ' || min(coalesce(d.external_id, w.key)) filter (where step = 1) as circle
       from walk w left join ${stage.drafts} d on d.key = w.key group by first
     ), set_aside as (
       delete from ${stage.drafts} d using edges e join named n using (first) where d.key = e.key returning d.*, n.circle
     ), kept_as_bad as (
       insert into ${stage.bad} (seq, identity, key, external_id, origin, problems, payload, draft)
       select seq, key, key, external_id, origin, jsonb_build_array(jsonb_build_object('code', 'HIERARCHY_CYCLE', 'field', '${field}', 'reason',
         format('"%s" names "%s" as its ${field}, which closes a circle: %s; correct the ${field} of one of them', external_id, draft ->> '${field}', circle))),
         null, jsonb_build_object('externalId', external_id, 'contentDigest', content_digest, 'fingerprint', fingerprint, 'refs', refs, 'values', draft)
       from set_aside returning 1
     )
     select count(*)::int as n from kept_as_bad`,
  );
  return rows[0].n;
}

/**
 * Adds to every edge the first key of its circle. Whoever is left has one above and one below, so the circles are apart;
 * each turn looks twice as far ahead, so that one of a million is gone round in twenty.
 */
async function findFirsts(trx: Transaction): Promise<void> {
  await trx.raw('create temporary table reach on commit drop as select key, above as ahead, least(key, above) as first from edges');
  const { rows } = await trx.raw('select ceil(log(2, count(*) + 1))::int as turns from edges');
  for (let turn = 0; turn < rows[0].turns; turn += 1) {
    await trx.raw(`create temporary table farther on commit drop as
      select r.key, o.ahead, least(r.first, o.first) as first from reach r join reach o on o.key = r.ahead`);
    await trx.raw('drop table reach; alter table farther rename to reach');
  }
  await trx.raw(`create temporary table marked_edges on commit drop as select e.*, r.first from edges e join reach r using (key);
    drop table edges, reach; alter table marked_edges rename to edges`);
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
