/** An unknown system speaks as HTTP does; only where its words stand is guessed. */
import type { HttpAnswer, Verdict, VerdictRule } from '../../src/connector/http/types.ts';

const FAILURES: ReadonlyArray<[number | '4xx' | '5xx', Verdict]> = [
  [401, 'login'],
  [403, 'denied'],
  [404, 'missing'],
  [410, 'missing'],
  [409, 'conflict'],
  // Changed by somebody else since it was read, or read without the version that is wanted.
  [412, 'conflict'],
  [428, 'conflict'],
  [429, 'limited'],
  [408, 'unavailable'],
  [425, 'unavailable'],
  ['5xx', 'unavailable'],
];

export const REST_VERDICTS: readonly VerdictRule[] = [
  { status: 204, verdict: 'empty' },
  // What was meant nobody can know, and neither whether a write was carried out.
  { status: '2xx', matches: ({ json }) => isErrorInside(json), verdict: 'unavailable', says: wordsOf },
  ...FAILURES.map(([status, verdict]): VerdictRule => ({ status, verdict, says: wordsOf })),
  { status: [400, 406, 415, 422], verdict: 'refused', says: wordsOf },
];

/** `{ error: { message } }`, `{ error_description }`, `{ errors: [{ message }] }`, problem details (RFC 9457), and their like. */
export function wordsOf({ json }: Pick<HttpAnswer, 'json'>): string | undefined {
  return wordsIn(json, 3);
}

/** `{ success: false, ... }`, `{ ok: false, ... }`, or an error and little else. A record that has a field named error has others, too. */
function isErrorInside(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
  const { success, ok, error } = json as Record<string, unknown>;
  if (success === false || ok === false) return true;
  return error !== undefined && error !== null && error !== false && error !== '' && Object.keys(json).length <= MOST_BESIDE_ERROR;
}

const MOST_BESIDE_ERROR = 4;

const WORDS = ['message', 'error_description', 'detail', 'title', 'error', 'errors', 'description'];

function wordsIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value === '' || depth === 3 ? undefined : value;
  if (depth === 0 || typeof value !== 'object' || value === null) return undefined;
  const inner = Array.isArray(value) ? value.slice(0, 3) : WORDS.map((name) => (value as Record<string, unknown>)[name]);
  for (const one of inner) {
    const words = wordsIn(one, depth - 1);
    if (words !== undefined) return words;
  }
  return undefined;
}
