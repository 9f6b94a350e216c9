/** Reading lists: what changed since a stamp, page by page along the server's own links. */
import { z } from 'zod';
import type { Cursor, Page, Watermark } from '../../src/connector/contract.ts';
import {
  anyOf,
  compare,
  literal,
  msOf,
  nextOf,
  type ODataQuery,
  type ODataRow,
  odataPath,
  readAll,
  readPage,
} from '../../src/connector/odata/index.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { type BusinessCentralSession, companyPath } from './company.ts';
import { bulkHeaders } from './http.ts';

/**
 * SystemModifiedAt, in UTC. The server stamps a row when it writes it, others see it when its transaction ends: a call may take ten minutes,
 * the read-only replica comes some way behind. The database rounds to 3⅓ milliseconds.
 */
export const watermark: Watermark = { field: 'lastModifiedDateTime', precisionMs: 10, stamped: 'unknown', commitLagMs: 900_000 };

export interface ListRead {
  readonly set: string;
  readonly query: ODataQuery;
  records(rows: readonly ODataRow[], company: string): readonly unknown[] | Promise<readonly unknown[]>;
  /** Newest change among them; by lastModifiedDateTime if absent. */
  newest?(rows: readonly ODataRow[], serverAt: Date): Date | null;
}

const nextLink = z.string().nullable();

/** `read` says how a list is read from `since` on, `null` for all of it. The links hold the key of the last row, so rows that come or go meanwhile shift nothing. */
export function pullList(
  session: BusinessCentralSession,
  cursor: Cursor | null,
  read: (since: Date | null) => ListRead,
): AsyncGenerator<Page<unknown>> {
  let company: string | undefined;
  return pullByWatermark<unknown>({
    cursor,
    watermark,
    now: session.now,
    async page({ since, next }) {
      const { set, query, records, newest = newestOf } = read(since);
      company ??= await companyPath(session);
      const path = nextLink.parse(next) ?? odataPath(4, `${company}/${set}`, query);
      const page = await readPage(session.http, path, bulkHeaders(session.config));
      return {
        records: [...(await records(page.rows, company)), ...page.strange],
        next: nextOf(path, page.next),
        newest: newest(page.rows, page.serverAt ?? session.now()),
        serverAt: page.serverAt,
      };
    },
  });
}

export function changedSince(since: Date | null): string | undefined {
  return since === null ? undefined : compare(watermark.field, 'ge', literal(4, 'instant', since.toISOString()));
}

function newestOf(rows: readonly ODataRow[]): Date | null {
  return newestStamp(rows.map((row) => msOf(row[watermark.field])));
}

/** Values in one filter: the address of a request must stay short. */
const AT_ONCE = 40;

/** Rows of a set in which `by` has one of these values. Business Central takes `or` between conditions on one property only. */
export async function lookUp(
  { config, http }: BusinessCentralSession,
  path: string,
  { by, type, values, expand }: { by: string; type: 'guid' | 'string'; values: Iterable<string>; expand?: readonly string[] },
): Promise<ODataRow[]> {
  const wanted = [...new Set(values)];
  const rows: ODataRow[] = [];
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const filter = anyOf(...wanted.slice(start, start + AT_ONCE).map((value) => compare(by, 'eq', literal(4, type, value))));
    rows.push(...(await readAll(http, odataPath(4, path, { filter, expand }), bulkHeaders(config))));
  }
  return rows;
}
