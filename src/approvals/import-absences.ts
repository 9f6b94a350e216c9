/** Absences of a source, all at once: what it names no longer is taken back, and with a single problem nothing is changed. */
import { byLine } from '../domain/orders/problem.ts';
import type { WorkCalendar } from '../domain/work-calendar/calendar.ts';
import { instantOf } from '../domain/work-calendar/wall-clock.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { resolvePeople } from '../store/orders/resolve.ts';
import { countHeld, type NewAbsence, recordAbsences, removeVanished } from '../store/work-calendars/absences.ts';
import { loadCalendarsOf } from '../store/work-calendars/calendars-of.ts';

export interface AbsenceEntry {
  /** External id, `id:17`, or mail address. */
  readonly person: string;
  /** An instant, or a time by the clock of the person's calendar: `2026-12-24T00:00:00`. */
  readonly from: Date | string;
  /** Not part of it. */
  readonly until: Date | string;
  /** The source's own name of it; '' for none. */
  readonly key: string;
  /** Where it stands. */
  readonly place: string;
}

export interface AbsenceProblem {
  readonly place: string;
  readonly reason: string;
  readonly cure: string;
}

export interface AbsenceImport {
  readonly source: string;
  readonly entries: readonly AbsenceEntry[];
  /** Found while reading. */
  readonly problems: readonly AbsenceProblem[];
  /** Whether a source that names none may take all of its back. */
  readonly allowEmpty: boolean;
}

export interface Imported {
  readonly absences: number;
  readonly changed: number;
  readonly removed: number;
}

/** Throws ABSENCES_INVALID with every problem. */
export async function importAbsences(db: Database, { source, entries, problems, allowEmpty }: AbsenceImport, now: Date): Promise<Imported> {
  const read = await resolveEntries(db, entries);
  const wrong = [...problems, ...read.problems].sort((a, b) => byLine(a.place, b.place));
  if (wrong.length > 0) throw new AbsencesInvalid(source, wrong);
  return db.transaction(async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtextextended('absences of ' || :source::text, 0))`, { source });
    const held = await countHeld(trx, source, now);
    if (read.absences.length === 0 && held > 0 && !allowEmpty)
      throw new NeedsOperatorError(
        'ABSENCES_INVALID',
        `${source} names nobody, and ${held} absences came from it before; say --allow-empty if all of them are to be taken back`,
      );
    const changed = await recordAbsences(trx, source, read.absences, now);
    const removed = await removeVanished(trx, { source, keep: read.absences.map(({ externalId }) => externalId) }, now);
    return { absences: read.absences.length, changed, removed };
  });
}

class AbsencesInvalid extends NeedsOperatorError {
  constructor(source: string, problems: readonly AbsenceProblem[]) {
    // An event that repeats is wrong once.
    const told = new Set(problems.map(({ place, reason, cure }) => `${place}: ${reason}; ${cure}`));
    super('ABSENCES_INVALID', `absences of ${source} cannot be taken, and nothing was changed\n${[...told].join('\n')}`, {
      details: { problems: told.size },
    });
    this.name = 'NeedsOperatorError';
  }
}

async function resolveEntries(
  db: Database,
  entries: readonly AbsenceEntry[],
): Promise<{ absences: NewAbsence[]; problems: AbsenceProblem[] }> {
  const people = await resolvePeople(db, [...new Set(entries.map(({ person }) => person))]);
  const calendars = await loadCalendarsOf(db, [...new Set([...people.values()].flat())]);
  const problems: AbsenceProblem[] = [];
  const absences = new Map<string, NewAbsence>();
  for (const entry of entries) {
    const found = resolveEntry(entry, people.get(entry.person) ?? [], calendars);
    if ('reason' in found) problems.push(found);
    else absences.set(found.externalId, found);
  }
  return { absences: [...absences.values()], problems };
}

function resolveEntry(
  { person, from, until, key, place }: AbsenceEntry,
  ids: readonly string[],
  calendars: ReadonlyMap<string, WorkCalendar>,
): NewAbsence | AbsenceProblem {
  const [personId, ...others] = ids;
  if (personId === undefined)
    return { place, reason: `there is no person "${person}"`, cure: 'name them by external id or mail address, or pull the contacts' };
  if (others.length > 0)
    return { place, reason: `"${person}" fits several people`, cure: `name one of ${ids.map((id) => `id:${id}`).join(', ')}` };
  const zone = calendars.get(personId)?.zone ?? 'UTC';
  const [startsAt, endsAt] = [instantOf(from, zone), instantOf(until, zone)];
  if (!startsAt || !endsAt) return { place, reason: 'has a time there is not', cure: 'correct it' };
  if (endsAt <= startsAt) return { place, reason: 'ends before it begins', cure: 'correct one of both; until is the first day back' };
  return {
    personId,
    externalId: [key, personId, startsAt.toISOString(), key === '' ? endsAt.toISOString() : ''].join(' '),
    startsAt,
    endsAt,
  };
}
