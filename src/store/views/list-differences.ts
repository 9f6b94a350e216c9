/** Differences between approved, sent and confirmed, newest first. */
import type { Difference } from '../../domain/orders/three-way-match.ts';
import type { Database } from '../database.ts';

export interface ListedDifference {
  readonly id: string;
  readonly orderId: string;
  readonly externalKey: string;
  readonly account: string;
  /** Of the order in its ERP. */
  readonly numbers: readonly string[];
  readonly revision: number;
  readonly foundAt: Date;
  readonly state: 'open' | 'accepted' | 'gone';
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly reason: string | null;
  readonly differences: readonly Difference[];
}

export interface DifferenceFilter {
  readonly state?: ListedDifference['state'];
  readonly orderId?: string;
  readonly limit: number;
  /** Id of the last one of the page before. */
  readonly before?: string | undefined;
}

export async function listDifferences(
  db: Database,
  { state, orderId, limit, before }: DifferenceFilter,
): Promise<{ differences: ListedDifference[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: ListedDifference[] }>(
    `select d.id, d.order_id as "orderId", o.external_key as "externalKey", a.name as account, d.revision, d.found_at as "foundAt", d.state,
       d.settled_at as "settledAt", d.settled_by as "settledBy", d.reason, d.differences,
       array(select distinct h.erp_number from handoffs h where h.order_id = o.id and h.erp_number is not null order by 1) as numbers
     from order_differences d join orders o on o.id = d.order_id join accounts a on a.id = o.account_id
     where (:state::text is null or d.state = :state) and (:orderId::bigint is null or d.order_id = :orderId::bigint)
       and (:before::bigint is null or d.id < :before::bigint)
     order by d.id desc limit :limit::int + 1`,
    { state: state ?? null, orderId: orderId ?? null, before: before ?? null, limit },
  );
  const differences = rows.slice(0, limit);
  return { differences, next: rows.length > limit ? (differences.at(-1)?.id ?? null) : null };
}
