/** The algebra of deltas: whatever the stamps, commits and pull times, nothing is missed for ever. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cursor, Watermark } from '../../src/connector/contract.ts';
import { pullByWatermark, type WatermarkPage } from '../../src/connector/watermark.ts';

interface Row {
  id: number;
  /** As the system writes it. */
  stampedAt: number;
  visibleAt: number;
}

const START = Date.parse('2026-03-01T00:00:00Z');
const watermark: Watermark = { field: 'changed', precisionMs: 1_000, stamped: 'transaction-start', commitLagMs: 60_000 };

/** A server that truncates stamps, shows rows when they are committed, and pages by id. */
function serverOf(rows: readonly Row[], pageSize: number, clock: () => number) {
  return async ({ since, next }: { since: Date | null; next: unknown }): Promise<WatermarkPage<Row>> => {
    const at = clock();
    const wanted = rows
      .filter(
        (row) => row.visibleAt <= at && (since === null || row.stampedAt >= since.getTime()) && (next === null || row.id > Number(next)),
      )
      .sort((a, b) => a.id - b.id);
    const records = wanted.slice(0, pageSize);
    const newest = records.length === 0 ? null : new Date(Math.max(...records.map(({ stampedAt }) => Math.floor(stampedAt / 1000) * 1000)));
    return {
      records,
      newest,
      next: wanted.length > pageSize ? (records.at(-1)?.id ?? null) : null,
      serverAt: new Date(Math.floor(at / 1000) * 1000),
    };
  };
}

async function pull(rows: readonly Row[], from: Cursor | null, at: number, pageSize: number, killAfter = Number.POSITIVE_INFINITY) {
  let clock = at;
  let cursor = from;
  const seen: number[] = [];
  let pages = 0;
  const page = serverOf(rows, pageSize, () => (clock += 500));
  for await (const one of pullByWatermark({ cursor, watermark, now: () => new Date(clock), page })) {
    seen.push(...one.records.map(({ id }) => id));
    cursor = one.cursor;
    pages += 1;
    if (pages >= killAfter) return { seen, cursor, whole: false };
  }
  return { seen, cursor, whole: true };
}

it('every committed row is seen, however late it becomes visible within the declared lag', async () => {
  const row = fc.record({
    id: fc.integer({ min: 1, max: 1_000_000 }),
    stampedAfterMs: fc.integer({ min: 0, max: 300_000 }),
    lateMs: fc.integer({ min: 0, max: watermark.commitLagMs }),
  });
  const pulls = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 4, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(row, { selector: ({ id }) => id, minLength: 1, maxLength: 40 }),
      pulls,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 4 }),
      async (given, pauses, pageSize, killAfter) => {
        const rows = given.map(({ id, stampedAfterMs, lateMs }) => ({
          id,
          stampedAt: START + stampedAfterMs,
          visibleAt: START + stampedAfterMs + lateMs,
        }));
        const seen = new Set<number>();
        let at = START;
        let cursor: Cursor | null = null;
        for (const pause of [...pauses, 4_000_000, 1]) {
          at += pause;
          // Every pull is killed once after some page, and goes on from there.
          const first = await pull(rows, cursor, at, pageSize, killAfter);
          const rest = first.whole ? first : await pull(rows, first.cursor, at + 10_000, pageSize);
          for (const id of [...first.seen, ...rest.seen]) seen.add(id);
          cursor = rest.cursor;
        }
        expect([...seen].sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id).sort((a, b) => a - b));
      },
    ),
    { numRuns: 300 },
  );
});

it('a stamp from the future does not carry the bound away', async () => {
  const tomorrow = { id: 1, stampedAt: START + 86_400_000, visibleAt: START };
  const first = await pull([tomorrow], null, START + 1_000, 10);
  const today = { id: 2, stampedAt: START + 5_000, visibleAt: START + 5_000 };
  const second = await pull([tomorrow, today], first.cursor, START + 6_000, 10);
  expect(second.seen).toContain(2);
});

it('a delta reads only what its lag makes it read again', async () => {
  const rows = Array.from({ length: 50 }, (_, n) => ({ id: n, stampedAt: START + n * 60_000, visibleAt: START + n * 60_000 }));
  const first = await pull(rows, null, START + 50 * 60_000, 10);
  const second = await pull(rows, first.cursor, START + 60 * 60_000, 10);
  expect(second.seen).toEqual([48, 49]);
});

it('counts from before the question was asked, however long the answer took: what changed behind the reader meanwhile is read again', async () => {
  const prompt: Watermark = { field: 'changed', precisionMs: 1_000, stamped: 'row', commitLagMs: 0 };
  let clock = START;
  const pages: Array<WatermarkPage<string>> = [
    { records: ['a'], next: 'a', newest: new Date(START - 60_000), serverAt: new Date(START + 30_000) },
    { records: ['b'], next: null, newest: new Date(START + 31_000), serverAt: new Date(START + 31_000) },
  ];
  let since: unknown;
  const page = async () => {
    clock += pages.length === 2 ? 30_000 : 1_000;
    return pages.shift() as WatermarkPage<string>;
  };
  for await (const { cursor } of pullByWatermark({ cursor: null, watermark: prompt, now: () => new Date(clock), page })) {
    since = (cursor as { since: string | null }).since;
  }
  // `a` was looked at when the first question came in, and may have changed ten seconds later.
  expect(since).toBe(new Date(START - 1_000).toISOString());
});
