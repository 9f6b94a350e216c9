import { z } from 'zod';
import { RetryLaterError } from '../src/errors.ts';
import type { HandoffContext } from '../src/orders/order-context.ts';
import { pushHandoff } from '../src/orders/push.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';
import { inSets } from '../src/store/in-sets.ts';

/** Carries one hand-off to its ERP, then wakes the next of the same account. */
export const pushOrderJob = defineJob({
  name: 'push-order',
  payload: z.object({ handoffId: z.string() }),
  retry: { attempts: 8, firstDelayMs: 2_000 },
  dedupe: ({ handoffId }) => handoffId,
  async handle({ handoffId }, context: HandoffContext & JobContext & { queue: JobQueue }): Promise<object> {
    const { outcome, state, code, notBefore, next } = await pushHandoff(context, handoffId);
    if (next) await wake(context.queue, next);
    if (notBefore && (state === 'pending' || state === 'unknown')) {
      const retryAfterMs = Math.max(0, notBefore.getTime() - context.now().getTime());
      throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `hand-off ${handoffId} is ${state} (${code}); it is taken up again`, {
        retryAfterMs,
      });
    }
    return { handoffId, outcome, state, code };
  },
});

const wake = inSets(async (queue: JobQueue, handoffIds: readonly string[]) => {
  await queue.addMany(
    pushOrderJob,
    handoffIds.map((handoffId) => ({ handoffId })),
  );
  return handoffIds;
});
