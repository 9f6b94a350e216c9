/** What people's time is counted with: their calendars, and when they are away. */

import type { WorkCalendar } from '../domain/work-calendar/calendar.ts';
import type { Away } from '../domain/work-calendar/work-time.ts';
import type { Database, Transaction } from '../store/database.ts';
import { listAbsences } from '../store/work-calendars/absences.ts';
import { defaultCalendar, loadCalendarsOf } from '../store/work-calendars/calendars-of.ts';

export interface WorkTimes {
  calendarOf(personId: string): WorkCalendar;
  awayOf(personId: string): readonly Away[];
}

/** In a few statements, however many people. Absences that ended before `from` are left out; all of them if absent. */
export async function loadWorkTimes(db: Database | Transaction, personIds: readonly string[], from = new Date(0)): Promise<WorkTimes> {
  const calendars = await loadCalendarsOf(db, personIds);
  const away = new Map<string, Away[]>();
  for (const { personId, startsAt, endsAt } of await listAbsences(db, { personIds, from })) {
    const known = away.get(personId);
    if (known) known.push({ from: startsAt, until: endsAt });
    else away.set(personId, [{ from: startsAt, until: endsAt }]);
  }
  const plain = await defaultCalendar(null, null);
  return { calendarOf: (id) => calendars.get(id) ?? plain, awayOf: (id) => away.get(id) ?? [] };
}
