/**
 * From Odoo's answers to their meaning, for both protocols. JSON-RPC tells failures with HTTP 200 and `error.data`, JSON-2 with 4xx and 5xx and
 * the same fields at the top (documentation: external_api, Response; odoo/http.py serialize_exception). `debug` holds a traceback: it is
 * never looked at. Odoo's own handler answers after the rollback, so whatever names an exception has changed nothing.
 */
import { z } from 'zod';
import type { HttpAnswer, VerdictRule } from '../../src/connector/http/types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

interface Failure {
  /** Class of the exception: "odoo.exceptions.AccessError". */
  readonly name: string;
  readonly message: string;
}

const data = z.looseObject({ name: z.string(), message: z.string() });
const rpcFailure = z.looseObject({
  error: z.looseObject({ code: z.number().optional(), message: z.string().optional(), data: data.optional() }),
});

/** What `load` answers: an outcome, good or bad. */
const loaded = z.looseObject({
  ids: z.union([z.array(z.int()), z.literal(false)]),
  messages: z.array(z.looseObject({ type: z.string(), message: z.string() })),
});

/** PostgreSQL's words and the classes psycopg2 makes of them; since 19 Odoo has names of its own. */
const BUSY = /could not serialize access|deadlock detected|could not obtain lock|lock timeout/i;
const BUSY_NAMES = /SerializationFailure|DeadlockDetected|LockNotAvailable|TransactionRollback|ConcurrencyError|LockError/;
const DATABASE_NAMES = /OperationalError|InterfaceError|PoolError|AdminShutdown/;
/** What is not there is asked for on purpose: an external id before its order, a model before its module, a key that is to go. English as in the source. */
const ABSENT =
  /^External ID not found in the system|^Object \S+ doesn't exist|^the model '\S+' does not exist|^The provided API key is invalid\.?$/;

function failureOf({ json, status }: Answer): Failure | undefined {
  const rpc = rpcFailure.safeParse(json).data?.error;
  if (rpc) return rpc.data ?? { name: '', message: rpc.message ?? '' };
  return status >= 400 ? data.safeParse(json).data : undefined;
}

function complaintsOf({ json, status }: Answer): string[] {
  const held: unknown = typeof json === 'object' && json !== null && 'result' in json ? json.result : json;
  const outcome = status === 200 ? loaded.safeParse(held).data : undefined;
  if (outcome?.ids !== false) return [];
  return outcome.messages.filter(({ type }) => type === 'error').map(({ message }) => message);
}

/** One line: what follows in access errors are names of records and of the user, in server errors whole queries. */
function firstLine(text: string): string {
  return text.trim().split(/\r?\n/)[0]?.slice(0, 300) ?? '';
}

function says(answer: Answer): string | undefined {
  const failure = failureOf(answer);
  if (failure) return firstLine(failure.message) || failure.name;
  const complaints = complaintsOf(answer).map(firstLine);
  return complaints.length > 0 ? [...new Set(complaints)].join('; ') : undefined;
}

function named(names: RegExp, message: RegExp = /(?:)/): (answer: Answer) => boolean {
  return (answer) => {
    const failure = failureOf(answer);
    return failure !== undefined && names.test(failure.name) && message.test(failure.message.trim());
  };
}

const hasFailure = (answer: Answer): boolean => failureOf(answer) !== undefined;

export const verdicts: readonly VerdictRule[] = [
  { matches: named(/(?:)/, ABSENT), verdict: 'empty' },
  { matches: named(BUSY_NAMES), verdict: 'busy', says },
  { matches: named(/(?:)/, BUSY), verdict: 'busy', says },
  { matches: named(/AccessDenied$/), verdict: 'login', says },
  { status: 401, verdict: 'login', says },
  { matches: named(/AccessError$/), verdict: 'denied', says },
  { matches: named(/MissingError$/), verdict: 'missing', says },
  // A wrong name of the database is for people; everything else about the database passes.
  { matches: named(DATABASE_NAMES, /does not exist/), verdict: 'refused', says },
  { matches: named(DATABASE_NAMES), verdict: 'unavailable', says },
  { matches: named(/TooManyRequests$/), verdict: 'limited', says },
  { status: 429, verdict: 'limited', says },
  { matches: hasFailure, verdict: 'refused', says },
  // `load` catches what goes wrong inside it, rolls back, and tells it as messages with status 200.
  { matches: (answer) => complaintsOf(answer).some((message) => BUSY.test(message)), verdict: 'busy', says },
  { matches: (answer) => complaintsOf(answer).length > 0, verdict: 'refused', says },
  // A server before 18 has no /web/version, one after 21 no /jsonrpc: which is there is told by what is not.
  { status: 404, matches: ({ json }) => json === undefined, verdict: 'empty' },
];
