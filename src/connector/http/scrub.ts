/** What may be shown of an exchange: secrets never, in whatever place a system wants them. */
import type { Exchange } from './border.ts';
import type { WireAnswer, WireRequest } from './transport.ts';

const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|set-cookie|.*(token|api-?key|secret|session|dolapikey).*)$/i;
const SECRET_FIELD = /("[^"]*(?:password|passwd|secret|token|api_?key|assertion|session)[^"]*"\s*:\s*)("(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
const SECRET_FORM = /((?:^|[?&])[^=&]*(?:password|secret|token|assertion|key|code)[^=&]*=)[^&]*/gi;

export function scrubbed(request: WireRequest, answer: WireAnswer, { at, ms }: { at: Date; ms: number }): Exchange {
  const url = new URL(request.url);
  return {
    at: at.toISOString(),
    method: request.method,
    path: scrubText(url.pathname + url.search),
    requestBody: scrubText(request.body ?? ''),
    status: answer.status,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? '***' : value])),
    body: scrubText(answer.text),
    ms,
  };
}

export function scrubText(text: string): string {
  return text.replace(SECRET_FIELD, '$1"***"').replace(SECRET_FORM, '$1***');
}
