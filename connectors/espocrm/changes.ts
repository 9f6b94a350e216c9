/** What changed since: keyset on the id under a frozen lower bound of modifiedAt. */
import type { Cursor, Page, Watermark } from '../../src/connector/contract.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { type EspocrmSession, instant, list, type Row, stampText } from './search.ts';
import type { ReadOptions, WhereItem } from './settings.ts';

/**
 * Whole seconds, set by the application before it saves: what it saves in a transaction (imports, mass updates, hooks) is seen later. Five
 * minutes are longer than PHP is usually let run.
 */
export const watermark: Watermark = { field: 'modifiedAt', precisionMs: 1_000, stamped: 'transaction-start', commitLagMs: 300_000 };

const ALWAYS = ['id', 'modifiedAt'];

export interface ChangesOf {
  readonly entityType: string;
  readonly fields: readonly string[];
  readonly options: ReadOptions;
  readonly where?: readonly WhereItem[];
  /** Several or none of one row. Pure. */
  flatten(row: Row): Row[];
  /** Records that a row does not have, or no longer: told either way, for the run knows what was held. */
  lacks?(row: Row): string[];
}

export function readChanges(session: EspocrmSession, cursor: Cursor | null, of: ChangesOf): AsyncGenerator<Page<unknown>> {
  const { pageSize } = session.config;
  const select = [...new Set([...ALWAYS, ...of.fields, ...of.options.fields])];
  return pullByWatermark<unknown>({
    cursor,
    watermark,
    now: session.now,
    async page({ since, next }) {
      const { rows, nonsense, serverAt } = await list(session, of.entityType, {
        where: [
          ...(since === null ? [] : [{ type: 'greaterThanOrEquals', attribute: 'modifiedAt', value: stampText(since) }]),
          ...(next === null ? [] : [{ type: 'greaterThan', attribute: 'id', value: next }]),
          ...(of.where ?? []),
          ...of.options.where,
        ],
        select,
        maxSize: pageSize,
      });
      return {
        records: [...nonsense, ...rows.flatMap((row) => of.flatten(row))],
        gone: rows.flatMap((row) => of.lacks?.(row) ?? []).map((externalId) => ({ externalId })),
        next: rows.length + nonsense.length < pageSize ? null : lastIdOf(rows, of.entityType),
        newest: newestStamp(rows.map(({ modifiedAt }) => instant(modifiedAt)?.getTime())),
        serverAt,
      };
    },
  });
}

function lastIdOf(rows: readonly Row[], entityType: string): string {
  const id = rows.findLast((row) => typeof row.id === 'string')?.id;
  if (typeof id === 'string') return id;
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `a page of ${entityType} that is not the last holds no id; it is asked for again`);
}
