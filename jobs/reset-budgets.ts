import { z } from 'zod';
import { openPeriods } from '../src/budgets/open-periods.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { Database } from '../src/store/database.ts';

/** Opens every period of a budget that has begun, and closes those before. Resets nothing: what was spent stays where it was spent. */
export const resetBudgetsJob = defineJob({
  name: 'reset-budgets',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 60_000,
  concurrency: 1,
  handle: (_payload, { db, now, signal }: JobContext & { db: Database }) => openPeriods(db, now(), { signal }),
});
