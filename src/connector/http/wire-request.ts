import { NeedsOperatorError } from '../../errors.ts';
import type { WireRequest } from './transport.ts';
import type { HttpProfile, HttpRequest } from './types.ts';

type Headers = Readonly<Record<string, string>>;

/** A connector's request as it goes over the wire. `proof` and `token` win over what a request says of itself. */
export function wireRequestOf(profile: HttpProfile, request: HttpRequest, proof: Headers, token: Headers): WireRequest {
  const headers = Object.fromEntries(
    [profile.headers ?? {}, request.headers ?? {}, proof, token].flatMap((some) =>
      Object.entries(some).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  );
  let body = request.body;
  if (request.json !== undefined) {
    headers['content-type'] ??= 'application/json';
    body = JSON.stringify(request.json);
  } else if (request.form) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = new URLSearchParams(request.form).toString();
  }
  return {
    method: request.method ?? 'GET',
    url: urlOf(profile.baseUrl, request),
    headers,
    body,
    timeoutMs: request.timeoutMs ?? profile.transport.timeoutMs,
  };
}

/** Only ever at the connection's own origin: its secrets go nowhere else, whatever a server's link says. */
export function urlOf(baseUrl: string, { path, query }: Pick<HttpRequest, 'path' | 'query'>): string {
  const url = /^https?:\/\//i.test(path) ? atOrigin(baseUrl, path) : belowBase(baseUrl, path);
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.append(name, String(value));
  return url.href;
}

/** Servers behind a gateway name themselves as they know themselves; only path and query of such a link count. */
function atOrigin(baseUrl: string, link: string): URL {
  if (!URL.canParse(link)) {
    throw new NeedsOperatorError('ERP_REFUSED', `${new URL(baseUrl).origin} gave a link to go on that is no address; ask its operator`);
  }
  const { pathname, search } = new URL(link);
  const url = new URL(baseUrl);
  url.pathname = pathname;
  url.search = search;
  return url;
}

/** An id with dots or a hash in it must not lead out of where the connector meant to go. */
function belowBase(baseUrl: string, path: string): URL {
  const base = new URL(`${baseUrl.replace(/\/+$/, '')}/`);
  const url = new URL(`${base.href}${path.replace(/^\/+/, '').replaceAll('#', '%23')}`);
  if (url.origin === base.origin && url.pathname.startsWith(base.pathname)) return url;
  // Not a word of the path: it is somebody else's.
  throw new NeedsOperatorError('ERP_REFUSED', `a path leads out of ${base.href}; an id that is made of dots cannot be asked for`);
}
