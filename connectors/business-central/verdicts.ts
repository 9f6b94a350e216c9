/** What Business Central's answers mean where HTTP and OData alone do not say it. */
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';
import { ODATA_VERDICTS, odataCode, odataWords } from '../../src/connector/odata/index.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

/** A missing permission has no code of its own: it came as Internal_ServerError, and as the error text of a page. */
const FORBIDDEN = /permissions? prevented the action|do(?:es)? not have (?:the following )?permissions?/i;
/** The transaction was rolled back; the text asks to try again. */
const LOCKED = /locked by another user|being updated in a transaction done by another session|deadlock/i;

const isForbidden = (answer: Answer) => (odataCode(answer) ?? '').startsWith('Authorization_') || FORBIDDEN.test(odataWords(answer) ?? '');
const isLocked = (answer: Answer) => LOCKED.test(odataWords(answer) ?? '');

export const verdicts: readonly VerdictRule[] = [
  { status: '4xx', matches: isForbidden, verdict: 'denied', says: words },
  { status: '5xx', matches: isForbidden, verdict: 'denied', says: words },
  { status: '4xx', matches: isLocked, verdict: 'busy', says: words },
  { status: '5xx', matches: isLocked, verdict: 'busy', says: words },
  { status: 401, verdict: 'login', says: words },
  { status: 429, verdict: 'limited', says: words },
  // Eight minutes in the queue (503), an operation longer than eight (408) or ten minutes (504): nobody knows how far it came.
  { status: [408, 503, 504], verdict: 'unavailable', says: words },
  ...ODATA_VERDICTS.map((rule) => ({ ...rule, says: words })),
  { status: '4xx', verdict: 'refused', says: words },
];

/** Without the id of the trace, which is another every time and would make two equal failures look different. */
function words(answer: Answer): string | undefined {
  return odataWords(answer)?.replace(/\s*CorrelationId:.*$/s, '');
}
