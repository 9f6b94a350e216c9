/** What stood in budgets at instants that are past, for orders that came in then. By what movements had taken effect; nothing is locked. */
import { type Balance, EFFECTS, type MovementType } from '../../domain/budgets/balance.ts';
import type { ChargeDay } from '../../domain/budgets/charge-day.ts';
import type { Closing } from '../../domain/budgets/closing.ts';
import type { Database } from '../database.ts';

export interface PastQuestion {
  readonly orderId: string;
  readonly budgetId: string;
  /** When the order came in. */
  readonly at: Date;
  /** Which decides the period. */
  readonly day: ChargeDay;
}

export interface PastStanding {
  /** `false`: the budget was made later. */
  readonly isKnown: boolean;
  /** `null`: it was not closed then. */
  readonly closing: Pick<Closing, 'closedAt' | 'reason'> | null;
  readonly period: PastPeriod | null;
}

export interface PastPeriod {
  readonly id: string;
  readonly key: string;
  readonly isLimited: boolean;
  readonly total: number;
  readonly available: number;
}

type AskedOf = Pick<PastQuestion, 'orderId' | 'budgetId'>;
export type PastStandings = (asked: AskedOf) => PastStanding | undefined;

/** By how much a movement `m` moves the sum of these. */
function effectOn(...sums: ReadonlyArray<keyof Balance>): string {
  const cases = (Object.keys(EFFECTS) as MovementType[]).map((type) => {
    const net = sums.reduce((all, sum) => all + (EFFECTS[type][sum] ?? 0), 0);
    return `when '${type}' then ${net} * m.amount`;
  });
  return `(case m.type ${cases.join(' ')} end)`;
}

/**
 * Movements and questions are one stream, summed as it runs: of one instant what no order did comes first,
 * then orders by their numbers, each asking before it takes. What a period begins with counts from the beginning, however late it was planned.
 */
export async function loadPastStandings(db: Database, questions: readonly PastQuestion[]): Promise<PastStandings> {
  if (questions.length === 0) return () => undefined;
  const { rows } = await db.raw<{ rows: Row[] }>(
    `with asked as materialized (
       select q.n, q.at, q."orderId" as order_id, b.id as budget_id, b.created_at <= q.at as is_known, c.closed_at, c.reason, p.id as period_id, p.key, p.is_limited
       from jsonb_to_recordset(:json::jsonb)
         as q(n int, "orderId" bigint, "budgetId" bigint, at timestamptz, "dayAt" timestamptz, "dayOn" date)
       join budgets b on b.id = q."budgetId"
       left join budget_closings c on c.budget_id = b.id and c.closed_at <= q.at and (c.reopened_at is null or c.reopened_at > q.at)
       left join budget_periods p on p.budget_id = b.id and case when q."dayOn" is null
         then p.start_at <= q."dayAt" and p.end_at > q."dayAt" else p.start_on <= q."dayOn" and p.end_on > q."dayOn" end
     ), stream as (
       select null::int as n, m.period_id, case when m.idempotency_key = 'allocate:' || p.budget_id || ':' || p.start_on then '-infinity' else m.at end as at,
         coalesce(m.order_id, 0) as order_id, ${effectOn('allocated', 'carriedIn', 'carriedOut', 'adjusted')} as total,
         ${effectOn('reserved', 'committed')} as used
       from budget_movements m join budget_periods p on p.id = m.period_id where m.period_id in (select period_id from asked)
       union all
       select n, period_id, at, order_id, 0, 0 from asked where period_id is not null
     ), running as (
       select n, sum(total) over passed as total, sum(used) over passed as used from stream
       window passed as (partition by period_id order by at, order_id, n nulls last rows unbounded preceding)
     )
     select a.order_id as "orderId", a.budget_id as "budgetId", a.is_known as "isKnown", a.closed_at as "closedAt", a.reason, case when a.period_id is not null then jsonb_build_object(
       'id', a.period_id::text, 'key', a.key, 'isLimited', a.is_limited, 'total', r.total, 'available', r.total - r.used) end as period
     from asked a left join running r on r.n = a.n`,
    { json: JSON.stringify(questions.map(asRow)) },
  );
  const standings = new Map(
    rows.map(({ orderId, budgetId, closedAt, reason, ...standing }) => {
      return [keyOf({ orderId, budgetId }), { ...standing, closing: closedAt && { closedAt, reason } }];
    }),
  );
  return (asked) => standings.get(keyOf(asked));
}

interface Row extends Omit<PastStanding, 'closing'>, AskedOf {
  readonly closedAt: Date | null;
  readonly reason: string | null;
}

function keyOf({ orderId, budgetId }: AskedOf): string {
  return `${orderId} ${budgetId}`;
}

function asRow({ day, ...question }: PastQuestion, n: number) {
  return { ...question, n, dayAt: 'at' in day ? day.at : null, dayOn: 'on' in day ? day.on : null };
}
