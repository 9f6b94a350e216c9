/** Hand-offs as rows: written in the transaction that approves. What happens to them afterwards is in push-claims.ts. */
import type { Order, Revision } from '../../domain/orders/order.ts';
import type { Transaction } from '../database.ts';

export type HandoffKind = 'create' | 'change' | 'cancel';

export interface NewHandoff {
  readonly order: Pick<Order, 'id' | 'accountId' | 'externalKey'>;
  readonly revision: Pick<Revision, 'n' | 'materialHash'>;
  /** Where orders go now; `null` while kontor.yaml names no target: it is held until one is named. */
  readonly connection: string | null;
  readonly kind?: HandoffKind;
  readonly now: Date;
}

/**
 * Answers its id. A change or cancellation goes where the order went, wherever orders go by now. To be called under `lockOrder`,
 * which keeps `seq` without gaps and repeats.
 */
export async function insertHandoff(trx: Transaction, { order, revision, connection, kind, now }: NewHandoff): Promise<string> {
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `insert into handoffs (order_id, seq, kind, revision, connection, account_id, external_key, approved_hash, created_at)
     select :orderId::bigint, coalesce(max(seq), 0) + 1,
       coalesce(:kind::text, case when bool_or(kind = 'create' and state <> 'cancelled') then 'change' else 'create' end),
       :n::int, coalesce((array_agg(connection order by seq desc) filter (where kind = 'create' and state <> 'cancelled'))[1], :connection::text), :accountId::bigint, :externalKey::text, :materialHash::text, :now::timestamptz
     from handoffs where order_id = :orderId returning id`,
    {
      orderId: order.id,
      accountId: order.accountId,
      externalKey: order.externalKey,
      n: revision.n,
      materialHash: revision.materialHash,
      connection,
      kind: kind ?? null,
      now,
    },
  );
  return String(rows[0]?.id);
}
