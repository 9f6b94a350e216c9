/** Who holds a step: people, each with one row, and whose seats they sit on. */
import type { Climb } from '../../domain/policy/climb.ts';
import { column, jsonLines } from '../columns.ts';
import type { Database, Transaction } from '../database.ts';

export interface StepHolder {
  readonly personId: string;
  readonly forPersonId: string | null;
  /** Whose deputy this person is, too, beside the one place a person has. */
  readonly alsoFor: readonly SeatHeld[];
  readonly via: string;
  /** Whose seat it was, of who came by escalation. */
  readonly seatId: string | null;
  /** The rung that brought this person; 0: the rules did. */
  readonly level: number;
  /** When the one whose seat it is came to hold the step. */
  readonly since: Date | null;
}

/** Somebody's place among the holders, whoever sits there. */
export interface SeatHeld {
  readonly personId: string;
  readonly level: number;
  readonly since: Date | null;
}

export function seatsHeld(holders: readonly StepHolder[]): SeatHeld[] {
  return holders.flatMap(({ personId, forPersonId, level, since, alsoFor }) => [
    { personId: forPersonId ?? personId, level, since },
    ...alsoFor,
  ]);
}

export interface HeldStep {
  readonly stepId: string;
  readonly state: 'active' | 'exhausted';
  readonly needed: number;
  readonly climbs: readonly Climb[];
  readonly holders: readonly StepHolder[];
  /** As they stand; under the lock of the order nobody else changes them. */
  readonly before: readonly StepHolder[];
}

/** Steps that are decided or void stay as they are, and those of which only the holders are others are not written again. */
export async function assignSteps(trx: Transaction, held: readonly HeldStep[], now: Date): Promise<void> {
  if (held.length === 0) return;
  await trx.raw(
    `update approval_steps s set state = h.state, needed = h.needed, climbs = h.climbs::jsonb, assigned_at = coalesce(s.assigned_at, :now)
     from rows from (unnest(:stepIds::bigint[], :states::text[], :needed::int[]), string_to_table(:climbs, chr(10))) as h(step_id, state, needed, climbs)
     where s.id = h.step_id and s.state in ('waiting', 'active', 'exhausted')
       and (s.assigned_at is null or s.state <> h.state or s.needed <> h.needed or s.climbs <> h.climbs::jsonb)`,
    {
      now,
      stepIds: column(held.map(({ stepId }) => stepId)),
      states: column(held.map(({ state }) => state)),
      needed: column(held.map(({ needed }) => needed)),
      climbs: jsonLines(held.map(({ climbs }) => climbs)),
    },
  );
  await removeHolders(trx, held);
  const fresh = held.flatMap(({ stepId, holders, before }) => {
    return holders.filter((holder) => !before.some((one) => isSameHolder(one, holder))).map((holder) => ({ stepId, holder }));
  });
  if (fresh.length === 0) return;
  await trx.raw(
    `insert into step_holders as h (step_id, person_id, for_person_id, via, seat_id, level, since, also_for)
     select f.step_id, f.person_id, f.for_person_id, f.via, f.seat_id, f.level, f.since, nullif(f.also_for, '[]')::jsonb
     from rows from (
       unnest(:stepIds::bigint[], :personIds::bigint[], :forPersonIds::bigint[], :vias::text[], :seatIds::bigint[], :levels::int[], :since::timestamptz[]),
       string_to_table(:alsoFor, chr(10))
     ) as f(step_id, person_id, for_person_id, via, seat_id, level, since, also_for)
     on conflict (step_id, person_id) do update set for_person_id = excluded.for_person_id, via = excluded.via, seat_id = excluded.seat_id,
       level = excluded.level, since = excluded.since, also_for = excluded.also_for`,
    {
      stepIds: column(fresh.map(({ stepId }) => stepId)),
      personIds: column(fresh.map(({ holder }) => holder.personId)),
      forPersonIds: column(fresh.map(({ holder }) => holder.forPersonId)),
      vias: column(fresh.map(({ holder }) => holder.via)),
      seatIds: column(fresh.map(({ holder }) => holder.seatId)),
      levels: column(fresh.map(({ holder }) => holder.level)),
      since: column(fresh.map(({ holder }) => holder.since)),
      alsoFor: jsonLines(fresh.map(({ holder }) => holder.alsoFor)),
    },
  );
}

async function removeHolders(trx: Transaction, held: readonly HeldStep[]): Promise<void> {
  const gone = held.flatMap(({ stepId, holders, before }) => {
    const lost = before.filter(({ personId }) => !holders.some((one) => one.personId === personId));
    return lost.map(({ personId }) => ({ stepId, personId }));
  });
  if (gone.length === 0) return;
  await trx.raw('delete from step_holders where (step_id, person_id) in (select * from unnest(:stepIds::bigint[], :personIds::bigint[]))', {
    stepIds: gone.map(({ stepId }) => stepId),
    personIds: gone.map(({ personId }) => personId),
  });
}

function isSameHolder(one: StepHolder, other: StepHolder): boolean {
  return (
    isSameSeat(one, other) &&
    one.forPersonId === other.forPersonId &&
    one.via === other.via &&
    one.seatId === other.seatId &&
    one.alsoFor.length === other.alsoFor.length &&
    one.alsoFor.every((seat, n) => other.alsoFor[n] && isSameSeat(seat, other.alsoFor[n]))
  );
}

function isSameSeat(one: SeatHeld, other: SeatHeld): boolean {
  return one.personId === other.personId && one.level === other.level && one.since?.getTime() === other.since?.getTime();
}

export async function loadHolders(db: Database | Transaction, stepId: string): Promise<StepHolder[]> {
  return (await loadHoldersOf(db, [stepId])).get(stepId) ?? [];
}

export async function loadHoldersOf(db: Database | Transaction, stepIds: readonly string[]): Promise<Map<string, StepHolder[]>> {
  const { rows } = await db.raw<{ rows: Array<StepHolder & { stepId: string; alsoFor: StepHolder['alsoFor'] | null }> }>(
    `select step_id as "stepId", person_id as "personId", for_person_id as "forPersonId", also_for as "alsoFor", via, seat_id as "seatId",
       level, since from step_holders where step_id = any(:stepIds::bigint[]) order by step_id, person_id`,
    { stepIds: [...stepIds] },
  );
  const holders = new Map<string, StepHolder[]>();
  for (const { stepId, personId, forPersonId, alsoFor, via, seatId, level, since } of rows) {
    const seats = (alsoFor ?? []).map((seat) => ({ ...seat, since: seat.since && new Date(seat.since) }));
    const holder = { personId, forPersonId, alsoFor: seats, via, seatId, level, since };
    const known = holders.get(stepId);
    if (known) known.push(holder);
    else holders.set(stepId, [holder]);
  }
  return holders;
}
