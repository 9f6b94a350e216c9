/**
 * From page to page. Links, tokens and ids say themselves where to go on. Positions and numbers do not: when a record goes, those behind it
 * move forward, over the edge of a page that was read already. So what lies before the edge is read once more, after what lies behind it;
 * it must begin with a record that was read before, else one goes back further. Records read twice do no harm.
 */
import { z } from 'zod';
import type { HttpRequest } from '../../src/connector/http/types.ts';
import { pathReader } from '../../src/connector/mapping/paths.ts';
import { type RestPage, unusable } from './answer.ts';
import { linkIn, nextLink } from './links.ts';
import type { ReadOptions } from './read-options.ts';
import type { RestSettings } from './settings.ts';

/** Ids of the last two pages before the edge, oldest first; it is recognized by them. */
const known = z.array(z.array(z.string()));

export const place = z.union([
  z.object({ link: z.string(), always: z.array(z.string()).default([]) }),
  z.object({ token: z.string() }),
  z.object({ behind: z.string() }),
  z.object({ offset: z.number(), known, same: z.number() }),
  /** `again`: that page before it is read once more. `newest`: ids of the page itself, `null` when it was empty and so the end. */
  z.object({ page: z.number(), known, same: z.number(), again: z.number().nullable(), newest: z.array(z.string()).nullable() }),
]);
export type Place = z.infer<typeof place>;
type OffsetPlace = Extract<Place, { offset: number }>;
type PagePlace = Extract<Place, { page: number }>;

/** Equal pages in a row after which a parameter is taken to move nothing. */
const MOST_SAME = 3;

type Query = Record<string, string>;

export function requestFor(
  { path, paging }: ReadOptions,
  { pageSize, query: always }: RestSettings,
  fixed: Query,
  from: Place | null,
): HttpRequest {
  if (from && 'link' in from) return { path: from.link, query: Object.fromEntries(from.always.map((name) => [name, always[name]])) };
  const query: Query = { ...fixed };
  if ('size' in paging && paging.size !== undefined) query[paging.size] = String(pageSize);
  if (paging.by === 'cursor' && from && 'token' in from) query[paging.param] = from.token;
  if (paging.by === 'keyset' && from && 'behind' in from) query[paging.param] = from.behind;
  if (paging.by === 'offset') query[paging.param] = String(paging.first + askedOffset(from));
  if (paging.by === 'page') query[paging.param] = String(paging.first + askedPage(from));
  return { path, query };
}

/** `null` after the last page. */
export function nextPlace(
  options: ReadOptions,
  config: RestSettings,
  page: RestPage,
  from: Place | null,
  asked: HttpRequest,
): Place | null {
  const { paging } = options;
  switch (paging.by) {
    case 'none':
      return null;
    case 'link':
    case 'link-header': {
      const told = paging.by === 'link' ? pathReader(paging.at)(page.answer.json) : linkIn(page.answer.headers.link);
      const next = nextLink(options.path, config, asked, told);
      return next && { link: next.link, always: [...next.always] };
    }
    case 'cursor':
      return nextToken(options.path, paging, page, from);
    case 'keyset':
      return nextId(options.path, paging.param, page, from);
    case 'offset':
      return nextOffset(options.path, paging.param, page, offsetPlace(from));
    default:
      return nextNumber(options.path, paging.param, page, pagePlace(from));
  }
}

function nextToken(
  path: string,
  { at, more, param }: { at: string; more?: string | undefined; param: string },
  page: RestPage,
  from: Place | null,
): Place | null {
  const token = pathReader(at)(page.answer.json);
  if (more !== undefined && pathReader(more)(page.answer.json) === false) return null;
  if (token === null || token === undefined || token === '' || token === false) return null;
  if (typeof token !== 'string' && typeof token !== 'number') throw unusable(path, `holds something else than a token at "${at}"`);
  if (from && 'token' in from && from.token === String(token)) throw moves(path, param);
  return { token: String(token) };
}

/** The end is a page without records: a shorter one may be the system's own limit. */
function nextId(path: string, param: string, { list, ids }: RestPage, from: Place | null): Place | null {
  if (list.length === 0) return null;
  const last = ids.findLast((id) => id !== undefined);
  if (last === undefined) throw unusable(path, 'holds a page whose records have no id; correct `id`');
  if (from && 'behind' in from && from.behind === last) throw moves(path, param);
  return { behind: last };
}

const offsetPlace = (from: Place | null): OffsetPlace => (from && 'offset' in from ? from : { offset: 0, known: [], same: 0 });
const pagePlace = (from: Place | null): PagePlace =>
  from && 'page' in from ? from : { page: 0, known: [], same: 0, again: null, newest: [] };

/** One record before the edge is asked for with those behind it. */
const askedOffset = (from: Place | null): number => Math.max(0, offsetPlace(from).offset - 1);

function nextOffset(path: string, param: string, { list, ids }: RestPage, from: OffsetPlace): Place | null {
  const asked = askedOffset(from);
  if (asked > 0 && !beginsKnown(ids, from.known)) {
    // Nothing at all lies here any more, or what does is not what did.
    const back = Math.max(1, ...from.known.map((some) => some.length));
    return { ...from, offset: Math.max(0, from.offset - back) };
  }
  if (list.length <= from.offset - asked) return null;
  const same = sameAs(path, param, ids, from);
  return { offset: asked + list.length, known: [...from.known.slice(-1), textsOf(ids)], same };
}

const askedPage = (from: Place | null): number => {
  const { page, again } = pagePlace(from);
  return again ?? page;
};

/** Asked for only to recognize the edge, and given before. */
export function isRepeated(from: Place | null, id: string | undefined, at: number): boolean {
  if (id === undefined || from === null) return false;
  if ('offset' in from) return at === 0 && from.known.some((page) => page.includes(id));
  return 'page' in from && from.again !== null && from.known.some((page) => page.includes(id));
}

/** Forward to a page, then back over the one before it (and further, until the edge is found), then forward again. */
function nextNumber(path: string, param: string, { list, ids }: RestPage, from: PagePlace): Place | null {
  if (from.again === null) {
    const newest = textsOf(ids);
    if (from.page > 0)
      return { ...from, again: from.page - 1, newest: list.length === 0 ? null : newest, same: sameAs(path, param, ids, from) };
    return list.length === 0 ? null : { ...from, page: 1, known: [newest] };
  }
  if (from.again > 0 && !beginsKnown(ids, from.known)) return { ...from, again: from.again - 1 };
  if (from.newest === null) return null;
  return { ...from, page: from.page + 1, again: null, known: [...from.known.slice(-1), from.newest] };
}

/** Of records without an id nothing can be said. */
function beginsKnown(ids: RestPage['ids'], some: OffsetPlace['known']): boolean {
  if (ids.length === 0) return false;
  const first = ids[0];
  return first === undefined || some.some((page) => page.includes(first));
}

function sameAs(path: string, param: string, ids: RestPage['ids'], { known: some, same }: OffsetPlace | PagePlace): number {
  const isSame = ids.length > 0 && JSON.stringify(textsOf(ids)) === JSON.stringify(some.at(-1) ?? []);
  if (isSame && same + 1 >= MOST_SAME) throw moves(path, param);
  return isSame ? same + 1 : 0;
}

function textsOf(ids: RestPage['ids']): string[] {
  return ids.filter((id) => id !== undefined);
}

function moves(path: string, param: string): Error {
  return unusable(path, `is the same however often \`${param}\` is moved on; correct \`paging\``);
}
