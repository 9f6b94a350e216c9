import type { AnySource, Cursor, Problem } from '../connector/contract.ts';
import type { BoundMapper } from '../connector/mapping/index.ts';
import type { AnySession } from '../connector/open-session.ts';

export interface SeenRecord {
  readonly raw: unknown;
  /** `undefined`: it has none. */
  readonly id: string | undefined;
  readonly content: string;
}

export interface SeenPage {
  readonly records: readonly SeenRecord[];
  readonly unreadable: readonly Problem[];
  readonly cursor: Cursor;
  readonly ms: number;
}

export interface Reading {
  readonly source: AnySource;
  readonly mapper: BoundMapper<unknown>;
  readonly session: AnySession;
  readonly options: unknown;
}

/** Pages behind `cursor` until there are `limit` records or no more. Times are of a monotonic clock. */
export async function readPages({ source, mapper, session, options }: Reading, cursor: Cursor | null, limit: number) {
  const pages: SeenPage[] = [];
  let count = 0;
  let askedAt = performance.now();
  for await (const page of source.read(session, options, cursor)) {
    pages.push({
      records: page.records.map((raw) => ({ raw, id: mapper.identify(raw), content: source.content(raw) })),
      unreadable: (page.unreadable ?? []).flatMap(({ problems }) => problems.slice(0, 1)),
      cursor: page.cursor,
      ms: performance.now() - askedAt,
    });
    count += page.records.length;
    if (count >= limit) return { pages, isLimited: true };
    askedAt = performance.now();
  }
  return { pages, isLimited: false };
}

/** Where the next delta would begin: the cursor behind the last page. `null` when there was no page. */
export async function endOf({ source, session, options }: Reading, from: Cursor | null): Promise<Cursor | null> {
  let cursor = from;
  for await (const page of source.read(session, options, from)) cursor = page.cursor;
  return cursor;
}
