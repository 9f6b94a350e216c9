/** Budgets with the figures of one of their periods, for those who look. */
import type { Database } from '../database.ts';

export interface BudgetFigures {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly owner: {
    readonly kind: 'person' | 'unit' | 'cost_centre' | 'project';
    readonly id: string | null;
    readonly code: string | null;
    readonly name: string | null;
  };
  readonly company: { readonly id: string; readonly name: string | null };
  readonly parent: string | null;
  readonly currency: string;
  readonly basis: 'net' | 'gross';
  readonly includesShipping: boolean;
  readonly enforcement: 'allow' | 'warn' | 'require_approval' | 'block';
  readonly chargeOn: 'submission' | 'decision' | 'delivery' | 'posting';
  readonly actualsSource: 'kontor' | 'erp' | 'both';
  readonly zone: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly state: 'active' | 'closed';
  /** `null`: none holds now. */
  readonly period: PeriodFigures | null;
}

/** Minor units. */
export interface PeriodFigures {
  readonly key: string;
  readonly startOn: string;
  readonly endOn: string;
  readonly startAt: Date;
  readonly endAt: Date;
  readonly state: 'planned' | 'open' | 'closed_provisional' | 'closed_final';
  readonly isLimited: boolean;
  readonly allocated: number;
  readonly carried: number;
  readonly adjusted: number;
  readonly reserved: number;
  readonly committed: number;
  readonly actual: number;
  /** Of what is reserved, what nobody has decided yet. */
  readonly pending: number;
  /** `null`: without limit. */
  readonly available: number | null;
}

export interface FigureFilter {
  readonly code?: string | undefined;
  readonly ownerKind?: BudgetFigures['owner']['kind'] | undefined;
  /** Budgets of this unit, of people at it, or of its company. */
  readonly accountId?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

export async function listBudgetFigures(
  db: Database,
  { code, ownerKind, accountId, limit, after }: FigureFilter,
  now: Date,
): Promise<{ budgets: BudgetFigures[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: BudgetFigures[] }>(
    `with found as (
       select b.* from budgets b left join contacts c on b.owner_kind = 'person' and c.id = b.owner_id
       where (:code::text is null or b.code = :code) and (:ownerKind::text is null or b.owner_kind = :ownerKind)
         and (:accountId::bigint is null or b.company_id = :accountId or (b.owner_kind = 'unit' and b.owner_id = :accountId) or c.account_id = :accountId)
         and (:after::text is null or b.code > :after) order by b.code limit :limit::int + 1
     )
     select b.id, b.code, b.name, b.currency, b.basis, b.includes_shipping as "includesShipping", b.enforcement, b.charge_on as "chargeOn",
       b.actuals_source as "actualsSource", b.zone, b.valid_from as "validFrom", b.valid_until as "validUntil", b.state,
       (select code from budgets above where above.id = b.parent_id) as parent,
       jsonb_build_object('id', b.company_id::text, 'name', (select name from accounts where id = b.company_id)) as company,
       jsonb_build_object('kind', b.owner_kind, 'id', b.owner_id::text, 'code', b.owner_code, 'name', case b.owner_kind
         when 'unit' then (select name from accounts where id = b.owner_id) when 'person' then (select name from contacts where id = b.owner_id) end) as owner,
       case when p.id is null then null else jsonb_build_object('key', p.key, 'startOn', p.start_on, 'endOn', p.end_on, 'startAt', p.start_at,
         'endAt', p.end_at, 'state', p.state, 'isLimited', p.is_limited, 'allocated', p.allocated, 'carried', p.carried_in + p.carried_out,
         'adjusted', p.adjusted, 'reserved', p.reserved, 'committed', p.committed, 'actual', p.actual, 'pending', coalesce(waits.pending, 0),
         'available', case when p.is_limited then p.allocated + p.carried_in + p.carried_out + p.adjusted - p.reserved - p.committed end) end as period
     from found b
     left join budget_periods p on p.budget_id = b.id and p.start_at <= :now and p.end_at > :now
     left join lateral (
       select sum(case m.type when 'COMMIT' then -m.amount else m.amount end) as pending from budget_movements m
       join orders o on o.id = m.order_id and o.state = 'pending_approval'
       where m.period_id = p.id and m.type in ('RESERVE', 'RELEASE', 'COMMIT')) waits on true
     order by b.code`,
    { code: code ?? null, ownerKind: ownerKind ?? null, accountId: accountId ?? null, after: after ?? null, limit, now },
  );
  const budgets = rows.slice(0, limit).map(withInstants);
  return { budgets, next: rows.length > limit ? (budgets.at(-1)?.code ?? null) : null };
}

/** Instants come out of JSON as text. */
function withInstants({ period, ...budget }: BudgetFigures): BudgetFigures {
  return { ...budget, period: period && { ...period, startAt: new Date(period.startAt), endAt: new Date(period.endAt) } };
}
