/** Orders as those see them who brought them in: of one origin, or of all. */
import type { Order, OrderState } from '../../domain/orders/order.ts';
import type { ProgressState } from '../../domain/orders/progress.ts';
import type { Database } from '../database.ts';
import type { HandoffState } from '../orders/push-claims.ts';

export interface OrderSummary
  extends Pick<
    Order,
    'id' | 'origin' | 'reference' | 'externalKey' | 'state' | 'approvedBy' | 'revision' | 'currency' | 'total' | 'submittedAt' | 'decidedAt'
  > {
  readonly account: { readonly id: string; readonly number: string | null; readonly name: string };
  readonly orderedBy: { readonly id: string; readonly name: string };
  readonly onBehalfOf: { readonly id: string; readonly name: string } | null;
  /** The newest; `null` while nothing was released. */
  readonly handoff: {
    readonly kind: 'create' | 'change' | 'cancel';
    readonly state: HandoffState;
    readonly code: string | null;
    readonly reason: string | null;
  } | null;
  /** The ERP's number for it. */
  readonly erpNumber: string | null;
  /** How far it has come there. */
  readonly progress: ProgressState | null;
}

const PERSON = (alias: string) =>
  `case when ${alias}.id is null then null else jsonb_build_object('id', ${alias}.id::text, 'name', ${alias}.name) end`;

const SUMMARY = `select o.id, o.origin, o.reference, o.external_key as "externalKey", o.state, o.approved_by as "approvedBy", o.revision, o.currency,
    o.total::float8 as total, o.submitted_at as "submittedAt", o.decided_at as "decidedAt",
    jsonb_build_object('id', a.id::text, 'number', a.number, 'name', a.name) as account,
    ${PERSON('c')} as "orderedBy", ${PERSON('b')} as "onBehalfOf",
    (select jsonb_build_object('kind', h.kind, 'state', h.state, 'code', h.code, 'reason', h.reason)
      from handoffs h where h.order_id = o.id order by h.seq desc limit 1) as handoff,
    (select h.erp_number from handoffs h where h.order_id = o.id and h.kind = 'create' and h.erp_number is not null order by h.seq desc limit 1) as "erpNumber",
    p.state as progress
  from orders o join accounts a on a.id = o.account_id join contacts c on c.id = o.ordered_by_id
  left join contacts b on b.id = o.on_behalf_of_id left join order_progress p on p.order_id = o.id`;

export interface VisibleFilter {
  /** `null` for all. */
  readonly origin: string | null;
  readonly state?: OrderState | undefined;
  readonly accountId?: string | undefined;
  /** Who ordered, or for whom. */
  readonly personId?: string | undefined;
  /** Submitted then or later. */
  readonly since?: Date | undefined;
  readonly limit: number;
  /** Id of the last order of the page before. */
  readonly before?: string | undefined;
}

/** Newest first. */
export async function listVisibleOrders(
  db: Database,
  { origin, state, accountId, personId, since, limit, before }: VisibleFilter,
): Promise<{ orders: OrderSummary[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: OrderSummary[] }>(
    `${SUMMARY} where (:origin::text is null or o.origin = :origin) and (:state::text is null or o.state = :state)
       and (:accountId::bigint is null or o.account_id = :accountId)
       and (:personId::bigint is null or :personId in (o.ordered_by_id, o.on_behalf_of_id))
       and (:since::timestamptz is null or o.submitted_at >= :since) and (:before::bigint is null or o.id < :before)
     order by o.id desc limit :limit::int + 1`,
    {
      origin,
      state: state ?? null,
      accountId: accountId ?? null,
      personId: personId ?? null,
      since: since ?? null,
      limit,
      before: before ?? null,
    },
  );
  const orders = rows.slice(0, limit);
  return { orders, next: rows.length > limit ? (orders.at(-1)?.id ?? null) : null };
}

/**
 * Every order that a name fits: its key in the ERP, our id, or the reference of the storefront. A reference may look like one of
 * our ids; `id:17` and `ref:17` say which is meant.
 */
export async function findVisibleOrders(db: Database, origin: string | null, name: string): Promise<OrderSummary[]> {
  const [, kind = '', rest = name] = /^(id|ref):(.*)$/s.exec(name) ?? [];
  const { rows } = await db.raw<{ rows: OrderSummary[] }>(
    `${SUMMARY} where (:origin::text is null or o.origin = :origin) and (
       (:kind = '' and o.external_key = :name)
       or (:kind in ('', 'id') and o.id = substring(:rest from '^[0-9]{1,18}$')::bigint)
       or (:kind in ('', 'ref') and o.reference = :rest))
     order by o.id limit 10`,
    { origin, kind, name, rest },
  );
  return rows;
}

export async function loadVisibleOrder(db: Database, id: string): Promise<OrderSummary | null> {
  const { rows } = await db.raw<{ rows: OrderSummary[] }>(`${SUMMARY} where o.id = ?`, [id]);
  return rows[0] ?? null;
}
