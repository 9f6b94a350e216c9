/** Runs one job and translates how it ended into what the queue does next. */
import { type Job as BullJob, DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { KontorError, NeedsOperatorError, RecordRejectedError, RetryLaterError } from '../errors.ts';
import type { Envelope, SlotRef } from './backend.ts';
import { type Job, type JobContext, type JobLog, type RetryPolicy, UnreadablePayload } from './define-job.ts';

/** Where it is written which slots still want to be served. */
export interface SlotLedger {
  isOpen(slot: SlotRef): Promise<boolean>;
  /** The job completed, or failed for good: the schedule goes on either way. */
  settle(slot: SlotRef): Promise<void>;
}

export interface JobTools<Context extends JobContext> {
  readonly lend: (base: JobContext) => Context;
  readonly log: JobLog;
  readonly now: () => Date;
  readonly isLeaving: () => boolean;
  readonly slots: SlotLedger | undefined;
}

/** A job that is running here and now. */
export interface Running {
  readonly bull: BullJob<Envelope, unknown>;
  readonly token: string | undefined;
  /** Aborts when the worker lets go of it. */
  readonly control: AbortController;
}

const DEFAULT_PATIENCE = { delays: 100, totalMs: 24 * 3_600_000 };
/** A defect rarely heals; trying it eight times over an hour only hides it. */
const ATTEMPTS_FOR_DEFECTS = 3;

export async function runJob<Context extends JobContext>(
  job: Job<unknown, Context>,
  running: Running,
  tools: JobTools<Context>,
): Promise<void> {
  const { bull, control } = running;
  const { payload, slot } = bull.data;
  const facts = { job: job.name, id: String(bull.id), attempt: bull.attemptsMade + 1 };
  const startedMs = performance.now();
  const tookMs = () => Math.round(performance.now() - startedMs);
  try {
    if (slot && tools.slots && !(await tools.slots.isOpen(slot))) {
      tools.log.debug({ ...facts, ...slot }, 'slot already served');
      return;
    }
    const { now, isLeaving, log } = tools;
    const base = { now, isLeaving, signal: control.signal, log, job: { id: facts.id, attempt: facts.attempt } };
    const result = await job.run(payload, tools.lend(base));
    if (slot) await tools.slots?.settle(slot);
    tools.log.info({ ...result, ...facts, ms: tookMs() }, 'job done');
  } catch (error) {
    throw await verdict(
      job,
      running,
      error,
      (level, message) => tools.log[level]({ ...facts, ms: tookMs(), err: error }, message),
      tools.now(),
    );
  }
}

/** Back onto the queue without having spent an attempt. */
export async function giveBack({ bull, token }: Running): Promise<WaitingError> {
  await bull.moveToWait(token);
  return new WaitingError();
}

/** What to throw at BullMQ so that it does what the error's class means (docs/errors.md). */
async function verdict(
  job: Job<unknown, never>,
  running: Running,
  error: unknown,
  log: (level: keyof JobLog, message: string) => void,
  now: Date,
): Promise<unknown> {
  if (running.control.signal.aborted && !(error instanceof NeedsOperatorError)) {
    log('info', 'job interrupted, goes back to the queue');
    return giveBack(running);
  }
  if (error instanceof RetryLaterError) {
    const delayed = await postpone(job.retry, running, error, now);
    log(delayed ? 'info' : 'warn', delayed ? 'job postponed' : 'job attempt failed');
    return delayed ?? error;
  }
  if (error instanceof NeedsOperatorError) {
    log('warn', 'job failed, needs an operator');
    return new UnrecoverableError(`${error.code}: ${error.message}`);
  }
  log('error', error instanceof RecordRejectedError ? 'a bad record left its flow' : 'job failed with a defect');
  const hopeless = error instanceof UnreadablePayload || running.bull.attemptsMade + 1 >= ATTEMPTS_FOR_DEFECTS;
  return hopeless ? new UnrecoverableError(nameOf(error)) : error;
}

/** Delays the job without spending an attempt, unless it has been postponed too often or for too long. */
async function postpone(
  retry: RetryPolicy,
  { bull, token }: Running,
  error: RetryLaterError,
  now: Date,
): Promise<DelayedError | undefined> {
  if (error.retryAfterMs === undefined) return undefined;
  const patience = retry.patience ?? DEFAULT_PATIENCE;
  const { count, sinceMs } = bull.data.delays ?? { count: 0, sinceMs: now.getTime() };
  if (count >= patience.delays || now.getTime() - sinceMs >= patience.totalMs) return undefined;
  await bull.updateData({ ...bull.data, delays: { count: count + 1, sinceMs } });
  // BullMQ promotes delayed jobs by the machine's clock, whatever the clock of the domain says.
  await bull.moveToDelayed(Date.now() + error.retryAfterMs, token);
  return new DelayedError();
}

function nameOf(error: unknown): string {
  if (error instanceof KontorError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
