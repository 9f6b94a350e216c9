/** Writes what the clock owed a batch of budgets: periods, movements, sums and the next due instants, in one statement. */
import type { Balance } from '../../domain/budgets/balance.ts';
import type { NextOpening } from '../../domain/budgets/budget.ts';
import type { NewPeriod, PeriodChange } from '../../domain/budgets/ledger-period.ts';
import type { Movement } from '../../domain/budgets/post.ts';
import { isNew } from '../../domain/budgets/turn.ts';
import type { Transaction } from '../database.ts';
import { OWN_KEY } from './periods.ts';

export interface TurnWrites {
  /** With the sums their movements come to. One of a budget at most. */
  readonly created: ReadonlyArray<{ readonly period: NewPeriod; readonly sums: Balance }>;
  /** As they become; locked by this transaction since they were read. */
  readonly changed: ReadonlyArray<{ readonly change: PeriodChange; readonly sums: Balance }>;
  readonly movements: readonly Movement[];
  readonly openings: readonly NextOpening[];
}

export async function applyTurns(trx: Transaction, { created, changed, movements, openings }: TurnWrites, now: Date): Promise<void> {
  await trx.raw(
    `with opened as (
       insert into budget_periods (budget_id, key, start_on, end_on, start_at, end_at, state, is_limited, opened_at, opened_late,
         carry_expires_at, allocated, carried_in, carried_out, overridden)
       select n."budgetId", ${OWN_KEY}, n."startOn", n."endOn", n."startAt", n."endAt", n.state, n."isLimited", n."openedAt", n."openedLate",
         n."carryExpiresAt", n.allocated, n."carriedIn", n."carriedOut", n.overridden
       from json_to_recordset(:created::json) as n("budgetId" bigint, key text, "startOn" date, "endOn" date, "startAt" timestamptz,
         "endAt" timestamptz, state text, "isLimited" boolean, "openedAt" timestamptz, "openedLate" boolean, "carryExpiresAt" timestamptz,
         allocated bigint, "carriedIn" bigint, "carriedOut" bigint, overridden bigint)
       returning id, budget_id
     ), moved as (
       insert into budget_movements (budget_id, period_id, type, amount, idempotency_key, counterpart_key, at, recorded_at, by, reason)
       select m."budgetId", coalesce(m."periodId", o.id), m.type, m.amount, m.key, m.counterpart, m.at, :now::timestamptz, m.by, m.reason
       from json_to_recordset(:movements::json) as m(n int, "budgetId" bigint, "periodId" bigint, type text, amount bigint, key text,
         counterpart text, at timestamptz, by text, reason text)
       left join opened o on m."periodId" is null and o.budget_id = m."budgetId" order by m.n
     ), changed as (
       update budget_periods p set state = n.state, closes_at = n."closesAt", carry_expires_at = n."carryExpiresAt",
         opened_at = n."openedAt", opened_late = n."openedLate", carried_in = n."carriedIn", carried_out = n."carriedOut",
         overridden = n.overridden
       from json_to_recordset(:changed::json) as n(id bigint, state text, "closesAt" timestamptz, "carryExpiresAt" timestamptz,
         "openedAt" timestamptz, "openedLate" boolean, "carriedIn" bigint, "carriedOut" bigint, overridden bigint)
       where p.id = n.id
     )
     update budgets b set next_opens_on = n."nextOpensOn", next_opens_at = n."nextOpensAt", next_due_at = n."nextDueAt"
     from json_to_recordset(:openings::json) as n(id bigint, "nextOpensOn" date, "nextOpensAt" timestamptz, "nextDueAt" timestamptz)
     where b.id = n.id`,
    {
      created: JSON.stringify(created.map(rowOfNew)),
      changed: JSON.stringify(changed.map(rowOfChange)),
      movements: JSON.stringify(movements.map(rowOfMovement)),
      openings: JSON.stringify(openings),
      now,
    },
  );
}

// Rows are written out field by field, and say nothing of what a turn never says: a hundred thousand of them are made in the same minute.

function rowOfNew({ period, sums }: TurnWrites['created'][number]) {
  const { budgetId, key, startOn, endOn, startAt, endAt, state, isLimited, openedAt, openedLate, carryExpiresAt } = period;
  const { allocated, carriedIn, carriedOut, overridden } = sums;
  const told = carryExpiresAt ?? undefined;
  return { budgetId, key, startOn, endOn, startAt, endAt, state, isLimited, openedAt, openedLate, carryExpiresAt: told, allocated, carriedIn, carriedOut, overridden }; // biome-ignore format: one row
}

function rowOfChange({ change, sums }: TurnWrites['changed'][number]) {
  const { id, state, closesAt, carryExpiresAt, openedAt, openedLate } = change;
  const { carriedIn, carriedOut, overridden } = sums;
  return { id, state, closesAt, carryExpiresAt, openedAt, openedLate, carriedIn, carriedOut, overridden };
}

function rowOfMovement({ budgetId, periodId, type, amount, key, counterpart, at, by, reason }: Movement, n: number) {
  return { n, budgetId, periodId: isNew(periodId) ? undefined : periodId, type, amount, key, counterpart, at, by, reason: reason ?? undefined }; // biome-ignore format: one row
}
