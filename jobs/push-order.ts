import { z } from 'zod';
import { RetryLaterError } from '../src/errors.ts';
import type { HandoffContext } from '../src/orders/order-context.ts';
import { type Carried, pushTogether } from '../src/orders/push-together.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import type { JobQueue } from '../src/queue/open-queue.ts';

const AT_ONCE = 20;

/** Carries hand-offs to their ERP, and those behind them in their accounts' lines. */
export const pushOrderJob = defineJob({
  name: 'push-order',
  payload: z.object({ handoffIds: z.array(z.string()).min(1) }),
  retry: { attempts: 8, firstDelayMs: 2_000 },
  dedupe: ({ handoffIds }) => handoffIds.join(),
  async handle({ handoffIds }, context: HandoffContext & JobContext & { queue: JobQueue }): Promise<object> {
    const carried = await pushTogether(context, handoffIds, context.isLeaving);
    const { later, next, left, failures } = carried;
    await pushOrders(context.queue, failures.length > 0 ? next : [...left, ...next]);
    // A wake-up of its own would be taken for this one, which is still running.
    const alone = later.find(({ handoffId }) => handoffId === handoffIds.join());
    for (const one of later) if (one !== alone) await wakeLater(context, one);
    if (failures.length > 0) throw failures[0];
    if (alone) {
      const { handoffId, state, code } = alone;
      throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `hand-off ${handoffId} is ${state} (${code}); it is taken up again`, {
        retryAfterMs: delayOf(context, alone),
      });
    }
    return factsOf(carried);
  },
});

/** Wakes whoever carries them. Those of one system are best told in one call: they go together. */
export async function pushOrders(queue: JobQueue, handoffIds: readonly string[]): Promise<void> {
  if (handoffIds.length === 0) return;
  await queue.addMany(pushOrderJob, wakeUps(handoffIds));
}

export function wakeUps(handoffIds: readonly string[]): Array<{ handoffIds: string[] }> {
  return Array.from({ length: Math.ceil(handoffIds.length / AT_ONCE) }, (_, turn) => ({
    handoffIds: handoffIds.slice(turn * AT_ONCE, (turn + 1) * AT_ONCE),
  }));
}

type Later = Carried['later'][number];

async function wakeLater(context: JobContext & { queue: JobQueue }, one: Later): Promise<void> {
  await context.queue.add(pushOrderJob, { handoffIds: [one.handoffId] }, { delayMs: delayOf(context, one) });
}

function delayOf({ now }: JobContext, { notBefore }: Later): number {
  return Math.max(0, notBefore.getTime() - now().getTime());
}

function factsOf({ pushed }: Carried): object {
  const told = [...pushed].map(([handoffId, { outcome, state, code }]) => ({ handoffId, outcome, state, code }));
  return told.length === 1 ? (told[0] ?? {}) : { handoffs: told.length, ofThem: told };
}
