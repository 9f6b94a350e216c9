/** What changed since: keyset on the id under a frozen lower bound of SystemModstamp, after what was deleted for good. */
import { z } from 'zod';
import type { Cursor, Gone, Page, Watermark } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { readDeleted } from './deleted.ts';
import { describeObject, type ObjectShape } from './objects.ts';
import type { ReadOptions } from './settings.ts';
import { ask, dateTime, instant, type Row, type SalesforceSession, text } from './soql.ts';

/**
 * Whole seconds, moved by users, automation and Salesforce itself. Rows become visible minutes behind stamps that were already seen
 * (github.com/airbytehq/airbyte/issues/27146): a long transaction stamps early and commits late.
 */
export const watermark: Watermark = { field: 'SystemModstamp', precisionMs: 1_000, stamped: 'unknown', commitLagMs: 900_000 };

const ALWAYS = ['Id', 'IsDeleted', 'SystemModstamp'];

export interface ChangesOf {
  readonly object: string;
  /** Asked for if the login sees them. */
  readonly fields: readonly string[];
  readonly options: ReadOptions;
  readonly condition?: string;
  /** Several or none of one row. Pure. */
  flatten(row: Row, shape: ObjectShape): Row[];
  /** External ids that a deleted row had. */
  idsOf(id: string): string[];
  /** Records that a row does not have, or no longer: told either way, for the run knows what was held. */
  lacks?(row: Row, shape: ObjectShape): string[];
  /** Throws when the object cannot be read as it is. */
  admit?(shape: ObjectShape): void;
}

const storedCursor = z.object({
  /** Of pullByWatermark. */
  rows: z.looseObject({ next: z.json().nullable() }).nullable(),
  /** From where on deletions have not been asked for. */
  deletedFrom: z.iso.datetime(),
});

export async function* readChanges(session: SalesforceSession, cursor: Cursor | null, of: ChangesOf): AsyncGenerator<Page<unknown>> {
  const shape = await describeObject(session, of.object);
  of.admit?.(shape);
  const now = shape.serverAt ?? session.now();
  const stored = cursor === null ? null : storedCursor.parse(cursor);
  let rows = (stored?.rows ?? null) as Cursor | null;
  let deletedFrom = stored === null ? now : new Date(stored.deletedFrom);
  const withDeletions = (position: Cursor | null): Cursor => ({ rows: position, deletedFrom: deletedFrom.toISOString() });

  const isBeginOfDelta = stored !== null && stored.rows !== null && stored.rows.next === null;
  if (isBeginOfDelta && shape.tellsDeleted) {
    const deleted = await readDeleted(session, of.object, deletedFrom, now);
    if (deleted === 'expired') {
      const message = unknownDeletions(of.object, deletedFrom);
      [rows, deletedFrom] = [null, now];
      yield { records: [], faults: [{ code: 'SOURCE_UNREADABLE', origin: { at: of.object }, message }], cursor: withDeletions(rows) };
    } else {
      deletedFrom = deleted.until;
      const gone = deleted.gone.flatMap(({ externalId, ...rest }) => of.idsOf(externalId).map((id): Gone => ({ externalId: id, ...rest })));
      if (gone.length > 0) yield { records: [], gone, cursor: withDeletions(rows) };
    }
  }
  for await (const page of readRows(session, rows, of, shape)) yield { ...page, cursor: withDeletions(page.cursor) };
}

function readRows(session: SalesforceSession, cursor: Cursor | null, of: ChangesOf, shape: ObjectShape): AsyncGenerator<Page<unknown>> {
  const { pageSize } = session.config;
  const { where, fields } = of.options;
  const select = [...new Set([...ALWAYS, ...of.fields.filter((field) => shape.has(field)), ...fields])];
  return pullByWatermark<unknown>({
    cursor,
    watermark,
    now: session.now,
    async page({ since, next }) {
      const { rows, nonsense, isWhole, serverAt } = await ask(session, {
        select,
        from: of.object,
        where: [
          of.condition,
          since === null ? undefined : `SystemModstamp >= ${dateTime(since)}`,
          next === null ? undefined : `Id > ${text(String(next))}`,
          where,
        ],
        orderBy: 'Id',
        limit: pageSize,
      });
      return {
        records: [...nonsense, ...rows.flatMap((row) => of.flatten(plain(row), shape))],
        gone: rows.flatMap((row) => of.lacks?.(row, shape) ?? []).map((externalId) => ({ externalId })),
        next: isWhole && rows.length + nonsense.length < pageSize ? null : lastIdOf(rows, of.object),
        newest: newestStamp(rows.map(({ SystemModstamp }) => instant(SystemModstamp)?.getTime())),
        serverAt,
      };
    },
  });
}

function lastIdOf(rows: readonly Row[], object: string): string {
  const id = rows.findLast(({ Id }) => typeof Id === 'string')?.Id;
  if (typeof id === 'string') return id;
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `a page of ${object} that is not the last holds no id; it is asked for again`);
}

/** Every record, and every related one, comes with `attributes`: its type and its address under this version of the API. */
function plain(row: Row): Row {
  const entries = Object.entries(row).filter(([name]) => name !== 'attributes');
  return Object.fromEntries(entries.map(([name, value]) => [name, isJsonObject(value) ? plain(value) : value])) as Row;
}

function unknownDeletions(object: string, from: Date): string {
  return (
    `Salesforce no longer knows which records of ${object} were deleted for good since ${from.toISOString().slice(0, 16)}Z: it keeps that for 15 days ` +
    'at most. All were read anew; those held here that were not among them may be gone there. Pull more often'
  );
}
