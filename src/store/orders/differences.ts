/** Differences between approved, sent and confirmed, held for a person. The same difference is one, however often it is met. */
import type { Difference } from '../../domain/orders/three-way-match.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database, Transaction } from '../database.ts';

export interface FoundDifferences {
  readonly orderId: string;
  readonly revision: number;
  readonly differences: readonly Difference[];
  readonly digest: string;
}

/** What was found of these orders now; those without any have healed. Answers how many are news. */
export async function saveDifferences(
  trx: Transaction,
  looked: readonly string[],
  found: readonly FoundDifferences[],
  now: Date,
): Promise<number> {
  await trx.raw(
    `with found as (select * from jsonb_to_recordset(:found::jsonb) as t ("orderId" bigint, digest text)),
     healed as (
       update order_differences d set state = 'gone', settled_at = :now, settled_by = 'feedback'
       where d.order_id = any(:looked) and d.state = 'open' and not exists (select from found f where f."orderId" = d.order_id and f.digest = d.digest)
       returning d.order_id, d.id
     )
     insert into order_log (order_id, at, kind, actor, facts)
     select order_id, :now, 'difference.gone', 'feedback', jsonb_build_object('difference', id::text) from healed`,
    { looked: [...looked], found: JSON.stringify(found), now },
  );
  if (found.length === 0) return 0;
  const { rows } = await trx.raw<{ rows: Array<{ news: number }> }>(
    `with kept as (
       insert into order_differences as mine (order_id, revision, found_at, differences, digest)
       select "orderId", revision, :now::timestamptz, differences, digest
       from jsonb_to_recordset(:found::jsonb) as t ("orderId" bigint, revision int, differences jsonb, digest text)
       on conflict (order_id, digest) do update set state = 'open', found_at = excluded.found_at, revision = excluded.revision,
         settled_at = null, settled_by = null, reason = null
       where mine.state = 'gone'
       returning order_id, id, revision, differences
     ), logged as (
       insert into order_log (order_id, at, kind, actor, revision, facts)
       select order_id, :now::timestamptz, 'difference.found', 'feedback', revision, jsonb_build_object('difference', id::text, 'differences', differences) from kept
     ) select count(*)::int as news from kept`,
    { found: JSON.stringify(found), now },
  );
  return rows[0]?.news ?? 0;
}

/** A person says that it may stay as it is. Throws NOT_FOUND unless it is open. */
export async function acceptDifference(
  trx: Transaction,
  id: string,
  { reason, by, now }: { reason: string; by: string; now: Date },
): Promise<{ orderId: string }> {
  const { rows } = await trx.raw<{ rows: Array<{ orderId: string }> }>(
    `with accepted as (
       update order_differences set state = 'accepted', settled_at = :now, settled_by = :by, reason = :reason
       where id = :id and state = 'open' returning order_id, id, revision
     ), logged as (
       insert into order_log (order_id, at, kind, actor, revision, facts)
       select order_id, :now, 'difference.accepted', :by, revision, jsonb_build_object('difference', id::text, 'reason', :reason::text) from accepted
     ) select order_id as "orderId" from accepted`,
    { id, reason, by, now },
  );
  if (rows[0]) return rows[0];
  throw new NeedsOperatorError('NOT_FOUND', `there is no open difference ${id}; \`kontor orders differences\` lists them`);
}

/** Digests that a person has accepted. */
export async function acceptedDigests(db: Database | Transaction, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.raw<{ rows: Array<{ key: string }> }>(
    `select order_id || ' ' || digest as key from order_differences where order_id = any(?) and state = 'accepted'`,
    [[...orderIds]],
  );
  return new Set(rows.map(({ key }) => key));
}
