import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { slotLedger, type TickContext, tickJob } from '../../jobs/tick.ts';
import { defineJob, type Job, type QueuedJob } from '../../src/queue/define-job.ts';
import type { JobQueue } from '../../src/queue/open-queue.ts';
import { claimDueSlots, listSchedules, type Schedule, syncSchedules, takeSlotsToQueue } from '../../src/store/slots.ts';
import { describeOnBothBackends } from '../support/backends.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { jobName, useQueues } from './queues.ts';

const daily: Schedule = {
  name: 'pull crm',
  cron: '0 6 * * *',
  zone: 'UTC',
  catchUp: 'all',
  jobName: 'pull',
  payload: { connection: 'crm' },
};
const start = new Date('2026-01-01T12:00Z');
const threeDaysLater = new Date('2026-01-04T12:00Z');

describe('slots', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await database.db.raw('truncate slots, schedules');
  });

  const dueDays = async () =>
    (await database.db('slots').orderBy('due_at')).map((row) => `${row.due_at.toISOString().slice(5, 10)} ${row.state}`);

  it('are created once, however many workers look at once', async () => {
    const { db } = database;
    await syncSchedules(db, [daily], start);
    const claimed = await Promise.all(Array.from({ length: 8 }, () => claimDueSlots(db, threeDaysLater)));
    expect(claimed.reduce((sum, count) => sum + count)).toBe(3);
    expect(await dueDays()).toEqual(['01-02 due', '01-03 due', '01-04 due']);
  });

  it('do not reach back before the schedule existed', async () => {
    const { db } = database;
    await syncSchedules(db, [daily], threeDaysLater);
    expect(await claimDueSlots(db, threeDaysLater)).toBe(0);
    expect(await claimDueSlots(db, new Date('2026-01-05T06:00:01Z'))).toBe(1);
  });

  it('go to the queue one at a time, oldest first, each to one worker', async () => {
    const { db } = database;
    await syncSchedules(db, [daily], start);
    await claimDueSlots(db, threeDaysLater);
    const taken = await Promise.all(Array.from({ length: 4 }, () => takeSlotsToQueue(db, threeDaysLater)));
    expect(taken.flat()).toEqual([
      { schedule: 'pull crm', dueAt: new Date('2026-01-02T06:00Z'), late: true, jobName: 'pull', payload: { connection: 'crm' } },
    ]);
    const { isOpen, settle } = slotLedger(db, silentQueue());
    const slot = { schedule: 'pull crm', dueAt: '2026-01-02T06:00:00.000Z' };
    expect(await isOpen(slot)).toBe(true);
    await settle(slot);
    expect(await isOpen(slot)).toBe(false);
    expect((await takeSlotsToQueue(db, threeDaysLater)).map(({ dueAt }) => dueAt)).toEqual([new Date('2026-01-03T06:00Z')]);
  });

  it('come again when their job was lost', async () => {
    const { db } = database;
    await syncSchedules(db, [daily], start);
    await claimDueSlots(db, threeDaysLater);
    await takeSlotsToQueue(db, threeDaysLater);
    expect(await takeSlotsToQueue(db, new Date(threeDaysLater.getTime() + 60_000))).toEqual([]);
    expect(await takeSlotsToQueue(db, new Date(threeDaysLater.getTime() + 180_000))).toHaveLength(1);
  });

  it('of a schedule that is no longer configured are skipped, and the schedule is gone', async () => {
    const { db } = database;
    await syncSchedules(db, [daily, { ...daily, name: 'pull erp' }], start);
    await claimDueSlots(db, new Date('2026-01-02T07:00Z'));
    await syncSchedules(db, [{ ...daily, name: 'pull erp' }], threeDaysLater);
    expect((await listSchedules(db)).map(({ name }) => name)).toEqual(['pull erp']);
    expect(await db('slots').where({ schedule: 'pull crm' }).pluck('state')).toEqual(['skipped']);
    expect((await takeSlotsToQueue(db, threeDaysLater)).map(({ schedule }) => schedule)).toEqual(['pull erp']);
  });

  it('survive a restart with the same configuration, and count anew when the time is changed', async () => {
    const { db } = database;
    await syncSchedules(db, [daily], start);
    await syncSchedules(db, [{ ...daily, payload: { connection: 'crm2' } }], threeDaysLater);
    expect(await listSchedules(db)).toMatchObject([{ activeSince: start, payload: { connection: 'crm2' } }]);
    await syncSchedules(db, [{ ...daily, cron: '0 7 * * *' }], threeDaysLater);
    expect(await listSchedules(db)).toMatchObject([{ activeSince: threeDaysLater }]);
  });

  it('long done are forgotten, but never the newest', async () => {
    const { db } = database;
    await syncSchedules(db, [daily], start);
    await claimDueSlots(db, threeDaysLater);
    await db('slots').update({ state: 'done' });
    await claimDueSlots(db, new Date('2026-06-01T12:00Z'));
    const oldest = await db('slots').min('due_at').first();
    expect(oldest?.min).toEqual(new Date('2026-01-05T06:00Z'));
  });

  it('skipped long ago stay, so that they are not skipped again at every look', async () => {
    const { db } = database;
    await syncSchedules(db, [{ ...daily, cron: '0 0 2 1 *', catchUp: 'none' }], start);
    const june = new Date('2026-06-01T12:00Z');
    expect(await claimDueSlots(db, june)).toBe(1);
    expect(await claimDueSlots(db, june)).toBe(0);
    expect(await dueDays()).toEqual(['01-02 skipped']);
  });
});

describeOnBothBackends('a schedule', (testBackend) => {
  const queues = useQueues(testBackend);

  it('runs each slot once with two workers, the next as soon as one has ended, completed or failed', async () => {
    const { queue, start: startWorker } = await queues.open();
    const { db } = queues.database();
    const served: number[] = [];
    const pull = defineJob({
      name: jobName('pull'),
      payload: z.object({ connection: z.string() }),
      retry: { attempts: 1, firstDelayMs: 10 },
      async handle() {
        served.push(served.length);
        if (served.length === 2) throw new Error('this one fails');
        return undefined;
      },
    });
    await syncSchedules(db, [{ ...daily, jobName: pull.name }], start);
    const now = () => threeDaysLater;
    const jobs: readonly Job<unknown, TickContext>[] = [pull, { ...tickJob, everyMs: 600_000 }];
    const jobNamed = (name: string) => jobs.find((job) => job.name === name) as QueuedJob<unknown> | undefined;
    const options = {
      now,
      slots: slotLedger(db, queue, now),
      context: (base: object) => ({ ...base, db, queue, jobNamed }) as TickContext,
    };
    await Promise.all([startWorker(jobs, options), startWorker(jobs, options)]);
    await waitFor(async () => (await db('slots').where({ state: 'done' })).length === 3);
    expect(served).toHaveLength(3);
    expect(await db('slots').pluck('state')).toEqual(['done', 'done', 'done']);
  });
});

function silentQueue(): JobQueue {
  const refuse = () => Promise.reject(new Error('not in this test'));
  return { add: async () => 'woken', addMany: refuse, addRepeated: refuse, counts: refuse, close: async () => {} };
}
