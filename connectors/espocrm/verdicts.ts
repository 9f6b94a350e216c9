/** EspoCRM says why in the header X-Status-Reason; bodies of failures are often empty. */
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

/** After ten refused logins everything from our address is refused for a minute, good keys too (authFailedAttemptsPeriod). */
const LOCK_OUT_MS = 60_000;

function says({ headers }: Answer): string | undefined {
  return headers['x-status-reason'];
}

function speaksOf(words: RegExp): (answer: Answer) => boolean {
  return (answer) => words.test(says(answer) ?? '');
}

export const verdicts: readonly VerdictRule[] = [
  { status: 401, verdict: 'login', says },
  {
    status: 403,
    matches: speaksOf(/failed login attempts/i),
    verdict: 'limited',
    says,
    retryAfterMs: () => LOCK_OUT_MS,
  },
  // Our question, not a right.
  { status: 403, matches: speaksOf(/max size|expressions are forbidden|sub-queries are forbidden/i), verdict: 'refused', says },
  { status: 403, verdict: 'denied', says },
  { status: 404, verdict: 'missing', says },
  { status: [400, 409], verdict: 'refused', says },
  // While it is upgraded or its cache is rebuilt.
  { status: 503, verdict: 'unavailable', says },
  { status: '5xx', verdict: 'unavailable', says },
];
