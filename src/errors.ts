/** Every failure Kontor can name. The class says what to do (retry, set the record aside, call a person); the code says why. */
import type { ErrorCode } from './error-codes.ts';

export { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** Ids and numbers only: details reach logs and screens. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Options {
  cause?: unknown;
  details?: ErrorDetails;
}

/** Base of all errors Kontor throws on purpose. `message` says what happened, to which thing, and what to do next. */
export abstract class KontorError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: Options = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The world may heal: the queue tries again. With `retryAfterMs` the job is delayed without spending an attempt. */
export class RetryLaterError extends KontorError {
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: Options & { retryAfterMs?: number } = {}) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** One record is bad: it goes to quarantine and the run goes on. Never leaves a flow. */
export class RecordRejectedError extends KontorError {}

/** Only a person can help: the job fails at once and the thing is shown. */
export class NeedsOperatorError extends KontorError {}
