/** Budgets as they are stored, and those above them. */
import type { Budget, NewBudget, NextOpening } from '../../domain/budgets/budget.ts';
import { TIMED, type TimedBudget } from '../../domain/budgets/turn.ts';
import type { Database, Transaction } from '../database.ts';

export const BUDGET_COLUMNS = `b.id, b.code, b.name, b.company_id as "companyId", b.owner_kind as "ownerKind", b.owner_id as "ownerId",
  b.owner_code as "ownerCode", b.parent_id as "parentId", b.currency, b.limit_kind as "limitKind", b.amount::float8 as amount, b.basis,
  b.includes_shipping as "includesShipping", b.enforcement, b.period_rule as "periodRule", b.zone, b.valid_from as "validFrom",
  b.valid_until as "validUntil", b.carry_rule as "carryRule", b.charge_on as "chargeOn", b.late_credit as "lateCredit",
  b.close_delay as "closeDelay", b.alert_percents as "alertPercents", b.roll_up as "rollUp", b.actuals_source as "actualsSource", b.state,
  b.version, b.next_opens_on as "nextOpensOn", b.next_opens_at as "nextOpensAt", b.next_due_at as "nextDueAt",
  b.active_since as "activeSince"`;

/** Not more, for a hundred thousand of them begin in the same minute. */
const TIMED_COLUMNS = TIMED.map((field) => {
  const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `b.${column}${field === 'amount' ? '::float8' : ''} as "${field}"`;
}).join(', ');

export async function loadBudgets(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, Budget>> {
  const { rows } = await db.raw<{ rows: Budget[] }>(`select ${BUDGET_COLUMNS} from budgets b where b.id = any(:ids::bigint[])`, { ids });
  return new Map(rows.map((budget) => [budget.id, budget]));
}

/** These and all above them. */
export async function loadWithAncestors(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, Budget>> {
  const { rows } = await db.raw<{ rows: Budget[] }>(
    `with recursive up(id) as (
       select unnest(:ids::bigint[])
       union select b.parent_id from up join budgets b using (id) where b.parent_id is not null)
     select ${BUDGET_COLUMNS} from up join budgets b using (id)`,
    { ids },
  );
  return new Map(rows.map((budget) => [budget.id, budget]));
}

export interface OwnerOfBudget {
  readonly kind: Budget['ownerKind'];
  /** Our id of a person or unit, code of a cost centre or project. */
  readonly name: string;
}

/** Budgets of these owners, whatever the day: which of them holds a day is told by their periods. Closed ones, too. Codes compare without case. */
export async function findBudgetsOf(db: Database | Transaction, companyId: string, owners: readonly OwnerOfBudget[]): Promise<Budget[]> {
  const { rows } = await db.raw<{ rows: Budget[] }>(
    `select ${BUDGET_COLUMNS} from jsonb_to_recordset(:json::jsonb) as o(kind text, name text)
     join budgets b on b.owner_kind = o.kind
       and (b.owner_id = case when o.kind in ('person', 'unit') then o.name::bigint end
         or (b.company_id = :companyId and lower(b.owner_code) = case when o.kind in ('cost_centre', 'project') then lower(btrim(o.name)) end))
     order by b.id`,
    { companyId, json: JSON.stringify(owners) },
  );
  return rows;
}

/** Those of the given budgets that the clock owes something, locked in the order of their ids. */
export async function lockDueBudgets(trx: Transaction, ids: readonly string[], now: Date): Promise<TimedBudget[]> {
  const { rows } = await trx.raw<{ rows: TimedBudget[] }>(
    `select ${TIMED_COLUMNS} from budgets b where b.id = any(:ids::bigint[]) and b.next_due_at <= :now order by b.id for update`,
    { ids, now },
  );
  return rows;
}

export interface BudgetClaim {
  readonly limit: number;
  /** The last one of the batch before, so that what this run has moved on already is not walked over again. */
  readonly after: Pick<Budget, 'id' | 'nextDueAt'> | null;
  /** Ids of those this run could not move on. */
  readonly except: readonly string[];
}

/** The longest owed first, at most `limit`, and none that another process has at hand. */
export async function claimDueBudgets(trx: Transaction, now: Date, { limit, after, except }: BudgetClaim): Promise<TimedBudget[]> {
  const { rows } = await trx.raw<{ rows: TimedBudget[] }>(
    `select ${TIMED_COLUMNS} from budgets b
     where b.next_due_at <= :now and (:afterId::bigint is null or (b.next_due_at, b.id) > (:afterAt::timestamptz, :afterId::bigint))
       and b.id <> all(:except::bigint[])
     order by b.next_due_at, b.id limit :limit for update skip locked`,
    { now, limit, afterAt: after?.nextDueAt ?? null, afterId: after?.id ?? null, except },
  );
  return rows;
}

export async function lockBudgets(trx: Transaction, ids: readonly string[]): Promise<Budget[]> {
  const { rows } = await trx.raw<{ rows: Budget[] }>(
    `select ${BUDGET_COLUMNS} from budgets b where b.id = any(:ids::bigint[]) order by b.id for update`,
    { ids },
  );
  return rows;
}

export async function setNextOpenings(trx: Transaction, openings: readonly NextOpening[]): Promise<void> {
  await trx.raw(
    `update budgets b set next_opens_on = n."nextOpensOn", next_opens_at = n."nextOpensAt", next_due_at = n."nextDueAt"
     from jsonb_to_recordset(:json::jsonb) as n(id bigint, "nextOpensOn" date, "nextOpensAt" timestamptz, "nextDueAt" timestamptz)
     where b.id = n.id`,
    { json: JSON.stringify(openings) },
  );
}

const GIVEN = `g(id bigint, code text, name text, "companyId" bigint, "ownerKind" text, "ownerId" bigint, "ownerCode" text, "parentId" bigint, currency text,
  "limitKind" text, amount bigint, basis text, "includesShipping" boolean, enforcement text, "periodRule" jsonb, zone text, "validFrom" date,
  "validUntil" date, "carryRule" jsonb, "chargeOn" text, "lateCredit" text, "closeDelay" jsonb, "alertPercents" jsonb, "rollUp" text,
  "actualsSource" text, "nextOpensOn" date, "nextOpensAt" timestamptz)`;

/** New ones, none of their periods begun. Answers their ids by code. */
export async function insertBudgets(
  trx: Transaction,
  budgets: ReadonlyArray<NewBudget & Pick<NextOpening, 'nextOpensOn' | 'nextOpensAt'>>,
  by: string,
  now: Date,
): Promise<Map<string, string>> {
  if (budgets.length === 0) return new Map();
  const { rows } = await trx.raw<{ rows: Array<{ id: string; code: string }> }>(
    `insert into budgets (code, name, company_id, owner_kind, owner_id, owner_code, parent_id, currency, limit_kind, amount, basis,
       includes_shipping, enforcement, period_rule, zone, valid_from, valid_until, carry_rule, charge_on, late_credit, close_delay,
       alert_percents, roll_up, actuals_source, next_opens_on, next_opens_at, next_due_at, active_since, created_by, created_at, updated_at)
     select code, name, "companyId", "ownerKind", "ownerId", "ownerCode", "parentId", currency, "limitKind", amount, basis,
       "includesShipping", enforcement, "periodRule", zone, "validFrom", "validUntil", "carryRule", "chargeOn", "lateCredit", "closeDelay",
       array(select jsonb_array_elements_text("alertPercents")::int), "rollUp", "actualsSource", "nextOpensOn", "nextOpensAt", "nextOpensAt",
       :now::timestamptz, :by, :now::timestamptz, :now::timestamptz
     from jsonb_to_recordset(:json::jsonb) as ${GIVEN} order by code
     returning id, code`,
    { json: JSON.stringify(budgets), by, now },
  );
  return new Map(rows.map(({ code, id }) => [code, id]));
}

/** What people decide about them; owner, currency and basis stay. Each becomes its next version. */
export async function updateBudgets(
  trx: Transaction,
  budgets: ReadonlyArray<NewBudget & { readonly id: string }>,
  now: Date,
): Promise<void> {
  if (budgets.length === 0) return;
  await trx.raw(
    `update budgets b set name = g.name, parent_id = g."parentId", limit_kind = g."limitKind", amount = g.amount, enforcement = g.enforcement,
       period_rule = g."periodRule", zone = g.zone, valid_from = g."validFrom", valid_until = g."validUntil", carry_rule = g."carryRule",
       charge_on = g."chargeOn", late_credit = g."lateCredit", close_delay = g."closeDelay",
       alert_percents = array(select jsonb_array_elements_text(g."alertPercents")::int), roll_up = g."rollUp", actuals_source = g."actualsSource",
       version = b.version + 1, updated_at = :now::timestamptz
     from jsonb_to_recordset(:json::jsonb) as ${GIVEN} where b.id = g.id`,
    { json: JSON.stringify(budgets), now },
  );
}
