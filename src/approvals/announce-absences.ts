/** Towards the end of the last working day before an absence: what waits, and who could take it (SEMANTICS 3.6). */
import type { Span } from '../domain/work-calendar/span.ts';
import { addWorkTime, workTimeBetween } from '../domain/work-calendar/work-time.ts';
import type { Database } from '../store/database.ts';
import { type NewNotice, queueNotices } from '../store/notifications.ts';
import { type ComingAbsence, comingAbsences } from '../store/work-calendars/handovers.ts';
import { loadWorkTimes, type WorkTimes } from './work-times.ts';

const HOUR_MS = 3_600_000;
/** Work that is left before it begins. */
const BEFORE_MS = 2 * HOUR_MS;
/** A shorter one needs nobody to take over. */
const SHORTEST: Span = { amount: 4, unit: 'business_hours' };
/** Longer than any row of days without work. */
const AHEAD_MS = 14 * 24 * HOUR_MS;

/** Answers how many people are told anew; nobody is told twice of one absence. */
export async function announceAbsences(db: Database, now: Date): Promise<number> {
  const coming = await comingAbsences(db, now, new Date(now.getTime() + AHEAD_MS));
  if (coming.length === 0) return 0;
  const times = await loadWorkTimes(db, [...new Set(coming.map(({ personId }) => personId))], now);
  const notices = coming.filter((absence) => isTime(absence, times, now)).map(noticeOf);
  return notices.length === 0 ? 0 : db.transaction((trx) => queueNotices(trx, notices, now));
}

function isTime({ personId, startsAt, endsAt }: ComingAbsence, { calendarOf, awayOf }: WorkTimes, now: Date): boolean {
  const calendar = calendarOf(personId);
  // Counted until it is long enough, and no further: some have no end.
  return workTimeBetween(calendar, now, startsAt, awayOf(personId)) <= BEFORE_MS && addWorkTime(calendar, startsAt, SHORTEST) <= endsAt;
}

function noticeOf({ personId, startsAt, endsAt, waiting, deputies }: ComingAbsence): NewNotice {
  return {
    event: 'absence.handover',
    dedupeKey: `absence.handover ${personId} ${startsAt.toISOString()}`,
    personId,
    facts: { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), waiting, deputies },
  };
}
