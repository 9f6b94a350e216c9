/** Jobs that wake themselves act by the clock, and not at all by one that was put back. */
import type { Job, JobContext } from '../src/queue/define-job.ts';
import { requireClock } from '../src/store/clock-mark.ts';
import type { Database } from '../src/store/database.ts';

export function byClock<Context extends JobContext & { readonly db: Database }>(job: Job<unknown, Context>): Job<unknown, Context> {
  if (job.everyMs === undefined) return job;
  return {
    ...job,
    async run(data, context) {
      await requireClock(context.db, context.now());
      return job.run(data, context);
    },
  };
}
