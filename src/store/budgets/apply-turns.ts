/** Writes what the clock owed a batch of budgets: periods, movements, sums and the next due instants, in one statement. */
import type { Balance } from '../../domain/budgets/balance.ts';
import type { NextOpening } from '../../domain/budgets/budget.ts';
import type { NewPeriod, PeriodChange } from '../../domain/budgets/ledger-period.ts';
import type { Movement } from '../../domain/budgets/post.ts';
import type { Transaction } from '../database.ts';
import { OWN_KEY } from './periods.ts';

type Carried = Pick<Balance, 'carriedIn' | 'carriedOut' | 'overridden'>;

type TurnMovement = Omit<Movement, 'periodId'> & { readonly periodId: string | null };

export interface TurnWrites {
  /** With the sums their movements come to. One of a budget at most. */
  readonly created: ReadonlyArray<NewPeriod & Carried & Pick<Balance, 'allocated'>>;
  /** As they become; locked by this transaction since they were read. */
  readonly changed: ReadonlyArray<PeriodChange & Carried>;
  /** `null`: in the period that is created for its budget. */
  readonly movements: readonly TurnMovement[];
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
      created: JSON.stringify(created),
      changed: JSON.stringify(changed),
      movements: JSON.stringify(movements.map(rowOf)),
      openings: JSON.stringify(openings),
      now,
    },
  );
}

/** Nothing of what a turn never says, for a hundred thousand of them are written in the same minute. */
function rowOf({ budgetId, periodId, type, amount, key, counterpart, at, by, reason }: TurnMovement, n: number) {
  return { n, budgetId, periodId: periodId ?? undefined, type, amount, key, counterpart, at, by, reason: reason ?? undefined };
}
