/** Wakes workers after a commit. Nobody waits for it: a wake-up that is lost, relays and slots make good. */
import { pullJob } from '../../jobs/pull.ts';
import { pushOrderJob, wakeUps } from '../../jobs/push-order.ts';
import type { QueuedJob } from '../queue/define-job.ts';
import type { HttpContext, Lend } from './http-context.ts';

export interface Waker {
  handoffs(ids: readonly string[]): void;
  runs(ids: readonly string[]): void;
  /** Once all that are under way have arrived, or failed. */
  settled(): Promise<void>;
}

export function createWaker(lend: Lend): Waker {
  const underWay = new Set<Promise<void>>();
  function wake<Payload>(job: QueuedJob<Payload>, payloads: readonly Payload[]): void {
    if (payloads.length === 0) return;
    const { queue, log }: HttpContext = lend();
    const sent = queue
      .addMany(job, payloads)
      .catch((err: unknown) => log.warn({ job: job.name, err }, 'a wake-up was lost; it is made good by itself'))
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
  }
  return {
    handoffs: (ids) => wake(pushOrderJob, wakeUps(ids)),
    runs: (ids) => wake(pullJob, ids.map((runId) => ({ runId }))), // biome-ignore format: two of a kind
    settled: async () => void (await Promise.all(underWay)),
  };
}
