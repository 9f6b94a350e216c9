import { z } from 'zod';
import type { OrderContext } from '../src/orders/order-context.ts';
import { tendBudgets } from '../src/orders/tend-budgets.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';

/** Brings the ledger of budgets to what orders and the ERP's documents say, for everything that was missed. */
export const tendBudgetsJob = defineJob({
  name: 'tend-budgets',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 60_000,
  concurrency: 1,
  handle: (_payload, context: OrderContext & JobContext) => tendBudgets(context),
});
