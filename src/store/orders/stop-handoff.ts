/** Takes back what has not left yet, and tells whether anything may have: what may stand in the ERP must be cancelled there. */
import type { Transaction } from '../database.ts';

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
export async function handedOff(trx: Transaction, orderId: string): Promise<{ revision: number; isUnderway: boolean } | null> {
  const { rows } = await trx.raw<{ rows: Array<{ revision: number; isUnderway: boolean }> }>(
    `select revision, state <> 'cancelled' as "isUnderway" from handoffs
     where order_id = :orderId and kind in ('create', 'change') order by seq desc limit 1`,
    { orderId },
  );
  return rows[0] ?? null;
}
