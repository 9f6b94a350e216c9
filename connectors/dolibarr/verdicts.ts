/**
 * What Dolibarr's answers mean: its statuses say little. An empty list is 404, a bad filter 503, a refused record 500, a step that is done 304,
 * an unknown API key 503 or 401 by version, a missing permission 401 or 403.
 */
import { z } from 'zod';
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

const failure = z.object({ error: z.looseObject({ message: z.string().optional() }) });

/** Thirdparties and contacts say their plural, the others say no; a single record says its singular. */
const EMPTY = /: (?:thirdparties not found|contacts not found|no [a-z ]+ found)$/i;
const LOGIN = /login user from api key|user not valid|failed to login to api|user has been (?:locked|disabled)|api key/i;
/** The database rolled back. */
const LOCKED = /deadlock|lock wait timeout|could not serialize|try restarting transaction/i;
const BAD_FILTER = /validating parameter|unknown column|does not exist|syntax/i;

const says = (words: RegExp) => (answer: Answer) => words.test(wordsOf(answer) ?? '');

export const verdicts: readonly VerdictRule[] = [
  { status: 404, matches: says(EMPTY), verdict: 'empty' },
  { status: 304, verdict: 'empty' },
  { status: [401, 403, 503], matches: says(LOGIN), verdict: 'login', says: wordsOf },
  { status: [401, 403], verdict: 'denied', says: wordsOf },
  { status: [500, 503], matches: says(LOCKED), verdict: 'busy', says: wordsOf },
  { status: 503, matches: says(BAD_FILTER), verdict: 'refused', says: wordsOf },
  // Only Dolibarr's own words mean that it looked at the record and rolled back; a page of the web server does not.
  { status: 500, matches: (answer) => wordsOf(answer) !== undefined, verdict: 'refused', says: wordsOf },
  // The module is not enabled.
  { status: 501, verdict: 'missing', says: wordsOf },
  { status: 404, verdict: 'missing', says: wordsOf },
  { status: [400, 405], verdict: 'refused', says: wordsOf },
];

/** What is wrong stands in `message`, or beside it under a number; and some errors have a text before their JSON. */
export function wordsOf({ json, text }: Answer): string | undefined {
  const { error } = failure.safeParse(json ?? jsonBehind(text)).data ?? {};
  if (!error) return undefined;
  const { message, ...beside } = error;
  const more = Object.entries(beside).flatMap(([name, value]) =>
    /^\d+$/.test(name) && typeof value === 'string' && value !== '' ? [value] : [],
  );
  return [message ?? '', ...new Set(more)].filter((part) => part !== '').join('; ') || undefined;
}

function jsonBehind(text: string): unknown {
  const start = text.indexOf('{"error"');
  const pretty = start === -1 ? text.search(/\{\s*"error"/) : start;
  if (pretty === -1) return undefined;
  try {
    return JSON.parse(text.slice(pretty));
  } catch {
    return undefined;
  }
}
