/** The one file that knows which queue it is: BullMQ on Redis, or BullMQ on the PostgreSQL that holds everything else. */
import { type Job, type JobsOptions, type JobType, type Processor, Queue, Worker, type WorkerOptions } from 'bullmq';
import type { RedisSettings } from '../config/settings.ts';
import { connectPostgres, createSharedBackend } from './postgres-connection.ts';
import { connectRedis, describeRedis, keyPrefix } from './redis-connection.ts';
import { within } from './within.ts';

/** What lies on the queue. Ids only. */
export interface Envelope {
  readonly payload: unknown;
  /** The slot this job serves, if a schedule asked for it. */
  readonly slot?: SlotRef;
  /** Postponements so far that spent no attempt. */
  readonly delays?: { readonly count: number; readonly sinceMs: number };
}

export interface SlotRef {
  readonly schedule: string;
  /** ISO 8601. */
  readonly dueAt: string;
}

export type QueueAccess =
  | { readonly kind: 'redis'; readonly redis: RedisSettings }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema?: string };

/** As much of BullMQ's Queue and Worker as we use; the classes themselves differ in type by backend. */
export interface BullQueue {
  add(name: string, data: Envelope, options: JobsOptions): Promise<{ id?: string }>;
  addBulk(jobs: { name: string; data: Envelope; opts: JobsOptions }[]): Promise<unknown>;
  getJobCounts(...states: JobType[]): Promise<{ [state: string]: number }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface BullWorker {
  waitUntilReady(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: Job<Envelope, unknown> | undefined, error: Error) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (ids: string[]) => void): unknown;
  close(): Promise<void>;
}

export interface Backend {
  readonly kind: QueueAccess['kind'];
  /** For messages: where the queue is, without secrets. */
  readonly place: string;
  queue(name: string): BullQueue;
  worker(name: string, process: Processor<Envelope, unknown>, options: Omit<WorkerOptions, 'connection' | 'prefix'>): BullWorker;
  /** After every queue and worker made from it is closed. */
  close(): Promise<void>;
}

export interface BackendOptions {
  /** How long a start may wait for the server. */
  readonly connectTimeoutMs?: number;
  /** PostgreSQL only: connections shared by all queues and workers of the process. One more listens. */
  readonly poolSize?: number;
}

/** Connects and proves it. Throws QUEUE_UNREACHABLE within `connectTimeoutMs`. */
export async function openBackend(access: QueueAccess, options: BackendOptions = {}): Promise<Backend> {
  const { connectTimeoutMs = 10_000, poolSize = 10 } = options;
  return access.kind === 'redis' ? openRedis(access.redis, connectTimeoutMs) : openPostgres(access, connectTimeoutMs, poolSize);
}

async function openRedis(settings: RedisSettings, connectTimeoutMs: number): Promise<Backend> {
  const connection = connectRedis(settings);
  const prefix = keyPrefix(settings);
  const place = describeRedis(settings);
  let lastError: Error | undefined;
  connection.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    await within(connectTimeoutMs, place, connection.ping());
  } catch (error) {
    connection.disconnect();
    throw lastError ? await within(0, place, Promise.reject(lastError)) : error;
  }
  return {
    kind: 'redis',
    place,
    queue: (name) => new Queue(name, { connection, prefix }),
    worker: (name, process, rest) => new Worker(name, process, { ...rest, connection, prefix }),
    async close() {
      connection.disconnect();
    },
  };
}

async function openPostgres(access: { url: string; schema?: string }, connectTimeoutMs: number, poolSize: number): Promise<Backend> {
  const { connection, place } = connectPostgres(access, connectTimeoutMs, poolSize);
  try {
    await within(connectTimeoutMs, place, connection.waitUntilReady());
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw error;
  }
  return {
    kind: 'postgres',
    place,
    queue: (name) => new Queue(name, { connection }, createSharedBackend),
    worker: (name, process, rest) => new Worker(name, process, { ...rest, connection }, createSharedBackend),
    close: () => connection.close(),
  };
}
