/** Instants at which the clock does something about a step. A row is done once, in the transaction of its effect. */
import type { Transaction } from '../database.ts';

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

/** In one statement; what is done stays as it is. */
export async function writeClocks(trx: Transaction, rows: readonly ClockRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `insert into step_clocks as c (step_id, kind, level, due_at, calendar, planned, done_at, effect, is_late)
     select r."stepId", r.kind, r.level, r."dueAt", r.calendar, r.planned, r."doneAt", r.effect, r."isLate"
     from jsonb_to_recordset(:json::jsonb) as r("stepId" bigint, kind text, level int, "dueAt" timestamptz, calendar text, planned text,
       "doneAt" timestamptz, effect text, "isLate" boolean)
     on conflict (step_id, kind, level) do update set due_at = excluded.due_at, calendar = excluded.calendar, planned = excluded.planned,
       done_at = excluded.done_at, effect = excluded.effect, is_late = excluded.is_late where c.done_at is null`,
    { json: JSON.stringify(rows) },
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

/**
 * Rungs and expiries that are due, oldest first, with their orders locked; what somebody else holds is left for the next look.
 * All that is due of a step comes together.
 */
export async function takeDue(trx: Transaction, now: Date, limit: number): Promise<DueRow[]> {
  const { rows } = await trx.raw<{ rows: Array<{ orderId: string; stepId: string }> }>(
    `select o.id as "orderId", c.step_id as "stepId" from step_clocks c join approval_steps s on s.id = c.step_id join orders o on o.id = s.order_id
     where c.done_at is null and c.due_at <= :now and c.kind <> 'remind' and s.state in ('active', 'exhausted') and o.state = 'pending_approval'
     order by c.due_at, c.step_id limit :limit for update of o skip locked`,
    { now, limit },
  );
  const { rows: due } = await trx.raw<{ rows: DueRow[] }>(
    `select s.order_id as "orderId", c.step_id as "stepId", c.kind, c.level, c.due_at as "dueAt", c.calendar, c.planned
     from step_clocks c join approval_steps s on s.id = c.step_id
     where c.step_id = any(:stepIds::bigint[]) and c.done_at is null and c.kind <> 'remind' and s.state in ('active', 'exhausted')
     order by c.due_at, c.step_id`,
    { stepIds: [...new Set(rows.map(({ stepId }) => stepId))] },
  );
  return due;
}

export interface Reminded {
  /** Steps somebody was reminded of. */
  readonly steps: number;
  readonly notices: number;
}

/**
 * One statement for a whole batch. Of each step only the latest reminder that is due is told, and none that a later rung has
 * overtaken: after an outage nobody gets a heap of mails. Answers `null` when nothing was due.
 */
export async function remindDue(
  trx: Transaction,
  now: Date,
  { limit, lateMs }: { limit: number; lateMs: number },
): Promise<Reminded | null> {
  const { rows } = await trx.raw<{ rows: Array<{ picked: number; steps: number; notices: number }> }>(
    `with picked as materialized (
       select c.step_id, c.level, c.due_at from step_clocks c
       where c.done_at is null and c.kind = 'remind' and c.due_at <= :now and not exists (
         select from step_clocks l where l.step_id = c.step_id and l.kind = 'remind' and l.done_at is null and l.due_at <= :now and l.level > c.level)
       order by c.due_at, c.step_id limit :limit for update skip locked
     ), told as materialized (
       select p.step_id, p.level, p.due_at, s.order_id, s.revision, s.name from picked p
       join approval_steps s on s.id = p.step_id and s.state = 'active' join orders o on o.id = s.order_id and o.state = 'pending_approval'
       where not exists (select from step_clocks e where e.step_id = p.step_id and e.kind = 'escalate' and e.done_at is not null and e.due_at > p.due_at)
     ), notices as (
       insert into notifications (dedupe_key, event, person_id, order_id, step_id, revision, facts, created_at, not_before)
       select concat_ws(':', 'approval.reminder', t.step_id, t.level, h.person_id), 'approval.reminder', h.person_id, t.order_id, t.step_id, t.revision,
         jsonb_build_object('step', t.name, 'level', t.level, 'dueAt', t.due_at, 'forPersonId', h.for_person_id::text), :now, :now
       from told t join step_holders h on h.step_id = t.step_id
       where not exists (select from decisions d where d.step_id = t.step_id and d.person_id = h.person_id)
       on conflict (dedupe_key) do nothing returning 1
     ), done as (
       update step_clocks c set done_at = :now, is_late = c.due_at < :now::timestamptz - make_interval(secs => :lateS),
         effect = case when c.level = p.level and t.step_id is not null then 'reminded' else 'overtaken' end
       from picked p left join told t on t.step_id = p.step_id
       where c.step_id = p.step_id and c.kind = 'remind' and c.done_at is null and c.due_at <= :now
     )
     select (select count(*)::int from picked) as picked, (select count(*)::int from told) as steps, (select count(*)::int from notices) as notices`,
    { now, limit, lateS: lateMs / 1_000 },
  );
  const [answer] = rows;
  return answer && answer.picked > 0 ? { steps: answer.steps, notices: answer.notices } : null;
}
