/** The periods of budgets with their sums. */
import type { ChargeDay } from '../../domain/budgets/charge-day.ts';
import type { LedgerPeriod, NewPeriod, PeriodChange } from '../../domain/budgets/ledger-period.ts';
import type { Period } from '../../domain/budgets/periods.ts';
import type { Database, Transaction } from '../database.ts';

const SUMS = ['allocated', 'carried_in', 'carried_out', 'adjusted', 'overridden', 'reserved', 'committed', 'actual'] as const;

const PERIOD_COLUMNS = `p.id, p.budget_id as "budgetId", p.key, p.start_on as "startOn", p.end_on as "endOn", p.start_at as "startAt",
  p.end_at as "endAt", p.state, p.closes_at as "closesAt", p.carry_expires_at as "carryExpiresAt", p.opened_at as "openedAt",
  p.opened_late as "openedLate", p.is_limited as "isLimited",
  ${SUMS.map((sum) => `p.${sum}::float8 as "${sum.replace(/_(.)/, (_, letter: string) => letter.toUpperCase())}"`).join(', ')}`;

export type { ChargeDay };

/**
 * The key of a new period `n`. Where its budget has another of that name (a month that was cut short and goes on, P1 of the next fiscal
 * year), its first day is added, so that a key names one period for ever.
 */
export const OWN_KEY = `case when exists (
    select from budget_periods k where k.budget_id = n."budgetId" and k.key = n.key and k.start_on <> n."startOn")
  then n.key || ' from ' || n."startOn" else n.key end`;

/** Periods to come, called as they will be. */
export async function withOwnKeys(db: Database | Transaction, budgetId: string, periods: readonly Period[]): Promise<Period[]> {
  const { rows } = await db.raw<{ rows: Array<{ key: string }> }>(
    `select ${OWN_KEY} as key from jsonb_to_recordset(:json::jsonb) as n(n int, "budgetId" bigint, key text, "startOn" date) order by n.n`,
    { json: JSON.stringify(periods.map(({ key, startOn }, n) => ({ n, budgetId, key, startOn }))) },
  );
  return periods.map((period, n) => ({ ...period, key: rows[n]?.key ?? period.key }));
}

const contains = (day: ChargeDay) => ('at' in day ? 'p.start_at <= :at and p.end_at > :at' : 'p.start_on <= :on and p.end_on > :on');

/** Without a lock, to look. */
export async function loadPeriodsOn(db: Database | Transaction, budgetIds: readonly string[], day: ChargeDay): Promise<LedgerPeriod[]> {
  const { rows } = await db.raw<{ rows: LedgerPeriod[] }>(
    `select ${PERIOD_COLUMNS} from budget_periods p where p.budget_id = any(:budgetIds::bigint[]) and ${contains(day)} order by p.id`,
    { budgetIds, ...day },
  );
  return rows;
}

/**
 * Until the transaction ends, in the order of their ids; before them their budgets, for whoever holds a period holds its budget. So the
 * clock, which asks for the periods of budgets it holds, waits for nobody, however often somebody comes back for another budget.
 */
export async function lockPeriods(trx: Transaction, ids: readonly string[]): Promise<LedgerPeriod[]> {
  if (ids.length === 0) return [];
  await trx.raw(
    `select from budgets where id = any(array(select budget_id from budget_periods where id = any(:ids::bigint[]))) order by id for update`,
    { ids },
  );
  const { rows } = await trx.raw<{ rows: LedgerPeriod[] }>(
    `select ${PERIOD_COLUMNS} from budget_periods p where p.id = any(:ids::bigint[]) order by p.id for update`,
    { ids },
  );
  return rows;
}

/** Those the clock may still do something about: all that are not closed for good. Of budgets that are locked. */
export async function lockLivePeriods(trx: Transaction, budgetIds: readonly string[]): Promise<LedgerPeriod[]> {
  const { rows } = await trx.raw<{ rows: LedgerPeriod[] }>(
    `select ${PERIOD_COLUMNS} from budget_periods p where p.budget_id = any(:budgetIds::bigint[]) and p.state <> 'closed_final'
     order by p.id for update`,
    { budgetIds },
  );
  return rows;
}

export async function listPeriods(db: Database | Transaction, budgetId: string): Promise<LedgerPeriod[]> {
  const { rows } = await db.raw<{ rows: LedgerPeriod[] }>(
    `select ${PERIOD_COLUMNS} from budget_periods p where p.budget_id = :budgetId order by p.start_on`,
    { budgetId },
  );
  return rows;
}

/** The last period each has, begun or planned. */
export async function listLastPeriods(trx: Transaction, budgetIds: readonly string[]): Promise<Map<string, LedgerPeriod>> {
  const { rows } = await trx.raw<{ rows: LedgerPeriod[] }>(
    `select distinct on (p.budget_id) ${PERIOD_COLUMNS} from budget_periods p where p.budget_id = any(:budgetIds::bigint[])
     order by p.budget_id, p.start_on desc`,
    { budgetIds },
  );
  return new Map(rows.map((period) => [period.budgetId, period]));
}

/** Empty ones: what they may spend comes by movements. */
export async function insertPeriods(trx: Transaction, periods: readonly NewPeriod[]): Promise<LedgerPeriod[]> {
  if (periods.length === 0) return [];
  const { rows } = await trx.raw<{ rows: LedgerPeriod[] }>(
    `insert into budget_periods as p (budget_id, key, start_on, end_on, start_at, end_at, state, is_limited, opened_at, opened_late, carry_expires_at)
     select n."budgetId", ${OWN_KEY}, n."startOn", n."endOn", n."startAt", n."endAt", n.state, n."isLimited", n."openedAt", n."openedLate",
       n."carryExpiresAt"
     from jsonb_to_recordset(:json::jsonb) as n("budgetId" bigint, key text, "startOn" date, "endOn" date, "startAt" timestamptz,
       "endAt" timestamptz, state text, "isLimited" boolean, "openedAt" timestamptz, "openedLate" boolean, "carryExpiresAt" timestamptz)
     returning ${PERIOD_COLUMNS}`,
    { json: JSON.stringify(periods) },
  );
  return rows;
}

/** Periods to come that hold nothing but what is allocated to them, from the last one back; they are cut anew when somebody needs them. */
export async function dropEmptyPlanned(trx: Transaction, budgetIds: readonly string[]): Promise<void> {
  await trx.raw(
    `with empty as (
       select p.id from budget_periods p where p.budget_id = any(:budgetIds::bigint[]) and p.state = 'planned' and not exists (
         select from budget_periods k join budget_movements m on m.period_id = k.id and m.type <> 'ALLOCATE'
         where k.budget_id = p.budget_id and k.state = 'planned' and k.start_on >= p.start_on)
     ), gone as (delete from budget_movements m using empty e where m.period_id = e.id)
     delete from budget_periods p using empty e where p.id = e.id`,
    { budgetIds: [...budgetIds] },
  );
}

export async function changePeriods(trx: Transaction, changes: readonly PeriodChange[]): Promise<void> {
  if (changes.length === 0) return;
  await trx.raw(
    `update budget_periods p set state = n.state, closes_at = n."closesAt", carry_expires_at = n."carryExpiresAt", opened_at = n."openedAt",
       opened_late = n."openedLate", is_limited = n."isLimited"
     from jsonb_to_recordset(:json::jsonb) as n(id bigint, state text, "closesAt" timestamptz, "carryExpiresAt" timestamptz,
       "openedAt" timestamptz, "openedLate" boolean, "isLimited" boolean)
     where p.id = n.id`,
    { json: JSON.stringify(changes) },
  );
}
