/** How far the clock has come. A clock that was put back would date what happens before what has happened (SEMANTICS 2.18). */
import { NeedsOperatorError } from '../errors.ts';
import type { Database } from './database.ts';

/** As far as the clocks of several machines may differ. */
const SLACK_MS = 5 * 60_000;
/** What is written down is this old at most. */
const MARK_EVERY_MS = 10_000;

/** Throws CLOCK_BEHIND where a job has looked more than five minutes later than now. */
export async function requireClock(db: Database, now: Date): Promise<void> {
  const mark = await db('clock_mark').first<{ at: Date } | undefined>('at');
  const ahead = mark ? mark.at.getTime() - now.getTime() : Number.NEGATIVE_INFINITY;
  if (mark && ahead > SLACK_MS) throw behind(mark.at, now);
  if (ahead > -MARK_EVERY_MS) return;
  await db.raw(
    `insert into clock_mark as mine (at) values (:now)
     on conflict (single) do update set at = excluded.at where mine.at < excluded.at`,
    { now },
  );
}

/** For when the later time was the wrong one. */
export async function acceptClock(db: Database, now: Date): Promise<void> {
  await db('clock_mark').insert({ at: now }).onConflict('single').merge();
}

function behind(mark: Date, now: Date): NeedsOperatorError {
  return new NeedsOperatorError(
    'CLOCK_BEHIND',
    `the clock of this machine says ${now.toISOString()}, and jobs have looked at ${mark.toISOString()} already; set the clock, or, if that time was the wrong one, start one worker with --accept-clock`,
    { details: { now: now.toISOString(), seen: mark.toISOString() } },
  );
}
