import { z } from 'zod';
import { NeedsOperatorError } from '../src/errors.ts';
import { escalateApprovals } from '../src/orders/escalate-approvals.ts';
import type { OrderContext } from '../src/orders/order-context.ts';
import { tellOfRadar } from '../src/orders/tell-radar.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { pushOrders } from './push-order.ts';

/** Numbers in a line of the log. */
const TOLD = 50;

/** Does what the clock has to do about steps nobody decides: reminds, asks others, expires. The instants are stored; this only looks. */
export const escalateApprovalsJob = defineJob({
  name: 'escalate-approvals',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 30_000,
  concurrency: 1,
  async handle(_payload, context: OrderContext & JobContext & { queue: JobQueue }) {
    const { handoffIds, skipped, ...done } = await escalateApprovals(context, context.signal);
    for (const { code, message, stepIds } of skipped) {
      context.log.warn(
        { code, steps: stepIds.length, stepIds: stepIds.slice(0, TOLD) },
        `the clock of these steps stands still: ${message}`,
      );
    }
    await pushOrders(context.queue, handoffIds);
    const listed = await tellOfRadar(context).catch((error: unknown) => {
      if (!(error instanceof NeedsOperatorError)) throw error;
      context.log.warn({ code: error.code }, `approvals.radarPerson: ${error.message}`);
      return 0;
    });
    return { ...done, skipped: skipped.reduce((sum, { stepIds }) => sum + stepIds.length, 0), toldOfRadar: listed };
  },
});
