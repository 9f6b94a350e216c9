import { z } from 'zod';
import { holdersChanged } from '../src/orders/holders-changed.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import { executeRun } from '../src/sync/execute-run.ts';
import type { PullContext } from '../src/sync/pull-context.ts';

/** Carries one run of a pull on to its end. */
export const pullJob = defineJob({
  name: 'pull',
  payload: z.object({ runId: z.string() }),
  retry: { attempts: 8, firstDelayMs: 2_000 },
  dedupe: ({ runId }) => runId,
  async handle({ runId }, context: PullContext & JobContext) {
    const run = await executeRun(
      { ...context, holdersChanged: (trx, stepIds, now) => holdersChanged(trx, context.settings, stepIds, now) },
      runId,
    );
    return run
      ? { runId, connection: run.connection, entity: run.entity, outcome: run.outcome, ...run.counts, error: run.error?.code }
      : { runId };
  },
});
