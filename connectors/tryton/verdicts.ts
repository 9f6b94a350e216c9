/** Tryton answers failures of calls with HTTP 200 and `error: [kind, ...]`; what is not one of its own kinds is `[text, traceback]`. */
import { z } from 'zod';
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

const failure = z.object({ error: z.tuple([z.string()], z.unknown()) });
const sayings = z.tuple([z.string()], z.unknown());
const warning = z.tuple([z.string(), z.string()], z.unknown());

/** PostgreSQL and SQLite in their own words; Tryton has rolled back and given up repeating. */
const BUSY = /could not serialize|deadlock detected|could not obtain lock|lock timeout|database is locked/i;
/** The database went away: perhaps while it committed. */
const GONE =
  /server closed the connection|terminating connection|connection already closed|connection (?:not open|refused)|recovery mode|starting up/i;
/** English words of ir/message.xml; calls are made in the language of the settings, `en` if nobody changed it. */
const DENIED = /not allowed to|because of at least one of these rules/i;

function errorOf(answer: Answer): [string, ...unknown[]] | undefined {
  return failure.safeParse(answer.json).data?.error;
}

/** Never the traceback. A warning comes as [name, message, description], an error as [message, description, domain]. */
function says(answer: Answer): string | undefined {
  const error = errorOf(answer);
  if (!error) return undefined;
  const [kind, told] = error;
  if (kind === 'UserWarning') {
    const message = warning.safeParse(told).data?.[1];
    return message === undefined ? 'a warning' : `${message} (a warning that a person has to accept)`;
  }
  if (kind === 'UserError') return sayings.safeParse(told).data?.[0] ?? kind;
  // The database's own words: below the first line it repeats the row, with whatever stands in it.
  return kind === 'ConcurrencyException' && typeof told === 'string' ? told : (kind.trim().split('\n')[0] ?? '');
}

function is(kind: string): (answer: Answer) => boolean {
  return (answer) => errorOf(answer)?.[0] === kind;
}

function speaksOf(words: RegExp): (answer: Answer) => boolean {
  return (answer) => words.test(errorOf(answer)?.[0] ?? '');
}

export const verdicts: readonly VerdictRule[] = [
  { status: '2xx', matches: is('ConcurrencyException'), verdict: 'conflict', says },
  { status: '2xx', matches: is('RateLimitException'), verdict: 'limited', says },
  { status: '2xx', matches: (answer) => is('UserError')(answer) && DENIED.test(says(answer) ?? ''), verdict: 'denied', says },
  { status: '2xx', matches: speaksOf(BUSY), verdict: 'busy', says },
  { status: '2xx', matches: speaksOf(GONE), verdict: 'unavailable', says },
  { status: '2xx', matches: (answer) => errorOf(answer) !== undefined, verdict: 'refused', says },
  // A method that is not for RPC, or that the version does not have.
  { status: 403, verdict: 'denied' },
];
