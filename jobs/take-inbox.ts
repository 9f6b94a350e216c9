import { z } from 'zod';
import type { OrderContext } from '../src/orders/order-context.ts';
import { takeInbox } from '../src/orders/take-inbox.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { pushOrders } from './push-order.ts';

/** Takes what storefronts have written into the inbox table, batch by batch until nothing is new. */
export const takeInboxJob = defineJob({
  name: 'take-inbox',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 5_000,
  concurrency: 1,
  async handle(_payload, context: OrderContext & JobContext & { queue: JobQueue }) {
    const total = { taken: 0, refused: 0 };
    while (!context.signal.aborted) {
      const batch = await takeInbox(context);
      if (!batch) break;
      total.taken += batch.taken;
      total.refused += batch.refused;
      await pushOrders(context.queue, batch.handoffIds);
    }
    return total;
  },
});
