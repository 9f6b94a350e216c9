/** Hand-offs as operations looks for them: those that stand still first. */
import type { Database } from '../database.ts';
import type { HandoffKind } from '../orders/handoffs.ts';
import type { HandoffState } from '../orders/push-claims.ts';

export interface HandoffListItem {
  readonly id: string;
  readonly orderId: string;
  readonly externalKey: string;
  readonly account: string;
  readonly kind: HandoffKind;
  readonly connection: string | null;
  readonly state: HandoffState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly attempts: number;
  readonly erpNumber: string | null;
  readonly createdAt: Date;
  readonly notBefore: Date | null;
}

export interface HandoffFilter {
  readonly state?: HandoffState;
  readonly connection?: string;
  /** Only what is not accepted or cancelled. */
  readonly open?: boolean;
  readonly limit: number;
  readonly before?: string;
}

export async function listHandoffs(
  db: Database,
  filter: HandoffFilter,
): Promise<{ handoffs: HandoffListItem[]; next: string | null; counts: Record<string, number> }> {
  const { state = null, connection = null, open = false, limit, before = null } = filter;
  const { rows } = await db.raw<{ rows: HandoffListItem[] }>(
    `select h.id, h.order_id as "orderId", h.external_key as "externalKey", a.name as account, h.kind, h.connection, h.state, h.code, h.reason, h.attempts,
       h.erp_number as "erpNumber", h.created_at as "createdAt", h.not_before as "notBefore"
     from handoffs h join accounts a on a.id = h.account_id
     where (:state::text is null or h.state = :state) and (:connection::text is null or h.connection = :connection)
       and (not :open::boolean or h.state not in ('accepted', 'cancelled')) and (:before::bigint is null or h.id < :before)
     order by h.id desc limit :limit::int + 1`,
    { state, connection, open, limit, before },
  );
  const counted = await db.raw<{ rows: Array<{ state: string; n: number }> }>(
    'select state, count(*)::int as n from handoffs group by state order by state',
  );
  const handoffs = rows.slice(0, limit);
  const counts = Object.fromEntries(counted.rows.map(({ state: name, n }) => [name, n]));
  return { handoffs, next: rows.length > limit ? (handoffs.at(-1)?.id ?? null) : null, counts };
}
