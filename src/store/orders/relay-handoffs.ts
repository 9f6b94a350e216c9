/** What the relay looks for: claims whose worker is gone, hand-offs that waited for a target, and those that are due and nobody was told of. */
import type { Database } from '../database.ts';

/**
 * A worker that vanished may have sent the order a moment before. It becomes unknown, to be looked up once an order made until
 * the lease ended must be visible in its connection. Answers how many.
 */
export async function expireClaims(
  db: Database,
  targets: ReadonlyArray<{ readonly connection: string; readonly lookupLagMs: number }>,
): Promise<number> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `with lost as (
       update handoffs h set state = 'unknown', code = 'LEASE_LOST', reason = 'the worker that was sending it is gone; it is looked up there before anything is sent again',
         may_be_there_since = coalesce(may_be_there_since, lease_until), not_before = date_trunc('milliseconds', lease_until) + make_interval(secs => t.lag_s + 0.001),
         look_after = lease_until + make_interval(secs => t.lag_s), lease_until = null
       from unnest(:connections::text[], :lagsS::float8[]) as t (connection, lag_s)
       where h.connection = t.connection and h.state = 'sending' and h.lease_until < clock_timestamp() returning h.id, h.attempts
     ), ended as (
       update handoff_attempts a set ended_at = clock_timestamp(), outcome = 'lost', code = 'LEASE_LOST', words = 'its worker was gone before it told what came of it'
       from lost where a.handoff_id = lost.id and a.n = lost.attempts and a.ended_at is null
     ) select id from lost`,
    { connections: targets.map(({ connection }) => connection), lagsS: targets.map(({ lookupLagMs }) => lookupLagMs / 1_000) },
  );
  return rows.length;
}

/** Orders released while kontor.yaml named no target. */
export async function giveTarget(db: Database, connection: string): Promise<void> {
  await db.raw(
    `update handoffs set connection = :connection, state = 'pending', code = null, reason = null, not_before = null
     where connection is null and state in ('pending', 'held')`,
    { connection },
  );
}

/** What was held and may leave now, if it is due. Answers whether it is. */
export async function returnToLine(db: Database, id: string, now: Date): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `update handoffs set state = 'pending', code = null, reason = null, not_before = null
     where id = :id and state = 'held' and (not_before is null or not_before <= greatest(:now::timestamptz, clock_timestamp())) returning id`,
    { id, now },
  );
  return rows.length > 0;
}

/** Due, and next in their account's line; the longest waiting first. Connection by connection: those of one go together. */
export async function dueHandoffs(db: Database, now: Date, limit: number): Promise<string[][]> {
  const { rows } = await db.raw<{ rows: Array<{ ids: string[] }> }>(
    `with due as (
       select h.id, h.connection from handoffs h
       where h.state in ('pending', 'unknown', 'held') and (h.not_before is null or h.not_before <= greatest(:now::timestamptz, clock_timestamp()))
         and (h.look_after is null or h.look_after <= clock_timestamp())
         and h.connection is not null
         and not exists (select from handoffs e where e.connection = h.connection and e.account_id = h.account_id and e.id < h.id
           and e.state in ('pending', 'sending', 'unknown'))
       order by h.id limit :limit::int
     ) select array_agg(id::text order by id) as ids from due group by connection order by connection`,
    { now, limit },
  );
  return rows.map(({ ids }) => ids);
}
