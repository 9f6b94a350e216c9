/** Reading Dolibarr's lists: by a keyset on the row id, until there is nothing more. */
import { z } from 'zod';
import type { Cursor, Json, Page, Session, Watermark } from '../../src/connector/contract.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import type { DolibarrSettings } from './settings.ts';

export type DolibarrSession = Session<DolibarrSettings>;

const HOUR_MS = 3_600_000;

/**
 * `tms` is the database's own stamp: of the statement in MySQL, of the transaction's begin in PostgreSQL. A filter compares it in the zone of the
 * database session, which nobody tells. West of Greenwich its texts are behind ours by twelve hours at most, and an hour more when clocks change.
 */
export const watermark: Watermark = {
  field: 'date_modification',
  precisionMs: 1_000,
  stamped: 'transaction-start',
  commitLagMs: 900_000,
  slackMs: 13 * HOUR_MS,
};

const known = z.looseObject({ id: z.coerce.number().int().positive(), date_modification: z.coerce.number().optional() });

export interface ListQuery {
  /** Path of the API. */
  readonly list: 'thirdparties' | 'contacts' | 'products' | 'orders' | 'warehouses';
  /** Criteria in the filter language, joined by `and`. */
  readonly filters: ReadonlyArray<string | undefined>;
  readonly also?: Readonly<Record<string, string | number>>;
}

export interface ListPage {
  readonly rows: readonly Json[];
  /** Row id of the last; `null` where nothing follows. */
  readonly last: number | null;
  readonly newest: Date | null;
  readonly serverAt: Date | null;
}

/** A row that cannot be loaded is left out there, so a page that is not full is no end: only an empty one is. */
export async function readList(
  { http, config }: DolibarrSession,
  { list, filters, also }: ListQuery,
  after: number | null,
): Promise<ListPage> {
  const criteria = [...filters, after === null ? undefined : `(t.rowid:>:${after})`].filter((one) => one !== undefined && one !== '');
  const { json, verdict, serverAt } = await http.send({
    path: list,
    query: {
      sortfield: 't.rowid',
      sortorder: 'ASC',
      limit: config.pageSize,
      page: 0,
      ...also,
      sqlfilters: criteria.length === 0 ? undefined : criteria.join(' and '),
    },
  });
  if (verdict === 'empty') return { rows: [], last: null, newest: null, serverAt };
  if (!Array.isArray(json))
    throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${list}: the answer is no list; see with \`kontor check\` what stands in between`);
  const some = json.flatMap((row) => known.safeParse(row).data ?? []);
  const last = some.at(-1)?.id ?? null;
  if (json.length > 0 && last === null) throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${list}: a page holds no record with an id`);
  return { rows: json as Json[], last, newest: newestStamp(some.map(({ date_modification: at = 0 }) => at * 1000)), serverAt };
}

/** Everything of a list that is known to be small. */
export async function readWhole(session: DolibarrSession, query: ListQuery): Promise<Json[]> {
  const rows: Json[] = [];
  for (let after: number | null = null; ; ) {
    const page: ListPage = await readList(session, query, after);
    rows.push(...page.rows);
    if (page.last === null) return rows;
    after = page.last;
  }
}

const place = z.object({ list: z.int(), after: z.number().nullable() });

/** What changed in one list after the other. `records` makes records of a page's rows. */
export function pullLists(
  session: DolibarrSession,
  cursor: Cursor | null,
  lists: ReadonlyArray<ListQuery & { records(rows: readonly Json[]): readonly unknown[] | Promise<readonly unknown[]> }>,
): AsyncGenerator<Page<unknown>> {
  return pullByWatermark<unknown>({
    cursor,
    watermark,
    now: session.now,
    async page({ since, next }) {
      const { list: turn, after } = next === null ? { list: 0, after: null } : place.parse(next);
      const query = lists[turn];
      if (!query)
        throw new RetryLaterError('SOURCE_CHANGED', 'the cursor stands in a list that is no longer read; everything is read anew');
      const page = await readList(
        session,
        { ...query, filters: [...query.filters, since === null ? undefined : changedSince(since)] },
        after,
      );
      const following =
        page.last === null ? (turn + 1 < lists.length ? { list: turn + 1, after: null } : null) : { list: turn, after: page.last };
      return { records: await query.records(page.rows), next: following, newest: page.newest, serverAt: page.serverAt };
    },
  });
}

/** "2026-11-21 08:00:00" */
function changedSince(since: Date): string {
  return `(t.tms:>=:'${since.toISOString().slice(0, 19).replace('T', ' ')}')`;
}
