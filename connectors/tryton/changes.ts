/** What changed since: keyset on the id under a frozen lower bound. */
import { z } from 'zod';
import type { Cursor, Json, Page, Watermark } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { aboutCompany } from './company.ts';
import { fieldNames, present } from './fields.ts';
import { type Row, searchRead, type TrytonSession } from './rpc.ts';
import { datetime } from './typed-json.ts';

/**
 * Rows are stamped with the begin of their transaction (CURRENT_TIMESTAMP), in microseconds, which we cut to milliseconds. A quarter of an
 * hour is longer than any call a web server lets live; imports and wizards that run longer need a full pull.
 */
export const watermark: Watermark = {
  field: 'write_date',
  precisionMs: 1,
  stamped: 'transaction-start',
  commitLagMs: 900_000,
};

export interface ChangesOf {
  readonly model: string;
  /** Asked for where the modules that bring them are installed. */
  readonly fields: readonly string[];
  /** Asked for in any case: the user named them. */
  readonly more: readonly string[];
  readonly domain: readonly Json[];
  /** Their changes change the record, and Tryton does not stamp it then. */
  readonly children?: readonly string[];
  /** Several or none of one row. Pure. */
  flatten(row: Row, context: { currency: string; names: ReadonlySet<string> }): Row[];
}

export async function* readChanges(session: TrytonSession, cursor: Cursor | null, of: ChangesOf): AsyncGenerator<Page<unknown>> {
  const { context, currency } = await aboutCompany(session);
  const names = await fieldNames(session, of.model, context);
  const children = (of.children ?? []).filter((child) => names.has(child));
  const stamps = ['', ...children.map((child) => `${child}.`)].flatMap((prefix) => [`${prefix}create_date`, `${prefix}write_date`]);
  const fields = [...new Set([...stamps, ...present(of.fields, names), ...of.more])];
  const { pageSize } = session.config;
  yield* pullByWatermark<unknown>({
    cursor,
    watermark,
    now: session.now,
    async page({ since, next }) {
      const domain: Json[] = [...of.domain, ...changedSince(since, stamps), ...after(next)];
      const search = { domain, fields, limit: pageSize, order: [['id', 'ASC']] };
      const { rows, all, serverAt } = await searchRead(session, of.model, search, context);
      const last = lastId(rows, all.length === pageSize, of.model);
      return {
        records: all.flatMap((row): unknown[] =>
          isJsonObject(row) ? of.flatten(withoutChildStamps(row, children), { currency, names }) : [row],
        ),
        next: last,
        newest: newestStamp(rows.flatMap((row) => stampsOf(row, children))),
        serverAt,
      };
    },
  });
}

/** Where the next page begins, `null` after the last. Without an id to go on from, the rest would be lost. */
export function lastId(rows: readonly Row[], isFull: boolean, model: string): number | null {
  if (!isFull) return null;
  const ids = rows.flatMap(({ id }) => (typeof id === 'number' ? [id] : []));
  if (ids.length > 0) return Math.max(...ids);
  throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${model}.search_read answered a full page without an id; see what stands in between`);
}

/** write_date is null until the first change, so both stamps are asked; neither is ever before the other's meaning. */
function changedSince(since: Date | null, stamps: readonly string[]): Json[] {
  return since === null ? [] : [['OR', ...stamps.map((stamp) => [stamp, '>=', datetime(since)])]];
}

function after(next: Json | null): Json[] {
  return next === null ? [] : [['id', '>', next]];
}

const stamped = z.looseObject({ create_date: z.string().nullish(), write_date: z.string().nullish() });

/** Of the row and of the children whose changes count as its own: the watermark would stand still otherwise. */
function stampsOf(row: Row, children: readonly string[]): number[] {
  return [row, ...children.flatMap((child) => row[child] ?? [])].map((one) => {
    const { create_date, write_date } = stamped.safeParse(one).data ?? {};
    return Date.parse(write_date ?? create_date ?? '');
  });
}

/** They serve the watermark; in the record they would only make it look changed. */
function withoutChildStamps(row: Row, children: readonly string[]): Row {
  const stripped: Row = { ...row };
  for (const child of children) {
    const held = row[child];
    if (!Array.isArray(held)) continue;
    stripped[child] = held.map((one) => {
      if (!isJsonObject(one)) return one;
      const { create_date: _created, write_date: _written, ...rest } = one;
      return rest;
    });
  }
  return stripped;
}
