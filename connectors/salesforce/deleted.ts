/**
 * What was deleted for good. The recycle bin is read by `queryAll`; what has left it is told by `getDeleted`, which keeps a log of 15 days at
 * most and purges it before that when it grows. Whoever asks for a span that is no longer whole has missed something.
 */
import { z } from 'zod';
import type { Gone } from '../../src/connector/contract.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { ask, instant, type SalesforceSession, text } from './soql.ts';

const MINUTE_MS = 60_000;
/** A little less than 15 days: clocks differ. */
const LOG_MS = 15 * 86_400_000 - 60 * MINUTE_MS;
/** Ids in one question; its address stays shorter than what is taken. */
const IDS_AT_ONCE = 200;

const answered = z.looseObject({
  deletedRecords: z.array(z.looseObject({ id: z.string(), deletedDate: z.string().optional() })),
  earliestDateAvailable: z.string().nullish(),
  latestDateCovered: z.string().nullish(),
});

export type Deleted =
  /** `until`: from where to ask the next time. */
  | { readonly gone: readonly Gone[]; readonly until: Date }
  /** The log no longer reaches back to `from`. */
  | 'expired';

export async function readDeleted(session: SalesforceSession, object: string, from: Date, now: Date): Promise<Deleted> {
  // Seconds are ignored, and the span must be longer than a minute: what is younger is told the next time.
  const [start, end] = [minute(from), minute(now)];
  if (end.getTime() - start.getTime() <= MINUTE_MS) return { gone: [], until: from };
  if (now.getTime() - start.getTime() > LOG_MS) return 'expired';
  const { json, verdict } = await session.http.send({
    path: `sobjects/${object}/deleted/`,
    query: { start: zoned(start), end: zoned(end) },
  });
  if (verdict === 'empty') return 'expired';
  const { deletedRecords, earliestDateAvailable, latestDateCovered } = shaped(answered, json, `getDeleted of ${object}`);
  const earliest = instant(earliestDateAvailable);
  if (earliest !== null && earliest > start) return 'expired';
  const there = await stillThere(
    session,
    object,
    deletedRecords.map(({ id }) => id),
  );
  const gone = deletedRecords
    .filter(({ id }) => !there.has(id))
    .map(({ id, deletedDate }): Gone => {
      const at = instant(deletedDate);
      return { externalId: id, ...(at === null ? {} : { at: at.toISOString() }) };
    });
  return { gone, until: later(from, instant(latestDateCovered) ?? start) };
}

/** In the recycle bin, or taken out of it again: these are read as records. */
async function stillThere(session: SalesforceSession, object: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    let wanted = ids.slice(start, start + IDS_AT_ONCE);
    for (let isWhole = false; !isWhole && wanted.length > 0; ) {
      const answer = await ask(session, { select: ['Id'], from: object, where: [`Id IN (${wanted.map(text).join(', ')})`] });
      for (const { Id } of answer.rows) there.add(String(Id));
      isWhole = answer.isWhole || answer.rows.length === 0;
      wanted = wanted.filter((id) => !there.has(id));
    }
  }
  return there;
}

function minute(at: Date): Date {
  return new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}

/** With an offset, as their documentation writes it. */
function zoned(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+00:00`;
}
