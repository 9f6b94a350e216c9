/** The table a storefront writes orders into when it shares the database. Its rows are never deleted here: they say what became of them. */
import type { Transaction } from '../database.ts';

export interface InboxRow {
  readonly id: string;
  readonly origin: string;
  readonly payload: unknown;
}

/** The oldest that nobody else holds; held until the transaction ends. */
export async function claimInbox(trx: Transaction, limit: number): Promise<InboxRow[]> {
  const { rows } = await trx.raw<{ rows: InboxRow[] }>(
    `select id, origin, payload from order_inbox where state = 'new' order by id limit :limit for update skip locked`,
    { limit },
  );
  return rows;
}

export interface SettledRow {
  readonly id: string;
  readonly orderId: string | null;
  /** `null`: taken. */
  readonly problems: readonly object[] | null;
}

export async function settleInbox(trx: Transaction, settled: readonly SettledRow[], now: Date): Promise<void> {
  await trx.raw(
    `update order_inbox i set state = case when s.problems is null then 'taken' else 'refused' end, order_id = s."orderId", problems = s.problems, settled_at = :now
     from jsonb_to_recordset(:json::jsonb) as s (id bigint, "orderId" bigint, problems jsonb) where i.id = s.id and i.state = 'new'`,
    { json: JSON.stringify(settled), now },
  );
}
