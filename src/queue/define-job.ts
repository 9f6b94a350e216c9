/** A job as its file in jobs/ declares it: a name, ids as payload, how to retry, and one handler. */
import type { ZodType } from 'zod';

/** Shaped like a pino logger: facts first, then a sentence. */
export interface JobLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** What every handler is lent. The composition root adds to it (database, queue, connectors). */
export interface JobContext {
  now(): Date;
  /** Aborts when the worker must let go: the drain deadline passed, or the job's lock was lost. */
  readonly signal: AbortSignal;
  /** Whether the worker is about to stop: what a handler has not begun yet is better left to another. */
  isLeaving(): boolean;
  readonly log: JobLog;
  readonly job: { readonly id: string; readonly attempt: number };
}

export interface RetryPolicy {
  /** How often the handler may fail before the job has failed. */
  readonly attempts: number;
  /** Delay before the second attempt; doubles from there, with jitter. */
  readonly firstDelayMs: number;
  readonly maxDelayMs?: number;
  /** How long `RetryLaterError.retryAfterMs` may postpone a job without spending an attempt. */
  readonly patience?: { readonly delays: number; readonly totalMs: number };
}

export interface JobDefinition<Payload, Context extends JobContext> {
  /** Equals the file's name and the queue's name. */
  readonly name: string;
  /** Ids only: the data is in PostgreSQL. */
  readonly payload: ZodType<Payload>;
  readonly retry: RetryPolicy;
  /** Jobs with the same key become one; one that arrives while its twin runs makes the twin run again. */
  dedupe?(payload: Payload): string;
  /** At a time in one worker; never more than the worker's own concurrency. */
  readonly concurrency?: number;
  /** Wakes itself this often while any worker lives. For looking, not for schedules: those are slots. */
  readonly everyMs?: number;
  /** Loads, asks whether there is still anything to do, calls one flow, returns facts for the log line. */
  handle(payload: Payload, context: Context): Promise<object | undefined>;
}

export interface Job<Payload, Context extends JobContext> {
  readonly name: string;
  readonly payload: ZodType<Payload>;
  readonly retry: RetryPolicy;
  dedupe?(payload: Payload): string;
  readonly concurrency?: number;
  readonly everyMs?: number;
  /** A property, not a method, so that a job which needs more than the worker lends does not compile. */
  readonly run: (data: unknown, context: Context) => Promise<object | undefined>;
}

/** A job that can be queued, whatever it needs to run. */
export type QueuedJob<Payload> = Job<Payload, never>;

/** The queue holds a payload that the job does not know: written by another version, or by hand. */
export class UnreadablePayload extends Error {
  override readonly name = 'UnreadablePayload';
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function defineJob<Payload, Context extends JobContext>(definition: JobDefinition<Payload, Context>): Job<Payload, Context> {
  if (!NAME.test(definition.name)) throw new TypeError(`job name "${definition.name}" is not kebab-case`);
  if (definition.retry.attempts < 1) throw new TypeError(`job ${definition.name} needs at least one attempt`);
  const { handle, ...rest } = definition;
  return {
    ...rest,
    async run(data, context) {
      const parsed = definition.payload.safeParse(data);
      if (!parsed.success) {
        throw new UnreadablePayload(`The payload of a ${definition.name} job cannot be read: ${parsed.error.message}`, {
          cause: parsed.error,
        });
      }
      return handle(parsed.data, context);
    },
  };
}
