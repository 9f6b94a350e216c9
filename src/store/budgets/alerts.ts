/** Shares of a budget that have been reached, each told once per period. */
import type { Transaction } from '../database.ts';

export interface BudgetAlert {
  readonly periodId: string;
  readonly percent: number;
  readonly used: number;
  readonly limitedTo: number;
}

/** Answers those that are new. */
export async function insertAlerts(trx: Transaction, alerts: readonly BudgetAlert[], now: Date): Promise<BudgetAlert[]> {
  if (alerts.length === 0) return [];
  const { rows } = await trx.raw<{ rows: BudgetAlert[] }>(
    `insert into budget_alerts (period_id, percent, at, used, limited_to)
     select a."periodId", a.percent, :now::timestamptz, a.used, a."limitedTo"
     from jsonb_to_recordset(:json::jsonb) as a("periodId" bigint, percent int, used bigint, "limitedTo" bigint)
     order by a."periodId", a.percent on conflict do nothing
     returning period_id as "periodId", percent, used::float8 as used, limited_to::float8 as "limitedTo"`,
    { json: JSON.stringify(alerts), now },
  );
  return rows;
}

/** With what its budget and period are called. */
export interface ReachedAlert extends BudgetAlert {
  readonly budgetId: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  /** Key of the period. */
  readonly period: string;
  readonly endsAt: Date;
}

/** Those of running periods that nobody was there to be told; what somebody else has at hand is left to them. */
export async function lockUntold(trx: Transaction): Promise<ReachedAlert[]> {
  const { rows } = await trx.raw<{ rows: ReachedAlert[] }>(
    `select l.period_id as "periodId", l.percent, l.used::float8 as used, l.limited_to::float8 as "limitedTo", b.id as "budgetId", b.code, b.name,
       b.currency, p.key as period, p.end_at as "endsAt"
     from budget_alerts l join budget_periods p on p.id = l.period_id and p.state = 'open' join budgets b on b.id = p.budget_id
     where l.untold order by l.period_id, l.percent for update of l skip locked`,
  );
  return rows;
}

export async function markUntold(
  trx: Transaction,
  alerts: ReadonlyArray<Pick<BudgetAlert, 'periodId' | 'percent'>>,
  untold: boolean,
): Promise<void> {
  if (alerts.length === 0) return;
  const json = JSON.stringify(alerts.map(({ periodId, percent }) => ({ periodId, percent })));
  await trx.raw(
    `update budget_alerts l set untold = :untold from jsonb_to_recordset(:json::jsonb) as a("periodId" bigint, percent int)
     where l.period_id = a."periodId" and l.percent = a.percent`,
    { json, untold },
  );
}

export interface AlertReader {
  readonly budgetId: string;
  readonly personId: string;
}

/**
 * Who hears of a budget: the person it belongs to; who has the role `budget_owner` in its unit, or `cost_centre_owner` of its cost centre;
 * where there is nobody such, the administrators of the nearest unit above that has any.
 */
export async function findReaders(trx: Transaction, budgetIds: readonly string[]): Promise<AlertReader[]> {
  const { rows } = await trx.raw<{ rows: AlertReader[] }>(
    `with recursive asked as (
       select b.id, b.company_id, b.owner_kind, b.owner_id, b.owner_code,
         case b.owner_kind when 'unit' then b.owner_id when 'person' then (select account_id from contacts where id = b.owner_id) else b.company_id end as unit_id
       from budgets b where b.id = any(:budgetIds::bigint[])
     ), up(id, unit_id, level) as (
       select id, unit_id, 0 from asked union all
       select up.id, a.parent_id, up.level + 1 from up join accounts a on a.id = up.unit_id where a.parent_id is not null and up.level < 64
     ), near as (
       select k.id, c.id as person_id, -1 as level from asked k join contacts c on c.status = 'active' and case k.owner_kind
         when 'person' then c.id = k.owner_id
         when 'unit' then c.account_id = k.owner_id and 'budget_owner' = any(${ROLES})
         when 'cost_centre' then lower(btrim(c.cost_centre)) = lower(btrim(k.owner_code)) and 'cost_centre_owner' = any(${ROLES})
           and c.account_id in (${BELOW})
         else c.account_id = k.company_id and 'budget_owner' = any(${ROLES}) end
       union all
       select up.id, c.id, up.level from up join contacts c on c.account_id = up.unit_id and c.status = 'active'
         and ${ROLES} && array['administrator', 'admin']
     )
     select id as "budgetId", person_id as "personId" from (
       select id, person_id, level, min(level) over (partition by id) as nearest from near) n
     where level = nearest order by id, person_id`,
    { budgetIds },
  );
  return rows;
}

const ROLES = `array(select lower(btrim(role)) from unnest(c.roles) role)`;
const BELOW = `with recursive tree(id) as (
  select k.company_id union select a.id from accounts a join tree on a.parent_id = tree.id) select id from tree`;
