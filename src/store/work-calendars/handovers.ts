/** Absences that begin soon, with what waits for whoever goes and who could take it. */
import type { Database } from '../database.ts';

export interface ComingAbsence {
  readonly personId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Orders that wait for this person now. */
  readonly waiting: number;
  /** Named deputies of that time, else the superior. */
  readonly deputies: readonly string[];
}

/** Of people who are here now and for whom something waits; one statement. */
export async function comingAbsences(db: Database, now: Date, until: Date): Promise<ComingAbsence[]> {
  const { rows } = await db.raw<{ rows: ComingAbsence[] }>(
    `with coming as (
       select a.person_id, a.starts_at, max(a.ends_at) as ends_at from absences a
       where a.removed_at is null and a.starts_at > :now and a.starts_at <= :until and not exists (
         select from absences b where b.person_id = a.person_id and b.removed_at is null and b.starts_at < a.starts_at and b.ends_at >= a.starts_at)
       group by 1, 2
     ), counted as (
       select c.*, (select count(distinct s.order_id)::int from step_holders h join approval_steps s on s.id = h.step_id and s.state = 'active'
         join orders o on o.id = s.order_id and o.state = 'pending_approval'
         where h.person_id = c.person_id and not exists (select from decisions d where d.step_id = s.id and d.person_id = h.person_id)) as waiting
       from coming c
     )
     select c.person_id as "personId", c.starts_at as "startsAt", c.ends_at as "endsAt", c.waiting,
       coalesce(nullif(array(select distinct t.name from delegations d join contacts t on t.id = d.to_person_id
           where d.from_person_id = c.person_id and d.order_id is null and d.revoked_at is null and d.starts_at < c.ends_at and d.ends_at > c.starts_at
           order by 1), '{}'),
         array(select b.name from contacts p join contacts b on b.id = p.superior_id and b.status = 'active' where p.id = c.person_id)) as deputies
     from counted c where c.waiting > 0 order by c.person_id, c.starts_at`,
    { now, until },
  );
  return rows;
}
