import { z } from 'zod';
import { NeedsOperatorError } from '../src/errors.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { requestRun } from '../src/store/runs.ts';
import type { PullContext } from '../src/sync/pull-context.ts';
import { pullJob } from './pull.ts';

/** Asks for a pull of everything a connection is configured to pull. What a connection's schedule wakes. */
export const requestPullsJob = defineJob({
  name: 'request-pulls',
  payload: z.object({ connection: z.string() }),
  retry: { attempts: 8, firstDelayMs: 2_000 },
  async handle({ connection }, { db, settings, queue, now }: PullContext & JobContext & { queue: JobQueue }) {
    const configured = settings.connections.get(connection);
    if (!configured)
      throw new NeedsOperatorError('CONNECTION_UNKNOWN', `the schedule of "${connection}" outlived the connection; restart the worker`);
    const runs: string[] = [];
    for (const { entity } of configured.entities) {
      const { runId } = await requestRun(db, { connection, entity, mode: 'delta', trigger: 'schedule' }, now());
      await queue.add(pullJob, { runId });
      runs.push(runId);
    }
    return { connection, runs };
  },
});
