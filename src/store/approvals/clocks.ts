/** Instants at which the clock does something about a step. A row is done once, in the transaction of its effect. */
import { column } from '../columns.ts';
import type { Database, Transaction } from '../database.ts';

export type ClockKind = 'remind' | 'escalate' | 'expire';

export interface ClockRow {
  readonly stepId: string;
  readonly kind: ClockKind;
  readonly level: number;
  readonly dueAt: Date;
  /** `name version`. */
  readonly calendar: string | null;
  /** What an expiry will do. */
  readonly planned?: string | null;
  readonly doneAt?: Date | null;
  readonly effect?: string | null;
  readonly isLate?: boolean | null;
}

/** In one statement; what is done stays as it is, and what is the same is not written again. */
export async function writeClocks(trx: Transaction, rows: readonly ClockRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `insert into step_clocks as c (step_id, kind, level, due_at, calendar, planned, done_at, effect, is_late)
     select * from unnest(:stepIds::bigint[], :kinds::text[], :levels::int[], :dueAt::timestamptz[], :calendars::text[], :planned::text[],
       :doneAt::timestamptz[], :effects::text[], :isLate::boolean[])
     on conflict (step_id, kind, level) do update set due_at = excluded.due_at, calendar = excluded.calendar, planned = excluded.planned,
       done_at = excluded.done_at, effect = excluded.effect, is_late = excluded.is_late
       where c.done_at is null and (c.due_at, c.calendar, c.planned, excluded.done_at) is distinct from (excluded.due_at, excluded.calendar, excluded.planned, null)`,
    {
      stepIds: column(rows.map(({ stepId }) => stepId)),
      kinds: column(rows.map(({ kind }) => kind)),
      levels: column(rows.map(({ level }) => level)),
      dueAt: column(rows.map(({ dueAt }) => dueAt)),
      calendars: column(rows.map(({ calendar }) => calendar)),
      planned: column(rows.map(({ planned }) => planned)),
      doneAt: column(rows.map(({ doneAt }) => doneAt)),
      effects: column(rows.map(({ effect }) => effect)),
      isLate: column(rows.map(({ isLate }) => isLate)),
    },
  );
}

export async function markListed(trx: Transaction, listed: ReadonlyArray<{ stepId: string; at: Date; because: string }>): Promise<void> {
  if (listed.length === 0) return;
  await trx.raw(
    `update approval_steps s set listed_at = l.at, listed_because = l.because
     from jsonb_to_recordset(:json::jsonb) as l("stepId" bigint, at timestamptz, because text)
     where s.id = l."stepId" and s.listed_at is null and s.state in ('active', 'exhausted')`,
    { json: JSON.stringify(listed) },
  );
}

export interface DueRow extends ClockRow {
  readonly orderId: string;
}

/** Of rows looked up by their step. Said so that no plan walks through all that is due for each of them. */
const isDue = (row: string) => `(${row}.done_at is not null or ${row}.due_at > :now) is not true`;

/** Steps of which a rung or an expiry is due, but stuck ones: the oldest, company by company, so that people are looked up once for many of them. */
export async function findDue(
  db: Database,
  now: Date,
  { limit, except = [] }: { limit: number; except?: readonly string[] },
): Promise<string[]> {
  const { rows } = await db.raw<{ rows: Array<{ stepId: string }> }>(
    `select due.id as "stepId" from (
       select s.id, o.company_id from step_clocks c join approval_steps s on s.id = c.step_id join orders o on o.id = s.order_id
       where c.done_at is null and c.due_at <= :now and c.kind <> 'remind' and s.state in ('active', 'exhausted') and s.stuck_because is null and o.state = 'pending_approval'
         and c.step_id <> all(:except::bigint[])
       order by c.due_at, c.step_id limit :limit
     ) due group by due.company_id, due.id order by due.company_id, due.id`,
    { now, limit, except: [...except] },
  );
  return rows.map(({ stepId }) => stepId);
}

/**
 * What is due of these or will be, with their orders locked; what somebody else holds is left, and of what they have done since nothing
 * is due any more. All of a step comes together.
 */
export async function takeDue(trx: Transaction, stepIds: readonly string[]): Promise<DueRow[]> {
  // Sought by their numbers, step by step: no statistics make a thousand of them worth reading whole tables.
  const { rows: locked } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `select id from orders where id = any(array(select order_id from approval_steps where id = any(:stepIds::bigint[])))
       and state = 'pending_approval' order by id for update skip locked`,
    { stepIds: [...stepIds] },
  );
  if (locked.length === 0) return [];
  const { rows: due } = await trx.raw<{ rows: DueRow[] }>(
    `select s.order_id as "orderId", c.* from approval_steps s cross join lateral (
       select c.step_id as "stepId", c.kind, c.level, c.due_at as "dueAt", c.calendar, c.planned from step_clocks c
       where c.step_id = s.id and c.done_at is null and c.kind <> 'remind' offset 0
     ) c where s.id = any(:stepIds::bigint[]) and s.order_id = any(:orderIds::bigint[]) and s.state in ('active', 'exhausted')
     order by c."dueAt", s.id`,
    { stepIds: [...stepIds], orderIds: locked.map(({ id }) => id) },
  );
  return due;
}

export interface Reminder {
  readonly stepId: string;
  readonly level: number;
  readonly dueAt: Date;
  readonly orderId: string;
  readonly revision: number;
  readonly step: string;
  readonly personId: string;
  readonly forPersonId: string | null;
}

/**
 * Does what is due of reminders in one statement, and answers whom to tell. Of each step only the latest that is due is told, and none
 * that a later rung has overtaken: after an outage nobody gets a heap of mails. `null`: nothing was due.
 */
export async function takeReminders(
  trx: Transaction,
  now: Date,
  { limit, lateMs }: { limit: number; lateMs: number },
): Promise<Reminder[] | null> {
  const { rows } = await trx.raw<{ rows: Array<Reminder | (Omit<Reminder, 'personId'> & { personId: null })> }>(
    `with picked as materialized (
       select c.step_id, c.level, c.due_at from step_clocks c
       where c.done_at is null and c.kind = 'remind' and c.due_at <= :now and not exists (
         select from step_clocks l where l.step_id = c.step_id and l.kind = 'remind' and l.level > c.level and ${isDue('l')})
       order by c.due_at, c.step_id limit :limit for update skip locked
     ), told as materialized (
       select p.step_id, p.level, p.due_at, s.order_id, s.revision, s.name from picked p
       join approval_steps s on s.id = p.step_id and s.state = 'active' join orders o on o.id = s.order_id and o.state = 'pending_approval'
       where not exists (select from step_clocks e where e.step_id = p.step_id and e.kind = 'escalate' and e.done_at is not null and e.due_at > p.due_at)
     ), done as (
       update step_clocks c set done_at = :now, is_late = c.due_at < :now::timestamptz - make_interval(secs => :lateS),
         effect = case when c.level = p.level and t.step_id is not null then 'reminded' else 'overtaken' end
       from picked p left join told t on t.step_id = p.step_id
       where c.step_id = p.step_id and c.kind = 'remind' and ${isDue('c')}
     )
     select p.step_id as "stepId", p.level, p.due_at as "dueAt", t.order_id as "orderId", t.revision, t.name as step,
       h.person_id as "personId", h.for_person_id as "forPersonId"
     from picked p left join told t on t.step_id = p.step_id left join step_holders h on h.step_id = t.step_id
       and not exists (select from decisions d where d.step_id = h.step_id and d.person_id = h.person_id)`,
    { now, limit, lateS: lateMs / 1_000 },
  );
  return rows.length === 0 ? null : rows.filter((row) => row.personId !== null);
}
