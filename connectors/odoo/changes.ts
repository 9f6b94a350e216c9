/** What changed since: keyset on the id under a frozen lower bound. */
import { z } from 'zod';
import type { Cursor, Json, Page, Watermark } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { searchRead } from './call.ts';
import { type Fields, withoutFalse } from './fields.ts';
import type { OdooSession } from './server.ts';

/**
 * `write_date` is the begin of the transaction (odoo/sql_db.py, cr.now()), kept in microseconds and answered in whole seconds. The web server kills a
 * call after minutes, jobs in the background may take longer; a quarter of an hour covers both unless somebody raised their limits.
 */
export const watermark: Watermark = { field: 'write_date', precisionMs: 1000, stamped: 'transaction-start', commitLagMs: 900_000 };

export interface ChangesOf {
  readonly model: string;
  readonly domain: readonly Json[];
  /** Fields that are there. */
  readonly fields: Fields;
  /** Records of these rows, several or none of each; `since` is `null` in a full pull. */
  records(rows: readonly { [key: string]: Json }[], since: Date | null): unknown[] | Promise<unknown[]>;
}

const numbered = z.looseObject({ id: z.int() });
const stamped = z.looseObject({ write_date: z.string() });

export async function* readChanges(session: OdooSession, cursor: Cursor | null, of: ChangesOf): AsyncGenerator<Page<unknown>> {
  const { model, fields } = of;
  const { pageSize } = session.config;
  yield* pullByWatermark<unknown>({
    cursor,
    watermark,
    now: session.now,
    async page({ since, next }) {
      const domain: Json[] = [...of.domain, ...changedSince(since), ...(next === null ? [] : [['id', '>', next]])];
      const { rows, serverAt } = await searchRead(session, model, { domain, fields: ['write_date', ...fields.keys()], limit: pageSize });
      const last = rows.flatMap((row) => numbered.safeParse(row).data?.id ?? []).at(-1);
      const isFull = rows.length >= pageSize;
      if (isFull && last === undefined) {
        throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${model}: a full page without a single id; see what stands in between`);
      }
      const good = rows.filter(isJsonObject).map((row) => withoutFalse(row, fields));
      return {
        // What is no row at all is told as unreadable.
        records: [...rows.filter((row) => !isJsonObject(row)), ...(await of.records(good, since))],
        next: isFull && last !== undefined ? last : null,
        newest: newestStamp(rows.map(changedMs)),
        serverAt,
      };
    },
  });
}

/** Compared in microseconds there: `>=` on the whole second before finds all of it, `=` and `>` would not. */
function changedSince(since: Date | null): Json[] {
  return since === null ? [] : [['write_date', '>=', datetime(since)]];
}

/** "2026-03-02 08:00:00", UTC: how Odoo writes instants. */
export function datetime(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

function changedMs(row: unknown): number | undefined {
  const { write_date: stamp } = stamped.safeParse(row).data ?? {};
  return stamp === undefined ? undefined : Date.parse(`${stamp.replace(' ', 'T')}Z`);
}
