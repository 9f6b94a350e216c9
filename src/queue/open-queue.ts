/** Puts jobs on their queues. A job is a wake-up call: adding one twice is harmless, losing one is healed by slots and relays. */
import type { JobsOptions } from 'bullmq';
import type { Backend, BullQueue, Envelope, SlotRef } from './backend.ts';
import type { QueuedJob } from './define-job.ts';
import { within } from './within.ts';

export interface AddOptions {
  readonly delayMs?: number;
  /** The slot this job serves; it is settled when the job completes or has failed. */
  readonly slot?: SlotRef;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

export interface JobQueue {
  /** Throws QUEUE_UNREACHABLE after a bounded wait. Resolves to the job's id, or its twin's when deduplicated. */
  add<Payload>(job: QueuedJob<Payload>, payload: Payload, options?: AddOptions): Promise<string>;
  /** In sets of a thousand. */
  addMany<Payload>(job: QueuedJob<Payload>, payloads: readonly Payload[]): Promise<void>;
  /** Wakes a job that repeats itself: at most once per `everyMs`, however many workers ask. */
  addRepeated<Payload>(job: QueuedJob<Payload>, payload: Payload, everyMs: number): Promise<void>;
  counts(jobName: string): Promise<JobCounts>;
  close(): Promise<void>;
}

const CHUNK = 1_000;
const HOUR_S = 3_600;

const retention = {
  // What a finished job did is in the log and in the tables; keeping even a thousand of them costs PostgreSQL half its speed.
  removeOnComplete: true,
  removeOnFail: { age: 7 * 24 * HOUR_S, count: 1_000 },
  stackTraceLimit: 5,
  // A payload beyond this is data, and data belongs into PostgreSQL.
  sizeLimit: 8_192,
} satisfies JobsOptions;

export function openQueue(backend: Backend, options: { readonly timeoutMs?: number } = {}): JobQueue {
  const { timeoutMs = 10_000 } = options;
  const queues = new Map<string, BullQueue>();

  function queueOf(name: string): BullQueue {
    let queue = queues.get(name);
    if (!queue) {
      queue = backend.queue(name);
      // Every failed call reports itself to its caller; without a listener Node would end the process.
      queue.on('error', () => undefined);
      queues.set(name, queue);
    }
    return queue;
  }

  return {
    async add(job, payload, { delayMs, slot } = {}) {
      const data = envelope(job, payload, slot);
      const added = await within(
        timeoutMs,
        backend.place,
        queueOf(job.name).add(job.name, data, { ...jobOptions(job, payload), ...(delayMs && { delay: delayMs }) }),
      );
      return String(added.id);
    },

    async addMany(job, payloads) {
      for (let start = 0; start < payloads.length; start += CHUNK) {
        const chunk = payloads.slice(start, start + CHUNK);
        const entries = chunk.map((payload) => ({ name: job.name, data: envelope(job, payload), opts: jobOptions(job, payload) }));
        await within(timeoutMs, backend.place, queueOf(job.name).addBulk(entries));
      }
    },

    async addRepeated(job, payload, everyMs) {
      // A little less than the interval: a timer that fires early must not lose its turn to the one before it.
      const deduplication = { id: `every-${job.name}`, ttl: Math.ceil(everyMs * 0.9) };
      const data = envelope(job, payload);
      await within(timeoutMs, backend.place, queueOf(job.name).add(job.name, data, { ...jobOptions(job, payload), deduplication }));
    },

    async counts(jobName) {
      const states = await within(timeoutMs, backend.place, queueOf(jobName).getJobCounts('waiting', 'active', 'delayed', 'failed'));
      return { waiting: states.waiting ?? 0, active: states.active ?? 0, delayed: states.delayed ?? 0, failed: states.failed ?? 0 };
    },

    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => within(timeoutMs, backend.place, queue.close())));
    },
  };
}

function envelope<Payload>(job: QueuedJob<Payload>, payload: Payload, slot?: SlotRef): Envelope {
  return { payload: job.payload.parse(payload), ...(slot && { slot }) };
}

function jobOptions<Payload>(job: QueuedJob<Payload>, payload: Payload): JobsOptions {
  const key = job.dedupe?.(payload);
  return {
    ...retention,
    attempts: job.retry.attempts,
    backoff: { type: 'jittered' },
    // The option, not the job id: an id stays taken for as long as its failed job is kept. And keepLastIfActive, because a
    // wake-up that arrives while the twin runs may tell of something the twin has already passed.
    ...(key !== undefined && { deduplication: { id: key, keepLastIfActive: true } }),
  };
}
