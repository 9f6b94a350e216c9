/** What tests of jobs share: queues of their own on the backend under test, closed after each test. */
import { afterEach, beforeAll, expect } from 'vitest';
import { type Backend, openBackend, type QueueAccess } from '../../src/queue/backend.ts';
import type { Job, JobContext, JobLog } from '../../src/queue/define-job.ts';
import { type JobCounts, type JobQueue, openQueue } from '../../src/queue/open-queue.ts';
import { type RunningWorker, startWorker, type WorkerOptions } from '../../src/queue/run-worker.ts';
import type { TestBackend } from '../support/backends.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';

export interface LogLine {
  readonly level: keyof JobLog;
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

export interface Queues {
  readonly access: QueueAccess;
  readonly backend: Backend;
  readonly queue: JobQueue;
  readonly log: LogLine[];
  /** A worker as another process would start it: with a connection of its own. */
  start<Context extends JobContext = JobContext>(
    jobs: readonly Job<unknown, Context>[],
    options?: Partial<WorkerOptions<Context>>,
  ): Promise<RunningWorker>;
}

let names = 0;

/** A job name that no other test uses: tests of one file share a database. */
export function jobName(stem: string): string {
  names += 1;
  return `${stem}-${names}`;
}

export function useQueues(testBackend: TestBackend): { database(): TestDatabase; open(): Promise<Queues> } {
  const closers: (() => Promise<unknown>)[] = [];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  return {
    database: () => database,
    open: () => openQueues(testBackend.access(database.url), closers),
  };
}

export async function openQueues(access: QueueAccess, closers: (() => Promise<unknown>)[]): Promise<Queues> {
  const log: LogLine[] = [];
  const connect = async () => {
    const opened = await openBackend(access, { connectTimeoutMs: 30_000 });
    closers.push(() => opened.close());
    return opened;
  };
  const backend = await connect();
  const queue = openQueue(backend, { timeoutMs: 10_000 });
  closers.push(() => queue.close());
  return {
    access,
    backend,
    queue,
    log,
    async start<Context extends JobContext>(jobs: readonly Job<unknown, Context>[], options: Partial<WorkerOptions<Context>> = {}) {
      const worker = await startWorker<Context>({
        backend: await connect(),
        jobs,
        context: (base) => base as Context,
        concurrency: 5,
        // A loaded machine needs its time to end what runs; a test that wants the deadline to pass names its own.
        drainMs: 30_000,
        graceMs: 200,
        log: recorder(log),
        ...options,
      });
      closers.push(() => worker.stop());
      return worker;
    },
  };
}

function recorder(lines: LogLine[]): JobLog {
  const write = (level: keyof JobLog) => (facts: object, message: string) => void lines.push({ level, facts: { ...facts }, message });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The queue hears that a job has ended after its handler returned and its last line was logged: waits until it has. */
export async function expectCounts(queue: JobQueue, jobName: string, counts: Partial<JobCounts>): Promise<void> {
  await waitFor(async () => {
    expect(await queue.counts(jobName)).toMatchObject(counts);
    return true;
  });
}

export const NO_JOBS: JobCounts = { waiting: 0, active: 0, delayed: 0, failed: 0 };

/** A door that handlers wait at until the test opens it. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
