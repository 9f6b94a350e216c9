/** When a schedule is due: cron in an IANA zone, correct across daylight saving, and what to do about instants missed. */
import { CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';

export type CatchUp = 'all' | 'latest' | 'none';

export interface Timetable {
  /** Five fields (minute hour day month weekday) or an alias such as @daily. */
  readonly cron: string;
  readonly zone: string;
}

export interface DueSlot {
  readonly dueAt: Date;
  readonly state: 'due' | 'skipped';
  /** Due so long ago that somebody may have missed it. */
  readonly late: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A slot looked at within this time is on time: a tick comes every few seconds, a worker restarts within a minute. */
const PUNCTUAL_MS = MINUTE_MS;

/**
 * The first `limit` due instants in (after, until].
 *
 * A wall time that a spring change skips is due at the same distance after the change (02:30 becomes 03:30); one that an
 * autumn change repeats is due at its first passing. Schedules by the hour or minute go on by elapsed time through both.
 */
export function dueInstants(question: Timetable & { after: Date; until: Date; limit: number }): Date[] {
  const { cron, zone, after, until, limit } = question;
  const found: Date[] = [];
  // Only ever forwards: the parser's `prev` skips the spring instant and repeats the autumn one.
  const schedule = CronExpressionParser.parse(cron, { tz: zone, currentDate: before(after, zone) });
  while (found.length < limit) {
    const dueAt = schedule.next().toDate();
    if (dueAt > until) break;
    if (dueAt > after) found.push(dueAt);
  }
  return found;
}

/** The slots that a schedule owes since `after`, oldest first, by its catch-up policy. At most `limit`; ask again for more. */
export function slotsOwed(question: Timetable & { catchUp: CatchUp; after: Date; now: Date; limit?: number }): DueSlot[] {
  const { catchUp, now, limit = 500 } = question;
  const isLate = (dueAt: Date) => now.getTime() - dueAt.getTime() > PUNCTUAL_MS;
  if (catchUp === 'all') {
    return dueInstants({ ...question, until: now, limit }).map((dueAt) => ({ dueAt, state: 'due', late: isLate(dueAt) }));
  }
  const dueAt = latestInstant({ ...question, until: now });
  if (!dueAt) return [];
  const late = isLate(dueAt);
  return [{ dueAt, state: late && catchUp === 'none' ? 'skipped' : 'due', late }];
}

/** Looks back in growing windows, so that a month missed of a schedule by the minute is not walked minute by minute. */
function latestInstant(question: Timetable & { after: Date; until: Date }): Date | undefined {
  const { after, until } = question;
  for (let windowMs = HOUR_MS; ; windowMs *= 8) {
    const from = new Date(Math.max(after.getTime(), until.getTime() - windowMs));
    const latest = dueInstants({ ...question, after: from, limit: Number.POSITIVE_INFINITY }).at(-1);
    if (latest || from <= after) return latest;
  }
}

/** Started right behind a change of the clock, the parser does not know what it has skipped or repeated: start before it. */
function before(after: Date, zone: string): Date {
  const lead = new Date(after.getTime() - 4 * HOUR_MS);
  return offsetAt(lead, zone) === offsetAt(after, zone) ? after : lead;
}

function offsetAt(instant: Date, zone: string): number {
  return DateTime.fromJSDate(instant, { zone }).offset;
}
