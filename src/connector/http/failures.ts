/** The one place where failures of HTTP become ours. */
import { type KontorError, NeedsOperatorError, RetryLaterError } from '../../errors.ts';
import { scrubText } from './scrub.ts';
import type { WireAnswer, WireFailure } from './transport.ts';
import type { Effect, HttpRequest } from './types.ts';
import type { Judgement } from './verdicts.ts';

/** What was asked, for messages: never the query or the body, which may hold names and secrets. */
export interface Asked {
  readonly connection: string;
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly effect: Effect;
}

export function askedOf(connection: string, baseUrl: string, request: HttpRequest): Asked {
  const method = request.method ?? 'GET';
  const path = request.path
    .replace(/^https?:\/\/[^/]+/i, '')
    .replace(/[?#].*$/s, '')
    .replaceAll(/[^/]*(?:@|%40)[^/]*/gi, '***');
  return {
    connection,
    origin: new URL(baseUrl).origin,
    method,
    path,
    effect: request.effect ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write'),
  };
}

export function failureOfWire(asked: Asked, { kind, sent, message }: WireFailure): KontorError {
  const where = `${asked.connection}: ${asked.method} ${asked.origin}${asked.path}`;
  if (kind === 'unsendable') return new NeedsOperatorError('CONFIG_INVALID', `${where}: ${message}; correct the secret it is made of`);
  if (asked.effect === 'write' && sent) return unknown(asked, message, {});
  switch (kind) {
    case 'too-large':
      return new NeedsOperatorError('SOURCE_TOO_LARGE', `${where}: ${message}; raise \`maxAnswerMb\` or read smaller pages`);
    case 'certificate':
      return new NeedsOperatorError(
        'ERP_CERTIFICATE_REFUSED',
        `${where}: ${message}; compare \`tls\` and the address with what the server wants`,
      );
    case 'too-late':
      return new RetryLaterError('LEASE_LOST', `${where}: ${message}, and it was not sent; whoever holds the work now goes on from here`);
    case 'stopped':
      return new RetryLaterError('SHUTTING_DOWN', `${where}: ${message}`);
    default:
      return new RetryLaterError('ERP_UNREACHABLE', `${where}: ${message}`);
  }
}

export function failureOfAnswer(asked: Asked, answer: WireAnswer, { verdict, words, retryAfterMs }: Judgement): KontorError {
  const said = words === undefined || words === '' ? '' : `: "${scrubText(words)}"`;
  const where = `${asked.connection}: ${asked.method} ${asked.path} answered ${answer.status}${said}`;
  const details = { status: answer.status };
  const wait = retryAfterMs === undefined ? { details } : { details, retryAfterMs };
  switch (verdict) {
    case 'login':
      return new NeedsOperatorError('ERP_LOGIN_REFUSED', `${where}; check user, password, key or token of the connection`, { details });
    case 'denied':
      return new NeedsOperatorError('ERP_PERMISSION_MISSING', `${where}; grant it to the login of the connection`, { details });
    case 'missing':
      return new NeedsOperatorError('ERP_NOT_FOUND', `${where}; nothing is there under this address`, { details });
    case 'conflict':
      return new RetryLaterError('ERP_CONFLICT', `${where}; the record was changed at the same moment`, wait);
    case 'limited':
      return new RetryLaterError('ERP_RATE_LIMITED', `${where}; it asked for fewer requests`, wait);
    case 'busy':
      return new RetryLaterError('ERP_UNREACHABLE', `${where}; it was busy and did nothing`, wait);
    case 'unavailable':
      if (asked.effect === 'write') return unknown(asked, `it answered ${answer.status}${said}`, wait);
      return new RetryLaterError('ERP_UNREACHABLE', where, wait);
    default:
      return new NeedsOperatorError('ERP_REFUSED', answer.status >= 300 && answer.status < 400 ? redirected(where, answer) : where, {
        details,
      });
  }
}

/** A good status with something else in it than was asked for: a login page, half a document. */
export function unusableAnswer(asked: Asked, answer: WireAnswer): KontorError {
  const type = answer.headers['content-type']?.split(';')[0] ?? 'no type';
  const what = `answered ${answer.status} with ${answer.text.length} characters of ${type} that are not the JSON asked for`;
  if (asked.effect === 'write') return unknown(asked, `it ${what}`, {});
  return new RetryLaterError(
    'ERP_ANSWER_UNUSABLE',
    `${asked.connection}: ${asked.method} ${asked.path} ${what}; see what stands in between`,
  );
}

/** A page of something in between answered in place of the system, or its session ended at once: no right is missing, and nothing was carried out. */
export function withoutToken({ connection, method, path }: Asked, token: object): KontorError {
  const had = Object.keys(token).length === 0 ? 'the answer that should have brought one had none' : 'refuses the one it has just given';
  return new RetryLaterError('ERP_ANSWER_UNUSABLE', `${connection}: ${method} ${path} wants a token, and ${had}; nothing was carried out`);
}

function redirected(where: string, { headers }: WireAnswer): string {
  const to = headers.location?.replace(/[?#].*$/, '') ?? 'nowhere';
  return `${where} and points to ${to}; redirects are not followed, set the address of the connection to where it really is`;
}

function unknown(asked: Asked, why: string, options: object): RetryLaterError {
  return new RetryLaterError(
    'ERP_OUTCOME_UNKNOWN',
    `${asked.connection}: ${asked.method} ${asked.path}: ${why}; whether it was carried out is looked up before anything is sent again`,
    options,
  );
}
