/** Failures as answers: one shape, and one table from codes to statuses. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OrderInvalid } from '../domain/orders/problem.ts';
import { ERROR_CODES, type ErrorCode, KontorError, NeedsOperatorError, RecordRejectedError, RetryLaterError } from '../errors.ts';
import { connectionLost } from '../store/database.ts';
import type { Lend } from './http-context.ts';

/** What is not here goes by its class: 503 for what may pass, 422 for a bad record, 500 for what only our operator can mend. */
export const STATUS: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  USAGE: 400,
  KEY_REFUSED: 401,
  NOT_ALLOWED: 403,
  LINK_REFUSED: 403,
  NOT_FOUND: 404,
  CONNECTION_UNKNOWN: 404,
  ORDER_CONFLICT: 409,
  ORDER_STATE: 409,
  ORDER_DIFFERS: 409,
  ORDER_DOUBLED: 409,
  ORDER_REFERENCE_TAKEN: 409,
  ORDER_NOT_MAPPED: 409,
  HANDOFF_UNSUPPORTED: 409,
  ACCOUNT_BLOCKED: 409,
  CREDIT_EXCEEDED: 409,
  CREDIT_STALE: 409,
  PRICE_CHANGED: 409,
  BUDGET_CLOSED: 409,
  BUDGET_EXCEEDED: 409,
  TRANSFER_CONFLICT: 409,
  ALREADY_RUNNING: 409,
  ORDER_INVALID: 422,
  RULES_INVALID: 422,
  BUDGET_INVALID: 422,
};

const RETRY_AFTER_MS = 5_000;

export const errorShape = z
  .object({
    error: z.object({
      code: z.string().describe('One of the codes of docs/errors.md; programs go by it.'),
      message: z.string().describe('What happened, to which thing, and what to do; for people.'),
      details: z.record(z.string(), z.unknown()).describe('Ids and numbers; `problems` where several things are wrong at once.'),
    }),
  })
  .meta({ id: 'Error' });

export interface Problem {
  readonly path: string;
  readonly reason: string;
  readonly cure?: string;
}

/** A request that was not understood, with its status and each problem by its place. */
export class RequestInvalid extends NeedsOperatorError {
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(message: string, { status = 400, problems = [] }: { status?: number; problems?: readonly Problem[] } = {}) {
    super('REQUEST_INVALID', message);
    this.name = 'NeedsOperatorError';
    this.status = status;
    this.problems = problems;
  }
}

export function statusOf(error: KontorError): number {
  if (error instanceof RequestInvalid) return error.status;
  const status = STATUS[error.code];
  if (status !== undefined) return status;
  if (error instanceof RetryLaterError) return 503;
  return error instanceof RecordRejectedError ? 422 : 500;
}

/** Failures of the framework and of the database become ours; what remains is a defect. */
export function asKontorError(error: unknown, request: FastifyRequest): KontorError | null {
  if (error instanceof KontorError) return error;
  const lost = connectionLost(error);
  if (lost) return lost;
  if (!(error instanceof Error)) return null;
  const { validation, validationContext = 'request', statusCode } = error as FastifyError;
  if (validation) {
    const problems = validation.map(({ instancePath, message = 'cannot be used' }) => ({
      path: [validationContext, ...instancePath.split('/').filter(Boolean)].join('.'),
      reason: message,
    }));
    return new RequestInvalid(`the request was not understood\n${problems.map(({ path, reason }) => `${path}: ${reason}`).join('\n')}`, {
      problems,
    });
  }
  if (statusCode === undefined || statusCode < 400 || statusCode > 499) return null;
  return new RequestInvalid(wordsOf(statusCode, error, request), { status: statusCode });
}

function wordsOf(status: number, { message, name }: Error, request: FastifyRequest): string {
  if (status === 413) return `the body is larger than ${request.routeOptions.bodyLimit} bytes; split it`;
  if (status === 415) return 'the body is of a type that is not taken here; send JSON, with `content-type: application/json`';
  if (name === 'SyntaxError' || /valid JSON/.test(message)) return 'the body is not JSON; correct it';
  return message;
}

export function answerError(lend: Lend): (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    const known = asKontorError(error, request);
    const status = known ? statusOf(known) : 500;
    if (status >= 500) tellOperator(lend, { error, status, known }, request);
    if (known?.code === 'KEY_REFUSED') reply.header('www-authenticate', 'Bearer realm="kontor"');
    if (status === 503) reply.header('retry-after', retryAfterSeconds(known));
    return reply.code(status).send({ error: describeError(known, status, request.id) });
  };
}

/** What is ours to mend names machines and tables; the caller gets the code, and the operator the rest. */
export function describeError(known: KontorError | null, status: number, requestId: string): z.output<typeof errorShape>['error'] {
  const code = known?.code ?? 'INTERNAL';
  if (known && status < 500) return { code, message: known.message, details: detailsOf(known) };
  const cure = status === 503 ? 'Try again later' : 'Ask its operators, who find it in their log';
  return { code, message: `${ERROR_CODES[code][1]}. ${cure}; this was request ${requestId}`, details: {} };
}

function detailsOf(error: KontorError): Record<string, unknown> {
  const problems = error instanceof OrderInvalid || error instanceof RequestInvalid ? error.problems : [];
  return { ...error.details, ...(problems.length > 0 && { problems }) };
}

function retryAfterSeconds(error: KontorError | null): number {
  const ms = error instanceof RetryLaterError ? error.retryAfterMs : undefined;
  return Math.max(1, Math.ceil((ms ?? RETRY_AFTER_MS) / 1_000));
}

export function tellOperator(
  lend: Lend,
  { error, status, known }: { error: unknown; status: number; known: KontorError | null },
  request: FastifyRequest,
) {
  const facts = { requestId: request.id, method: request.method, route: request.routeOptions.url, status, code: known?.code ?? 'INTERNAL' };
  if (status === 503) lend().log.warn({ ...facts, err: known ?? error }, 'a request could not be answered now');
  else lend().log.error({ ...facts, err: error }, 'a request failed');
}
