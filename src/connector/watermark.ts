/**
 * Pulling what changed since the last time without missing a row.
 *
 * Stamps of changes lie: a row that was stamped before our last look may become visible after it (its transaction was
 * long), stamps are truncated, clocks differ. So every delta reads again from `since`, a bound that stays behind the
 * newest stamp seen, and behind the server's clock when the last pull began, by the system's declared lag:
 *
 *   since' = max(since, min(newest stamp seen, server clock at the begin) - lag)      lag = commit lag + precision + slack
 *
 * Within one pull `since` is frozen and pages go on from a resume token of the author's (best a keyset on the id: equal
 * stamps of more rows than a page holds then do no harm). Rows that change meanwhile are seen by the next delta.
 */
import { z } from 'zod';
import type { Cursor, Gone, Json, Page, Watermark } from './contract.ts';

const storedCursor = z.object({
  /** Lower bound of the next (or, while `next` is set, of the present) delta; ISO instant. */
  since: z.iso.datetime().nullable(),
  /** Of the pull under way. */
  startedAt: z.iso.datetime().nullable(),
  seen: z.iso.datetime().nullable(),
  next: z.json().nullable(),
});
type StoredCursor = z.infer<typeof storedCursor>;

export interface WatermarkPage<Raw> {
  readonly records: readonly Raw[];
  /** How to go on after this page; `null` when it is the last. */
  readonly next: Json | null;
  /** Newest change stamp among the records, if any. */
  readonly newest: Date | null;
  /** The server's clock, if it tells. */
  readonly serverAt?: Date | null;
  readonly gone?: readonly Gone[];
  readonly total?: number;
}

export interface WatermarkPull<Raw> {
  readonly cursor: Cursor | null;
  readonly watermark: Watermark;
  now(): Date;
  /** One page of everything changed at or after `since` (`null`: everything), after the place `next` names (`null`: from the beginning). */
  page(from: { since: Date | null; next: Json | null }): Promise<WatermarkPage<Raw>>;
}

export async function* pullByWatermark<Raw>({ cursor, watermark, now, page }: WatermarkPull<Raw>): AsyncGenerator<Page<Raw>> {
  let stored: StoredCursor = cursor === null ? { since: null, startedAt: null, seen: null, next: null } : storedCursor.parse(cursor);
  const since = stored.since === null ? null : new Date(stored.since);
  let done = 0;
  for (;;) {
    const askedAt = now();
    const { records, next, newest, serverAt, gone, total } = await page({ since, next: stored.next });
    const startedAt = stored.startedAt ?? beginOf(askedAt, serverAt ? { serverAt, now: now() } : undefined).toISOString();
    const seen = later(stored.seen, newest);
    done += records.length;
    stored =
      next === null
        ? { since: nextSince(since, seen, startedAt, watermark), startedAt: null, seen: null, next: null }
        : { since: stored.since, startedAt, seen, next };
    yield {
      records,
      cursor: stored,
      ...(gone && gone.length > 0 ? { gone } : {}),
      ...(total === undefined ? {} : { progress: { done: Math.min(done, total), total } }),
    };
    if (next === null) return;
  }
}

/** Later, or earlier, than JavaScript can say. */
const MOST_MS = 8.64e15;

/** `newest` of a page, from the stamps of its records in milliseconds since 1970. What is no stamp tells nothing. */
export function newestStamp(stamps: Iterable<number | null | undefined>): Date | null {
  let newest = 0;
  for (const ms of stamps) if (ms && ms > newest && ms <= MOST_MS) newest = ms;
  return newest === 0 ? null : new Date(newest);
}

/** The server tells its clock when it answers. What it looked at, it looked at as early as it was asked. */
function beginOf(askedAt: Date, answered: { serverAt: Date; now: Date } | undefined): Date {
  if (!answered) return askedAt;
  const tookMs = Math.max(0, answered.now.getTime() - askedAt.getTime());
  return new Date(answered.serverAt.getTime() - tookMs);
}

/** How far behind the newest stamp the next delta begins, in milliseconds. */
export function lagOf({ commitLagMs, precisionMs, slackMs = 0 }: Watermark): number {
  return commitLagMs + precisionMs + slackMs;
}

function nextSince(since: Date | null, seen: string | null, startedAt: string, watermark: Watermark): string | null {
  if (seen === null) return since?.toISOString() ?? null;
  const certain = Math.min(Date.parse(seen), Date.parse(startedAt)) - lagOf(watermark);
  return new Date(Math.max(since?.getTime() ?? 0, certain)).toISOString();
}

function later(seen: string | null, newest: Date | null): string | null {
  if (newest === null) return seen;
  return seen === null || newest.getTime() > Date.parse(seen) ? newest.toISOString() : seen;
}
