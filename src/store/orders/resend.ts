/** What a person may do with a hand-off that stands still. Each is guarded by the state it was seen in. */
import type { Transaction } from '../database.ts';
import type { HandoffState } from './push-claims.ts';

export interface StandingHandoff {
  readonly id: string;
  readonly orderId: string;
  readonly revision: number;
  readonly state: HandoffState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly externalKey: string;
  readonly connection: string | null;
}

/** Those of the orders given, or all of a connection in a state; locked. In the order of their making. */
export async function lockHandoffs(
  trx: Transaction,
  { orderIds, connection, states }: { orderIds?: readonly string[]; connection?: string; states?: readonly HandoffState[] },
): Promise<StandingHandoff[]> {
  const { rows } = await trx.raw<{ rows: StandingHandoff[] }>(
    `select id, order_id as "orderId", revision, state, code, reason, external_key as "externalKey", connection from handoffs
     where (:orderIds::bigint[] is null or order_id = any(:orderIds)) and (:connection::text is null or connection = :connection)
       and (:states::text[] is null or state = any(:states)) order by id for update`,
    { orderIds: orderIds ?? null, connection: connection ?? null, states: states ?? null },
  );
  return rows;
}

/** Same key, same content, once more from the beginning: which begins with looking. */
export async function returnToPending(trx: Transaction, ids: readonly string[]): Promise<void> {
  await trx.raw(
    `update handoffs set state = 'pending', code = null, reason = null, not_before = null, failures = 0, settled_at = null
     where id = any(?) and state in ('refused', 'parked', 'doubled', 'held', 'pending')`,
    [[...ids]],
  );
}

/** A person did it there by hand, and says under which number. */
export async function settleByHand(trx: Transaction, id: string, number: string, now: Date): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `update handoffs set state = 'accepted', code = null, reason = null, not_before = null, erp_number = :number, settled_at = :now
     where id = :id and state in ('refused', 'parked', 'doubled', 'held') returning id`,
    { id, number, now },
  );
  return rows.length > 0;
}
