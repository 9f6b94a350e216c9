/** Who holds a step: people, each with one row, and whose seats they sit on. */
import type { Climb } from '../../domain/policy/climb.ts';
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
}

/** Steps that are decided or void stay as they are. */
export async function assignSteps(trx: Transaction, held: readonly HeldStep[], now: Date): Promise<void> {
  if (held.length === 0) return;
  await trx.raw(
    `update approval_steps s set state = h.state, needed = h.needed, climbs = h.climbs, assigned_at = coalesce(s.assigned_at, :now)
     from jsonb_to_recordset(:json::jsonb) as h("stepId" bigint, state text, needed int, climbs jsonb)
     where s.id = h."stepId" and s.state in ('waiting', 'active', 'exhausted')`,
    { now, json: JSON.stringify(held.map(({ holders: _, ...one }) => one)) },
  );
  const holders = held.flatMap(({ stepId, holders: all }) =>
    all.map(({ alsoFor, ...holder }) => ({ stepId, ...holder, alsoFor: alsoFor.length > 0 ? alsoFor : null })),
  );
  await trx.raw(
    `with held as (select * from jsonb_to_recordset(:json::jsonb) as h("stepId" bigint, "personId" bigint, "forPersonId" bigint, via text,
       "seatId" bigint, level int, since timestamptz, "alsoFor" jsonb)
     ), gone as (
       delete from step_holders h where h.step_id = any(:ids::bigint[])
         and not exists (select from held where held."stepId" = h.step_id and held."personId" = h.person_id)
     )
     insert into step_holders as h (step_id, person_id, for_person_id, via, seat_id, level, since, also_for)
     select "stepId", "personId", "forPersonId", via, "seatId", level, since, "alsoFor" from held
     on conflict (step_id, person_id) do update set for_person_id = excluded.for_person_id, via = excluded.via, seat_id = excluded.seat_id,
       level = excluded.level, since = excluded.since, also_for = excluded.also_for
       where (h.for_person_id, h.via, h.seat_id, h.level, h.since, h.also_for) is distinct from
         (excluded.for_person_id, excluded.via, excluded.seat_id, excluded.level, excluded.since, excluded.also_for)`,
    { ids: held.map(({ stepId }) => stepId), json: JSON.stringify(holders) },
  );
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
  for (const { stepId, alsoFor, ...rest } of rows) {
    const holder = { ...rest, alsoFor: (alsoFor ?? []).map((seat) => ({ ...seat, since: seat.since && new Date(seat.since) })) };
    const known = holders.get(stepId);
    if (known) known.push(holder);
    else holders.set(stepId, [holder]);
  }
  return holders;
}
