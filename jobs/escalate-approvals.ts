import { z } from 'zod';
import { NeedsOperatorError } from '../src/errors.ts';
import { escalateApprovals } from '../src/orders/escalate-approvals.ts';
import type { OrderContext } from '../src/orders/order-context.ts';
import { warnOfSkipped } from '../src/orders/skipped-steps.ts';
import { tellOfRadar } from '../src/orders/tell-radar.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { pushOrders } from './push-order.ts';

/** Does what the clock has to do about steps nobody decides: reminds, asks others, expires. The instants are stored; this only looks. */
export const escalateApprovalsJob = defineJob({
  name: 'escalate-approvals',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 30_000,
  concurrency: 1,
  async handle(_payload, context: OrderContext & JobContext & { queue: JobQueue }) {
    const { handoffIds, skipped, ...done } = await escalateApprovals(context, context.signal);
    const stuck = warnOfSkipped(context.log, skipped);
    await pushOrders(context.queue, handoffIds);
    const listed = await tellOfRadar(context).catch((error: unknown) => {
      if (!(error instanceof NeedsOperatorError)) throw error;
      context.log.warn({ code: error.code }, `approvals.radarPerson: ${error.message}`);
      return 0;
    });
    return { ...done, skipped: stuck, toldOfRadar: listed };
  },
});
