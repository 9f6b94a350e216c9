/** Addresses of next pages, in bodies and in the header Link. */
import type { HttpRequest } from '../../src/connector/http/types.ts';
import { unusable } from './answer.ts';
import type { RestSettings } from './settings.ts';

/** The target of rel="next" (RFC 8288), or `undefined`. */
export function linkIn(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    const rel = /(?:^|;)\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return target;
  }
  return undefined;
}

export interface NextLink {
  readonly link: string;
  /** Names of parameters of the settings that it was told with. */
  readonly always: readonly string[];
}

/**
 * As a whole address, whatever form it was told in, without the parameters that the settings send with every request: a key may be among
 * them, and links are kept in cursors. `Http` keeps to the connection's own host.
 */
export function nextLink(
  path: string,
  { url, query }: Pick<RestSettings, 'url' | 'query'>,
  asked: HttpRequest,
  told: unknown,
): NextLink | null {
  if (told === null || told === undefined || told === '' || told === false) return null;
  if (typeof told !== 'string') throw unusable(path, 'holds something else than an address of the next page');
  const here = addressOf(url, asked);
  if (!URL.canParse(told, here)) throw unusable(path, 'holds an address of the next page that is none');
  const [link, self] = [new URL(told, here), new URL(here)];
  const always = Object.keys(query).filter((name) => link.searchParams.has(name));
  // What is not there is not deleted either: it would write the others anew.
  for (const name of always) for (const one of [link, self]) one.searchParams.delete(name);
  if (link.href === self.href) throw unusable(path, 'names itself as the next page');
  return { link: link.href, always };
}

function addressOf(baseUrl: string, { path, query = {} }: HttpRequest): string {
  const url = /^https?:/i.test(path) ? new URL(path) : new URL(`${baseUrl}/${path.replace(/^\/+/, '')}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
  return url.href;
}
