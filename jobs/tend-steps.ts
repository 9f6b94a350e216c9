import { z } from 'zod';
import type { OrderContext } from '../src/orders/order-context.ts';
import { warnOfSkipped } from '../src/orders/skipped-steps.ts';
import { tendSteps } from '../src/orders/tend-steps.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { pushOrders } from './push-order.ts';

/** Gives steps to whoever should decide them now, so that none waits for somebody who has left. */
export const tendStepsJob = defineJob({
  name: 'tend-steps',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 60_000,
  concurrency: 1,
  async handle(_payload, context: OrderContext & JobContext & { queue: JobQueue }) {
    const { looked, handoffIds, stuck } = await tendSteps(context);
    await pushOrders(context.queue, handoffIds);
    return { looked, released: handoffIds.length, stuck: warnOfSkipped(context.log, stuck) };
  },
});
