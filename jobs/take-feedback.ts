import { z } from 'zod';
import type { HandoffContext } from '../src/orders/order-context.ts';
import { takeFeedback } from '../src/orders/take-feedback.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';

/** Looks what became of accepted orders: asks their ERP and reads the documents that were pulled since. */
export const takeFeedbackJob = defineJob({
  name: 'take-feedback',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 60_000,
  concurrency: 1,
  async handle(_payload, context: HandoffContext & JobContext) {
    const taken = await takeFeedback(context);
    for (const { connection, code, message } of taken.failed) context.log.warn({ connection, code }, message);
    return { ...taken, failed: taken.failed.length };
  },
});
