/** Looks now: writes down the slots that have become due and puts their jobs on the queue. Knows no calendar itself. */
import { z } from 'zod';
import { defineJob, type JobContext, type QueuedJob } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import type { SlotLedger } from '../src/queue/run-job.ts';
import type { Database } from '../src/store/database.ts';
import { claimDueSlots, isSlotOpen, settleSlot, takeSlotsToQueue } from '../src/store/slots.ts';

export interface TickContext extends JobContext {
  readonly db: Database;
  readonly queue: JobQueue;
  /** Every job a schedule may name. */
  jobNamed(name: string): QueuedJob<unknown> | undefined;
}

export const tickJob = defineJob({
  name: 'tick',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 15_000,
  concurrency: 1,
  async handle(_payload, { db, queue, jobNamed, now, log }: TickContext) {
    const claimed = await claimDueSlots(db, now());
    const slots = await takeSlotsToQueue(db, now());
    for (const { schedule, dueAt, jobName, payload } of slots) {
      const job = jobNamed(jobName);
      if (job) await queue.add(job, payload, { slot: { schedule, dueAt: dueAt.toISOString() } });
      else log.warn({ schedule, job: jobName }, 'a schedule names a job that this version does not have');
    }
    return { claimed, queued: slots.length };
  },
});

/** Settles slots as their jobs end, and looks again at once when the schedule has more to catch up. */
export function slotLedger(db: Database, queue: JobQueue, now: () => Date = () => new Date()): SlotLedger {
  return {
    isOpen: ({ schedule, dueAt }) => isSlotOpen(db, schedule, new Date(dueAt)),
    async settle({ schedule, dueAt }) {
      const hasMore = await settleSlot(db, schedule, new Date(dueAt), now());
      if (hasMore) await queue.add(tickJob, {});
    },
  };
}
