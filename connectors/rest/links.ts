/** Addresses of next pages, in bodies and in the header Link. */
import type { HttpRequest } from '../../src/connector/http/types.ts';
import { unusable } from './answer.ts';

/** The target of rel="next" (RFC 8288), or `undefined`. */
export function linkIn(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    const rel = /(?:^|;)\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return target;
  }
  return undefined;
}

/** As a whole address, whatever form it was told in. `Http` keeps to the connection's own host. */
export function nextLink(path: string, baseUrl: string, asked: HttpRequest, told: unknown): string | null {
  if (told === null || told === undefined || told === '' || told === false) return null;
  if (typeof told !== 'string') throw unusable(path, 'holds something else than an address of the next page');
  const here = addressOf(baseUrl, asked);
  if (!URL.canParse(told, here)) throw unusable(path, 'holds an address of the next page that is none');
  const link = new URL(told, here).href;
  if (link === here) throw unusable(path, 'names itself as the next page');
  return link;
}

function addressOf(baseUrl: string, { path, query = {} }: HttpRequest): string {
  const url = /^https?:/i.test(path) ? new URL(path) : new URL(`${baseUrl}/${path.replace(/^\/+/, '')}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
  return url.href;
}
