/** What S/4HANA's answers mean where HTTP and OData alone do not say it. */
import type { VerdictRule } from '../../src/connector/http/types.ts';
import { ODATA_VERDICTS, odataCode, odataWords } from '../../src/connector/odata/index.ts';

/** Message class MC, 601 and 602: somebody else has locked the object. */
const LOCKED = new Set(['MC/601', 'MC/602']);

export const verdicts: readonly VerdictRule[] = [
  // The business transaction was not begun: another user has the object open.
  { status: [400, 423], matches: (answer) => LOCKED.has(odataCode(answer) ?? ''), verdict: 'busy', says: odataWords },
  // An SAP Gateway that is overloaded or being updated shows a page of the web dispatcher.
  { status: 503, verdict: 'unavailable' },
  ...ODATA_VERDICTS,
];
