/** Takes back what has not left yet, or never arrived, and tells whether anything may have: what may stand in the ERP must be cancelled there. */
import type { Database, Transaction } from '../database.ts';

export interface Stopped {
  /** Hand-offs that never left, and never will. */
  readonly cancelled: readonly string[];
  /** The order stands in the ERP, or may, or is on its way there at this moment. */
  readonly mayBeThere: boolean;
}

/**
 * To be called under `lockOrder`. A claim under way holds its row: either it came first, and what it sends may be there, or it
 * finds the hand-off cancelled.
 */
export async function stopHandoffs(trx: Transaction, orderId: string, reason: string, now: Date): Promise<Stopped> {
  const { rows: cancelled } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `update handoffs set state = 'cancelled', reason = :reason, settled_at = :now
     where order_id = :orderId and kind <> 'cancel' and state in ('pending', 'held', 'refused', 'parked')
       and may_be_there_since is null and erp_id is null
     returning id`,
    { orderId, reason, now },
  );
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from handoffs where order_id = :orderId and kind = 'create' and state <> 'cancelled' limit 1`,
    { orderId },
  );
  return { cancelled: cancelled.map(({ id }) => id), mayBeThere: rows.length > 0 };
}

/** The newest revision that was handed off; not `isUnderway` when that was taken back before it left. `null`: none ever was. */
export async function handedOff(db: Database | Transaction, orderId: string): Promise<{ revision: number; isUnderway: boolean } | null> {
  const { rows } = await db.raw<{ rows: Array<{ revision: number; isUnderway: boolean }> }>(
    `select revision, state <> 'cancelled' as "isUnderway" from handoffs
     where order_id = :orderId and kind in ('create', 'change') order by seq desc limit 1`,
    { orderId },
  );
  return rows[0] ?? null;
}

/**
 * Whether hand-off `h` of order `o` is still to be sent. A released order has one that is the newest; what came before it was
 * replaced or taken back while nobody knew whether it had arrived. A cancellation stays wanted.
 */
export const IS_WANTED = `(h.kind = 'cancel' or (o.state = 'released'
  and not exists (select from handoffs n where n.order_id = h.order_id and n.seq > h.seq and n.state <> 'cancelled')))`;

/** To be called under `lockOrder`. */
export async function isStillWanted(trx: Transaction, id: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from handoffs h join orders o on o.id = h.order_id where h.id = :id and ${IS_WANTED}`,
    { id },
  );
  return rows.length > 0;
}

/** Behind an order that never arrived: there is nothing to cancel, and what would have changed it is the order itself. */
export async function leaveNothingBehind(trx: Transaction, createId: string, now: Date): Promise<void> {
  await trx.raw(
    `with behind as (
       update handoffs h set kind = case h.kind when 'change' then 'create' else h.kind end,
         state = case h.kind when 'cancel' then 'cancelled' else h.state end,
         reason = case h.kind when 'cancel' then 'the order never arrived' else h.reason end,
         settled_at = case h.kind when 'cancel' then :now::timestamptz end
       from handoffs gone where gone.id = :createId and h.order_id = gone.order_id and h.seq > gone.seq and h.state in ('pending', 'held')
       returning h.id, h.order_id, h.revision, h.state, h.reason
     )
     insert into order_log (order_id, at, kind, actor, revision, facts)
     select order_id, :now, 'handoff.cancelled', 'worker', revision, jsonb_build_object('handoffId', id::text, 'reason', reason) from behind where state = 'cancelled'`,
    { createId, now },
  );
}
