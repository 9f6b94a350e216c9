/** Jobs per second and latency of both queue backends: DATABASE_URL=… REDIS_URL=… node dist/bench/queues.js */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openBackend, type QueueAccess } from '../src/queue/backend.ts';
import { defineJob } from '../src/queue/define-job.ts';
import { openQueue } from '../src/queue/open-queue.ts';
import { startWorker } from '../src/queue/run-worker.ts';

const JOBS = 10_000;
const WAKES = 200;
const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

async function measure(access: QueueAccess) {
  const backend = await openBackend(access);
  const queue = openQueue(backend, { timeoutMs: 60_000 });
  let handled = 0;
  let whenHandled: (() => void) | undefined;
  const job = defineJob({
    name: `bench-${randomUUID().slice(0, 8)}`,
    payload: z.object({ n: z.number() }),
    retry: { attempts: 3, firstDelayMs: 1_000 },
    async handle() {
      handled += 1;
      whenHandled?.();
      return undefined;
    },
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      whenHandled = () => handled >= count && resolve();
      whenHandled();
    });

  const addedMs = await timed(() =>
    queue.addMany(
      job,
      Array.from({ length: JOBS }, (_, n) => ({ n })),
    ),
  );
  const options = { backend, jobs: [job], context: (base: object) => base as never, concurrency: 50, drainMs: 5_000, log: silent };
  let worker = await startWorker(options);
  const handledMs = await timed(() => until(JOBS));
  await worker.stop();

  worker = await startWorker(options);
  const latenciesMs: number[] = [];
  for (let n = 0; n < WAKES; n += 1) {
    const expected = handled + 1;
    latenciesMs.push(await timed(() => Promise.all([until(expected), queue.add(job, { n })])));
  }
  await worker.stop();
  await queue.close();
  await backend.close();
  latenciesMs.sort((a, b) => a - b);
  return {
    queue: access.kind,
    'added per s': Math.round(JOBS / (addedMs / 1_000)),
    'handled per s': Math.round(JOBS / (handledMs / 1_000)),
    'median ms from add to handler': Number(latenciesMs[WAKES / 2]?.toFixed(1)),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

const { DATABASE_URL, REDIS_URL } = process.env;
const rows: object[] = [];
if (DATABASE_URL) rows.push(await measure({ kind: 'postgres', url: DATABASE_URL }));
if (REDIS_URL) rows.push(await measure({ kind: 'redis', redis: { url: REDIS_URL, cluster: false, prefix: 'kontor-bench' } }));
if (rows.length === 0) throw new Error('Set DATABASE_URL, REDIS_URL or both.');
console.table(rows);
