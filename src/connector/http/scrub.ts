/** What may be shown of an exchange: secrets never, in whatever place a system wants them. */
import type { Exchange } from './border.ts';
import { messagesOf } from './multipart.ts';
import type { WireAnswer, WireRequest } from './transport.ts';

const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|set-cookie|.*(token|api-?key|secret|session|password|dolapikey).*)$/i;
/** Tokens that name a page are no secrets. */
const WORD = '(?:password|passwd|secret|(?<!(?:skip|page|delta|sync|next|cursor)_?)token|api_?key|assertion|session)';
const SECRET_FIELD = new RegExp(`("[^"]*${WORD}[^"]*"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|\\[[^\\]]*\\])`, 'gi');
const SECRET_FORM = new RegExp(`((?:^|[?&])[^=&\\s"]*${WORD}[^=&\\s"]*=)[^&\\s"'<>\\\\]*`, 'gi');
/** Shorter ones stand in too many other words. */
const SHORTEST_SECRET = 6;

export function scrubbed(request: WireRequest, answer: WireAnswer, { at, ms }: { at: Date; ms: number }): Exchange {
  const url = new URL(request.url);
  return {
    at: at.toISOString(),
    method: request.method,
    path: scrubText(url.pathname + url.search),
    requestBody: scrubBody(request.body ?? ''),
    status: answer.status,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? '***' : value])),
    body: scrubBody(answer.text),
    ms,
  };
}

export function scrubText(text: string): string {
  return text.replace(SECRET_FIELD, '$1"***"').replace(SECRET_FORM, '$1***');
}

/** Of a document with several messages in it, their headers too. */
export function scrubBody(body: string): string {
  const text = scrubText(body);
  if (!text.startsWith('--')) return text;
  return text.replace(/^([!#$%&'*+.^`|~\w-]+)(:[ \t]*)(.+?)(?=\r?$)/gm, (line, name: string, sign: string) =>
    SECRET_HEADER.test(name) ? `${name}${sign}***` : line,
  );
}

/** Values of secret headers and cookies: a session key that was given in one answer is a secret in all others. */
export function knownSecrets(request: WireRequest, answer: WireAnswer): string[] {
  const inside = messagesOf(answer.text).flatMap(({ headers }) => headers);
  const found = [...Object.entries(request.headers), ...Object.entries(answer.headers), ...inside].flatMap(([name, value]) =>
    SECRET_HEADER.test(name) ? secretsOf(name, value) : [],
  );
  const cookies = inside.flatMap(([name, value]) => (/^set-cookie$/i.test(name) ? [value] : []));
  const given = [...answer.setCookies, ...cookies].flatMap((cookie) => secretsOf('cookie', cookie.split(';')[0] ?? ''));
  return [...new Set([...found, ...given])].filter((secret) => secret.length >= SHORTEST_SECRET);
}

function secretsOf(name: string, value: string): string[] {
  if (/^set-cookie$/i.test(name)) return [];
  if (/^cookie$/i.test(name)) return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
  if (!/authorization$/i.test(name)) return [value];
  const [scheme = '', rest = ''] = value.split(/\s+(.*)/s);
  if (/^bearer$/i.test(scheme)) return [rest];
  // user:password, or in other schemes user:number:session key
  const proof = Buffer.from(rest, 'base64').toString('utf8');
  const key = proof.slice((/^basic$/i.test(scheme) ? proof.indexOf(':') : proof.lastIndexOf(':')) + 1);
  return [value, rest, proof, key];
}
