import { z } from 'zod';
import type { HandoffContext } from '../src/orders/order-context.ts';
import { relayHandoffs } from '../src/orders/relay.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { pushOrderJob, wakeUps } from './push-order.ts';

/** Wakes every hand-off that is due: its wake-up may have been lost, or its worker killed. */
export const relayHandoffsJob = defineJob({
  name: 'relay-handoffs',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 10_000,
  concurrency: 1,
  async handle(_payload, context: HandoffContext & JobContext & { queue: JobQueue }) {
    const { due, expired } = await relayHandoffs(context);
    await context.queue.addMany(pushOrderJob, due.flatMap(wakeUps));
    return { woken: due.flat().length, expired };
  },
});
