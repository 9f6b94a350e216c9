/**
 * Measures how far behind its stamp a row becomes visible. The same cursor is read again and again; a row that a look did not show, and that
 * is stamped before that look began, was late by the difference at least.
 */
import type { Cursor } from '../connector/contract.ts';
import type { CommitLag } from './certificate.ts';
import { type Reading, readPages } from './read-pages.ts';
import { instantOf } from './stamp.ts';

export interface Watch {
  readonly forMs: number;
  readonly everyMs: number;
  /** Resolves after so long, or throws when the command is interrupted. */
  wait(ms: number): Promise<void>;
  /** How far the system's clock is ahead of ours at least: so no row seems later than it was. */
  readonly skewMs: number;
}

/** Of a watch, records that one look may show: the overlap of a busy system, many times over. */
const MOST_RECORDS = 100_000;

export async function watchLag(reading: Reading, coveredMs: number, start: Cursor, watch: Watch): Promise<CommitLag> {
  const { source, session } = reading;
  const field = source.watermark?.field ?? '';
  const look = async () => {
    const begunAt = session.now().getTime();
    const { pages } = await readPages(reading, start, MOST_RECORDS);
    return { begunAt, records: pages.flatMap((page) => page.records) };
  };
  const known = new Set<string>();
  let measured: number | null = null;
  let rows = 0;
  let before = await look();
  for (const { id, content } of before.records) known.add(`${id} ${content}`);
  const startedAt = before.begunAt;
  while (session.now().getTime() - startedAt < watch.forMs) {
    await watch.wait(watch.everyMs);
    const now = await look();
    for (const { raw, id, content } of now.records) {
      if (known.has(`${id} ${content}`)) continue;
      known.add(`${id} ${content}`);
      rows += 1;
      const stamp = instantOf(source.access(raw).at(field)?.(raw));
      if (stamp === undefined) continue;
      // By our clock; a row stamped after the last look began says nothing.
      const late = before.begunAt - (stamp - watch.skewMs);
      measured = Math.max(measured ?? 0, late);
    }
    before = now;
  }
  return { coveredMs, measuredMs: measured, rows, watchedMs: session.now().getTime() - startedAt };
}
