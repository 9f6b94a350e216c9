import { z } from 'zod';
import { announceAbsences } from '../src/approvals/announce-absences.ts';
import type { OrderContext } from '../src/orders/order-context.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';

/** Tells whoever is about to be away what waits for them, and who could take it. */
export const announceAbsencesJob = defineJob({
  name: 'announce-absences',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 600_000,
  concurrency: 1,
  async handle(_payload, { db, now }: OrderContext & JobContext) {
    return { told: await announceAbsences(db, now()) };
  },
});
