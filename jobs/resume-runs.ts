import { z } from 'zod';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import type { Database } from '../src/store/database.ts';
import { unfinishedRuns } from '../src/store/runs.ts';
import { pullJob } from './pull.ts';

/** Wakes every run that has not ended: its wake-up call may have been lost, or its worker killed. */
export const resumeRunsJob = defineJob({
  name: 'resume-runs',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 20_000,
  concurrency: 1,
  async handle(_payload, { db, queue }: JobContext & { db: Database; queue: JobQueue }) {
    const runs = await unfinishedRuns(db);
    await queue.addMany(
      pullJob,
      runs.map((runId) => ({ runId })),
    );
    return { woken: runs.length };
  },
});
