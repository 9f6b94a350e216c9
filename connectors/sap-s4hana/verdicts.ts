/** What S/4HANA's answers mean where HTTP and OData alone do not say it. */
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';
import { ODATA_VERDICTS, odataCode, odataWords } from '../../src/connector/odata/index.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

/** Message class MC, 601 and 602: somebody else has locked the object. */
const LOCKED = new Set(['MC/601', 'MC/602']);

/** Names of users are capitals, digits and a few signs, twelve of them at most. */
const USER = '[A-Z0-9][A-Z0-9_.-]{1,11}(?![\\w-])';
/** Applications have messages of their own for an object that somebody is working on; these are how they read in English and German. */
const HOLDS = '(?:[Ll]ocked|[Pp]rocessed|[Ee]dited|[Cc]hanged)';
const HELD = new RegExp(
  `\\b${HOLDS} by (?:[Uu]ser )?${USER}|\\b(?:[Vv]on|[Dd]urch) (?:Benutzer )?${USER} (?:gesperrt|bearbeitet|geändert)`,
);
const NAMED = [
  new RegExp(`((?:\\b[Uu]ser(?: ID| name)?|\\bBenutzer(?:in)?) )${USER}`, 'g'),
  new RegExp(`(\\b(?:${HOLDS}|[Cc]reated) by )${USER}`, 'g'),
  new RegExp(`(\\b(?:[Vv]on|[Dd]urch) )${USER}(?= (?:gesperrt|bearbeitet|geändert|angelegt))`, 'g'),
];

/** The system's words without the people in them: messages about locks say who holds them. */
function sapWords(answer: Answer): string | undefined {
  const words = odataWords(answer);
  const masked = words === undefined ? undefined : NAMED.reduce((text, named) => text.replace(named, '$1***'), words);
  const code = odataCode(answer) ?? '';
  // In another language nobody can tell where the name stands.
  return LOCKED.has(code) && masked === words ? `${code} (somebody has locked the object)` : masked;
}

function isHeld(answer: Answer): boolean {
  return LOCKED.has(odataCode(answer) ?? '') || HELD.test(odataWords(answer) ?? '');
}

export const verdicts: readonly VerdictRule[] = [
  // The business transaction was not begun: another user has the object open.
  { status: [400, 409, 423], matches: isHeld, verdict: 'busy', says: sapWords },
  // Changed by somebody else, or seen through something that takes If-Match away: it is looked at again before anything is changed.
  { status: [412, 428], verdict: 'conflict', says: sapWords },
  // Such as $batch where something in front of SAP knows none.
  { status: 501, verdict: 'refused', says: sapWords },
  // An SAP Gateway that is overloaded or being updated shows a page of the web dispatcher.
  { status: 503, verdict: 'unavailable' },
  ...ODATA_VERDICTS.map((rule) => (rule.says ? { ...rule, says: sapWords } : rule)),
];
