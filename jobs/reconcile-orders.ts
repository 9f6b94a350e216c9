import { z } from 'zod';
import type { HandoffContext } from '../src/orders/order-context.ts';
import { reconcile } from '../src/orders/reconcile.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';

/** Compares what was handed off to a connection with what it holds. What the nightly schedule of a target wakes. */
export const reconcileOrdersJob = defineJob({
  name: 'reconcile-orders',
  payload: z.object({ connection: z.string() }),
  retry: { attempts: 8, firstDelayMs: 10_000 },
  dedupe: ({ connection }) => connection,
  async handle({ connection }, context: HandoffContext & JobContext) {
    const { id, compared, findings } = await reconcile(context, { connection, trigger: 'schedule' });
    if (findings.length > 0)
      context.log.warn({ connection, reconciliation: id, findings: findings.length }, 'orders here and there differ');
    return { connection, reconciliation: id, compared, findings: findings.length };
  },
});
