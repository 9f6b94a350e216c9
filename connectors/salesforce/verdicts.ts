/** Salesforce answers failures with `[{ errorCode, message }]`; the code decides, the status only tells the family. */
import { z } from 'zod';
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

const failures = z.tuple([z.looseObject({ errorCode: z.string(), message: z.string().optional() })], z.unknown());
const MINUTE_MS = 60_000;

/** Which right or licence is missing. A type the user may not read is said not to be supported. */
const DENIED = [
  'INVALID_TYPE',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'FUNCTIONALITY_NOT_ENABLED',
];
/** The query was given up, or a server of theirs was. It is a 400 nevertheless. */
const PASSING = ['QUERY_TIMEOUT', 'SERVER_UNAVAILABLE', 'REQUEST_RUNNING_TOO_LONG', 'UNKNOWN_EXCEPTION'];
/** `getDeleted` cannot answer for this span; the reader takes it for an answer (deleted.ts). */
const SPAN_REFUSED = ['INVALID_REPLICATION_DATE', 'EXCEEDED_ID_LIMIT'];

export function failureOf(answer: Answer): { errorCode: string; message?: string | undefined } | undefined {
  return failures.safeParse(answer.json).data?.[0];
}

function isOneOf(...codes: string[]): (answer: Answer) => boolean {
  return (answer) => codes.includes(failureOf(answer)?.errorCode ?? '');
}

/** Messages about queries repeat the query above the reason: only the last line is the reason. */
function says(answer: Answer): string | undefined {
  const failure = failureOf(answer);
  if (!failure) return undefined;
  const reason = failure.message?.trim().split('\n').at(-1);
  return reason ? `${failure.errorCode}: ${reason}` : failure.errorCode;
}

export const verdicts: readonly VerdictRule[] = [
  { status: 401, verdict: 'login', says },
  {
    // The quota of requests counts the last 24 hours and frees itself slowly; that of requests at one time passes at once.
    status: 403,
    matches: isOneOf('REQUEST_LIMIT_EXCEEDED'),
    verdict: 'limited',
    says,
    retryAfterMs: (answer) => (/TotalRequests/i.test(failureOf(answer)?.message ?? '') ? 15 * MINUTE_MS : undefined),
  },
  { status: '4xx', matches: isOneOf(...SPAN_REFUSED), verdict: 'empty' },
  { matches: isOneOf('UNABLE_TO_LOCK_ROW'), verdict: 'busy', says },
  { matches: isOneOf(...PASSING), verdict: 'unavailable', says },
  { status: '4xx', matches: isOneOf(...DENIED), verdict: 'denied', says },
  { status: 403, verdict: 'denied', says },
  { status: 404, verdict: 'missing', says },
  // The API version is no longer, or not yet, there.
  { status: 410, verdict: 'missing', says },
  { status: 429, verdict: 'limited', says },
  { status: '4xx', matches: (answer) => failureOf(answer) !== undefined, verdict: 'refused', says },
  { status: '5xx', verdict: 'unavailable', says },
];
