/** What became of the month, read from where it was written: ledger, trail of the orders, notifications. */
import type { Database } from '../../store/database.ts';
import { BUDGET, ORDERS } from './month-story.ts';

export interface ToldPeriod {
  readonly key: string;
  readonly state: string;
  readonly currency: string;
  readonly allocated: number;
  readonly carried: number;
  readonly reserved: number;
  readonly committed: number;
  /** Below zero: overspent by so much. */
  readonly left: number;
  readonly overridden: number;
}

export type ToldEvent = { readonly at: Date; readonly turn: number } & (
  | { readonly kind: 'opened'; readonly period: string; readonly allocated: number; readonly carried: number; readonly currency: string }
  | { readonly kind: 'alert'; readonly period: string; readonly percent: number; readonly used: number; readonly currency: string }
  | { readonly kind: 'order'; readonly reference: string; readonly happened: string; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly kind: 'mail'; readonly event: string; readonly reader: string }
);

export interface ToldMonth {
  readonly periods: readonly ToldPeriod[];
  /** In the order of their instants. */
  readonly events: readonly ToldEvent[];
}

export async function tellMonth(db: Database): Promise<ToldMonth> {
  const [periods, events] = [await loadPeriods(db), await loadEvents(db)];
  return { periods, events };
}

async function loadPeriods(db: Database): Promise<ToldPeriod[]> {
  const { rows } = await db.raw<{ rows: ToldPeriod[] }>(
    `select p.key, p.state, b.currency, p.allocated::float8 as allocated, (p.carried_in + p.carried_out)::float8 as carried,
       p.reserved::float8 as reserved, p.committed::float8 as committed, p.overridden::float8 as overridden,
       (p.allocated + p.carried_in + p.carried_out + p.adjusted - p.reserved - p.committed)::float8 as left
     from budget_periods p join budgets b on b.id = p.budget_id where b.code = :code order by p.start_on`,
    { code: BUDGET },
  );
  return rows;
}

async function loadEvents(db: Database): Promise<ToldEvent[]> {
  const { rows } = await db.raw<{ rows: ToldEvent[] }>(
    `with mine as (select id, currency from budgets where code = :code),
     placed as (select id, reference from orders where origin = 'demo' and reference = any(:references::text[])),
     told as (
       select p.start_at as at, 1 as turn, jsonb_build_object('kind', 'opened', 'period', p.key, 'currency', b.currency, 'allocated', p.allocated,
         'carried', p.carried_in) as what
       from budget_periods p join mine b on b.id = p.budget_id where p.opened_at is not null
       union all
       select a.at, 3, jsonb_build_object('kind', 'alert', 'period', p.key, 'percent', a.percent, 'used', a.used, 'currency', b.currency)
       from budget_alerts a join budget_periods p on p.id = a.period_id join mine b on b.id = p.budget_id
       union all
       select l.at, 2 + l.id / 1e12, jsonb_build_object('kind', 'order', 'reference', o.reference, 'happened', l.kind,
         'facts', l.facts || jsonb_build_object('by', c.name, 'people', (
           select jsonb_agg(jsonb_build_object('name', p.name)) from jsonb_array_elements(l.facts -> 'people') given
           join contacts p on p.id = (given ->> 'personId')::bigint)))
       from order_log l join placed o on o.id = l.order_id left join contacts c on c.id = l.person_id
       union all
       select n.settled_at, 4 + n.id / 1e12, jsonb_build_object('kind', 'mail', 'event', n.event, 'reader', c.name)
       from notifications n join contacts c on c.id = n.person_id
       where n.state = 'sent' and (n.order_id in (select id from placed) or n.event in ('budget.alert', 'absence.handover'))
     )
     select what || jsonb_build_object('turn', turn, 'at', at) as told from told where at is not null order by at, turn`,
    { code: BUDGET, references: [...ORDERS] },
  );
  return (rows as unknown as Array<{ told: ToldEvent & { at: string } }>).map(({ told }) => ({ ...told, at: new Date(told.at) }));
}
