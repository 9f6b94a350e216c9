/** A worker: one BullMQ worker per job, the timers of jobs that wake themselves, and an orderly end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job as BullJob } from 'bullmq';
import type { Backend, BullWorker, Envelope } from './backend.ts';
import { backoffMs } from './backoff.ts';
import type { Job, JobContext, JobLog } from './define-job.ts';
import { openQueue } from './open-queue.ts';
import { giveBack, type JobTools, type Running, runJob, type SlotLedger } from './run-job.ts';
import { within } from './within.ts';

export interface WorkerOptions<Context extends JobContext> {
  readonly backend: Backend;
  readonly jobs: readonly Job<unknown, Context>[];
  /** Adds what the handlers need to what every handler gets. Called once per attempt. */
  readonly context: (base: JobContext) => Context;
  /** Of each job at a time, unless the job declares less. */
  readonly concurrency: number;
  /** How long `stop` lets running handlers go on. */
  readonly drainMs: number;
  /** How long a handler may take to obey its aborted signal. */
  readonly graceMs?: number;
  /** A job whose worker has not been heard of for this long is run by another; found within twice this time. */
  readonly lockMs?: number;
  readonly log: JobLog;
  readonly now?: () => Date;
  readonly slots?: SlotLedger;
}

export interface RunningWorker {
  /** `drained`: every running handler ended by itself. `deadline`: some were interrupted and are back on the queue. */
  stop(): Promise<'drained' | 'deadline'>;
}

/** What all BullMQ workers of one worker hold. */
interface Hands {
  readonly running: Set<Running>;
  letGo: boolean;
}

const READY_TIMEOUT_MS = 15_000;
/** How often a job may lose its worker before the job itself is suspected of killing it. BullMQ's default is once. */
const MAX_STALLED = 10;

/** Throws QUEUE_UNREACHABLE. Signals of the process are the caller's; it calls `stop`. */
export async function startWorker<Context extends JobContext>(options: WorkerOptions<Context>): Promise<RunningWorker> {
  const { backend, jobs, log, slots } = options;
  const hands: Hands = { running: new Set(), letGo: false };
  const tools: JobTools<Context> = {
    lend: options.context,
    log,
    now: options.now ?? (() => new Date()),
    isLeaving: () => hands.letGo,
    slots,
  };
  const workers = jobs.map((job) => openWorker(job, options, tools, hands));
  try {
    await Promise.all(workers.map((worker) => within(READY_TIMEOUT_MS, backend.place, worker.waitUntilReady())));
  } catch (error) {
    for (const worker of workers) worker.close().catch(() => undefined);
    throw error;
  }
  const stopTimers = startTimers(options);

  let stopped: Promise<'drained' | 'deadline'> | undefined;
  return {
    stop() {
      stopped ??= Promise.all([drain(workers, hands, options), stopTimers()]).then(([outcome]) => outcome);
      return stopped;
    },
  };
}

function openWorker<Context extends JobContext>(
  job: Job<unknown, Context>,
  options: WorkerOptions<Context>,
  tools: JobTools<Context>,
  hands: Hands,
): BullWorker {
  const { lockMs = 30_000, log, slots } = options;
  const worker = options.backend.worker(
    job.name,
    async (bull, token) => {
      const entry: Running = { bull, token, control: new AbortController() };
      // A closing BullMQ worker may still bring the job it was just fetching.
      if (hands.letGo) throw await giveBack(entry);
      hands.running.add(entry);
      try {
        await runJob(job, entry, tools);
      } finally {
        hands.running.delete(entry);
      }
    },
    {
      concurrency: Math.min(job.concurrency ?? options.concurrency, options.concurrency),
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MAX_STALLED,
      settings: { backoffStrategy: (attemptsMade, _type, error) => backoffMs(job.retry, attemptsMade, error) },
    },
  );
  worker.on(
    'error',
    onceIn(30_000, (error) => log.warn({ job: job.name, err: error }, 'queue trouble')),
  );
  worker.on('failed', (bull, error) => {
    if (!bull?.finishedOn) return;
    log.warn({ job: job.name, id: bull.id, reason: error.message }, 'job failed for good');
    settleFailed(bull, slots, log);
  });
  // Another worker may hold the job by now; whoever still works on it here must stop.
  worker.on('lockRenewalFailed', (ids) => {
    for (const entry of hands.running) if (entry.bull.queueName === job.name && ids.includes(String(entry.bull.id))) entry.control.abort();
  });
  return worker;
}

function settleFailed(bull: BullJob<Envelope, unknown>, slots: SlotLedger | undefined, log: JobLog): void {
  const { slot } = bull.data;
  if (!slot || !slots) return;
  // A slot that stays open is queued again by the next tick: late, not lost.
  slots.settle(slot).catch((error: unknown) => log.warn({ ...slot, err: error }, 'slot of a failed job not settled'));
}

/** Every worker rings; the queue lets one ring per interval through. Nothing to heal when the queue loses its keys. */
function startTimers<Context extends JobContext>({ backend, jobs, log }: WorkerOptions<Context>): () => Promise<void> {
  const queue = openQueue(backend);
  const timers = jobs.flatMap((job) => {
    const { everyMs } = job;
    if (everyMs === undefined) return [];
    const complain = onceIn(30_000, (error) => log.warn({ job: job.name, err: error }, 'job not woken'));
    const ring = () => void queue.addRepeated(job, {}, everyMs).catch(complain);
    ring();
    return [setInterval(ring, everyMs)];
  });
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await queue.close();
  };
}

async function drain(
  workers: readonly BullWorker[],
  hands: Hands,
  { drainMs, graceMs = 5_000, log }: { drainMs: number; graceMs?: number; log: JobLog },
): Promise<'drained' | 'deadline'> {
  const { running } = hands;
  hands.letGo = true;
  // Keeps the locks of the jobs that run.
  const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
  if (await Promise.race([closed, sleep(drainMs, false, { ref: false })])) return 'drained';
  log.warn({ running: running.size }, 'drain deadline passed, interrupting what still runs');
  for (const { control } of running) control.abort();
  if (await Promise.race([closed, sleep(graceMs, false, { ref: false })])) return 'deadline';
  // Handlers that ignore their signal are zombies from here on; leases and fences keep them from doing harm.
  await Promise.allSettled([...running].map(giveBack));
  return 'deadline';
}

/** An outage is told once, not once per attempt to reconnect. */
function onceIn(ms: number, tell: (error: Error) => void): (error: Error) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - toldMs < ms) return;
    toldMs = performance.now();
    tell(error);
  };
}
