/** References by name whose target arrived later, in this file or another: resolved in sets. */
import { ENTITIES, type EntityName } from '../connector/entities.ts';
import type { Transaction } from './database.ts';
import { profileColumns } from './profile-columns.ts';

/** Of which it matters whose they are: approvers are found by them. */
const DECIDES: ReadonlySet<EntityName> = new Set(['account', 'contact']);

/**
 * Points profiles at targets that have arrived since, whichever source of the connection waited for them. Answers which accounts and
 * contacts, by our ids, while any step of approval is active; else nobody asks, and after a first import they may be all there are.
 */
export async function resolveReferences(
  trx: Transaction,
  sources: Readonly<Record<EntityName, number>>,
): Promise<Map<EntityName, string[]>> {
  const resolved = new Map<EntityName, string[]>();
  for (const [entity, { table, fields }] of Object.entries(ENTITIES) as [EntityName, (typeof ENTITIES)[EntityName]][]) {
    for (const { field, column, reference } of profileColumns(entity)) {
      if (!reference || !fields[field]) continue;
      const { rows } = await trx.raw<{ rows: Array<{ ids: string[] | null }> }>(
        `with arrived as (
           delete from pending_references w using links target
           where w.source_id = :sourceId and w.field = :field and target.source_id = w.target_source_id and target.key = w.target_key
           returning w.key, target.local_id
         ), pointed as (
           update ${table} p set ${column} = arrived.local_id
           from arrived join links l on l.source_id = :sourceId and l.key = arrived.key
           where p.id = l.local_id returning p.id
         ) select array_agg(distinct id::text) as ids from pointed
         where :isAsked and exists (select from approval_steps s where s.state = 'active')`,
        { sourceId: sources[entity], field, isAsked: DECIDES.has(entity) },
      );
      const ids = rows[0]?.ids;
      if (ids) resolved.set(entity, (resolved.get(entity) ?? []).concat(ids));
    }
  }
  return resolved;
}

/** References of one source that still wait: how many, and a few by name. */
export async function waitingReferences(
  trx: Transaction,
  sourceId: number,
): Promise<Array<{ field: string; count: number; examples: string[] }>> {
  const { rows } = await trx.raw(
    `select field, count(*)::int as count, (array_agg(format('"%s" (named by "%s")', target_key, external_id) order by w.key))[1:3] as examples
     from pending_references w join links l using (source_id, key) where source_id = ? group by field order by field`,
    [sourceId],
  );
  return rows;
}

/** Notes of earlier runs of the connection that some of their references still wait, where none does any more. */
export async function clearSettledNotes(trx: Transaction, sourceIds: readonly number[]): Promise<void> {
  await trx.raw(
    `update runs r set notices = (
       select coalesce(jsonb_agg(notice order by place), '[]') from jsonb_array_elements(r.notices) with ordinality as n(notice, place)
       where notice ->> 'code' <> 'UNRESOLVED_REFERENCES')
     where r.source_id = any(:sourceIds) and r.notices @> '[{"code": "UNRESOLVED_REFERENCES"}]'
       and not exists (select from pending_references w where w.source_id = r.source_id)`,
    { sourceIds: [...sourceIds] },
  );
}
