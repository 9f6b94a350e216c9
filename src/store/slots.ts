/**
 * Schedules and their slots. The slot table is the truth about what is due and what was served; the queue only carries
 * wake-ups. Losing every job loses no slot, and any number of workers create each slot once.
 */
import { type CatchUp, slotsOwed } from '../domain/schedule.ts';
import type { Database, Transaction } from './database.ts';

export interface Schedule {
  readonly name: string;
  readonly cron: string;
  readonly zone: string;
  readonly catchUp: CatchUp;
  readonly jobName: string;
  /** Ids for the job. */
  readonly payload: object;
}

export interface Slot {
  readonly schedule: string;
  readonly dueAt: Date;
  readonly late: boolean;
  readonly jobName: string;
  readonly payload: unknown;
}

export interface ScheduleState extends Schedule {
  readonly activeSince: Date;
  readonly lastDueAt: Date | null;
  readonly openSlots: number;
}

/** A queued slot that is still open after this long is queued again: its job may be lost, and a second one does no harm. */
const REQUEUE_AFTER_S = 120;
const KEEP_DAYS = 30;

/** Makes the stored schedules those configured: new ones count from `now`, changed ones too, and the rest disappear. */
export async function syncSchedules(db: Database, configured: readonly Schedule[], now: Date): Promise<void> {
  await db.transaction(async (trx) => {
    // Workers that start together would otherwise meet each other's rows in different order.
    await trx.raw('lock table schedules in share row exclusive mode');
    for (const schedule of configured) await upsertSchedule(trx, schedule, now);
    const names = configured.map(({ name }) => name);
    await trx('schedules').whereNotIn('name', names).delete();
    await trx('slots').whereNotIn('schedule', names).whereIn('state', ['due', 'queued']).update({ state: 'skipped', finished_at: now });
  });
}

async function upsertSchedule(trx: Transaction, schedule: Schedule, now: Date): Promise<void> {
  await trx.raw(
    `insert into schedules as mine (name, cron, zone, catch_up, job_name, payload, active_since, updated_at)
     values (:name, :cron, :zone, :catchUp, :jobName, :payload, :now, :now)
     on conflict (name) do update set
       active_since = case when (mine.cron, mine.zone) = (excluded.cron, excluded.zone) then mine.active_since else excluded.active_since end,
       cron = excluded.cron, zone = excluded.zone, catch_up = excluded.catch_up,
       job_name = excluded.job_name, payload = excluded.payload, updated_at = excluded.updated_at`,
    { ...schedule, payload: JSON.stringify(schedule.payload), now },
  );
}

export async function listSchedules(db: Database): Promise<ScheduleState[]> {
  return db('schedules')
    .select({
      name: 'name',
      cron: 'cron',
      zone: 'zone',
      catchUp: 'catch_up',
      jobName: 'job_name',
      payload: 'payload',
      activeSince: 'active_since',
    })
    .select(db.raw('(select max(due_at) from slots where schedule = schedules.name) as "lastDueAt"'))
    .select(db.raw(`(select count(*)::int from slots where schedule = schedules.name and state in ('due', 'queued')) as "openSlots"`))
    .orderBy('name');
}

/** Writes down every slot that has become due. Resolves to how many this call was the first to write. */
export async function claimDueSlots(db: Database, now: Date): Promise<number> {
  let claimed = 0;
  for (const schedule of await listSchedules(db)) {
    const after = latest(schedule.activeSince, schedule.lastDueAt);
    const owed = slotsOwed({ ...schedule, after, now });
    if (owed.length === 0) continue;
    const rows = owed.map(({ dueAt, state, late }) => ({
      schedule: schedule.name,
      due_at: dueAt,
      state,
      late,
      job_name: schedule.jobName,
      payload: JSON.stringify(schedule.payload),
      claimed_at: now,
      finished_at: state === 'skipped' ? now : null,
    }));
    const written = await db('slots').insert(rows).onConflict(['schedule', 'due_at']).ignore().returning('due_at');
    claimed += written.length;
    await prune(db, schedule.name, now);
  }
  return claimed;
}

/**
 * The slots whose jobs belong on the queue now: of each schedule the oldest open one, so that what is caught up is caught
 * up in order. Marks them queued; those marked long ago come again.
 */
export async function takeSlotsToQueue(db: Database, now: Date): Promise<Slot[]> {
  const { rows } = await db.raw<{ rows: Slot[] }>(
    `update slots set state = 'queued', queued_at = :now
     where (schedule, due_at) in (
       select schedule, min(due_at) from slots where state in ('due', 'queued') group by schedule
     )
     and (state = 'due' or queued_at <= :now::timestamptz - make_interval(secs => :requeueAfter))
     returning schedule, due_at as "dueAt", late, job_name as "jobName", payload`,
    { now, requeueAfter: REQUEUE_AFTER_S },
  );
  return rows;
}

export async function isSlotOpen(db: Database, schedule: string, dueAt: Date): Promise<boolean> {
  const row = await db('slots').where({ schedule, due_at: dueAt }).whereIn('state', ['due', 'queued']).first('schedule');
  return row !== undefined;
}

/** Resolves to whether the schedule has further slots waiting. */
export async function settleSlot(db: Database, schedule: string, dueAt: Date, now: Date): Promise<boolean> {
  await db('slots').where({ schedule, due_at: dueAt }).whereIn('state', ['due', 'queued']).update({ state: 'done', finished_at: now });
  const next = await db('slots').where({ schedule }).whereIn('state', ['due', 'queued']).first('due_at');
  return next !== undefined;
}

function latest(a: Date, b: Date | null): Date {
  return b && b > a ? b : a;
}

/** Leaves the newest slot alone, however old: the schedule counts on from it. */
async function prune(db: Database, schedule: string, now: Date): Promise<void> {
  await db.raw(
    `delete from slots where schedule = :schedule and state in ('done', 'skipped')
     and due_at < :now::timestamptz - make_interval(days => :days)
     and due_at < (select max(due_at) from slots where schedule = :schedule)`,
    { schedule, now, days: KEEP_DAYS },
  );
}
