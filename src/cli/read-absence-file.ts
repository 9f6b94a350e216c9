/** Absences in a file: iCalendar, or a table of HR with person, from, and until or to. */
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { AbsenceEntry, AbsenceProblem } from '../approvals/import-absences.ts';
import { displayPath } from '../config/problems.ts';
import type { EventKind } from '../connector/ical/read-events.ts';
import { Refused } from '../connector/mapping/cell.ts';
import type { dateReader } from '../connector/mapping/civil-date.ts';
import type { Row } from '../connector/tabular/row.ts';
import { NeedsOperatorError } from '../errors.ts';
import { openTable, splitReason, unreadable } from './open-table.ts';
import { columnFinder, dayReader, placeOf, problemsOf } from './table-rows.ts';

export interface AbsenceFormats {
  /** How texts hold dates, in luxon tokens. */
  readonly date: string;
  readonly sheet?: string | undefined;
  /** Whose calendar it is; else whoever comes to the event. */
  readonly person?: string | undefined;
  /** Meetings and what is shown as free, too. */
  readonly allEvents: boolean;
  /** Repetitions are spelled out between these. */
  readonly from: Date;
  readonly until: Date;
}

export interface AbsenceFile {
  /** Name of the file without its folder. */
  readonly name: string;
  readonly entries: readonly AbsenceEntry[];
  readonly problems: readonly AbsenceProblem[];
  /** Events that are no absences. */
  readonly leftOut: number;
}

/** Throws USAGE if there is no such file, SOURCE_LAYOUT for a table without the columns. */
export async function readAbsenceFile(file: string, cwd: string, formats: AbsenceFormats, signal: AbortSignal): Promise<AbsenceFile> {
  const path = resolve(cwd, file);
  const shown = displayPath(path, cwd);
  const read =
    extname(path).toLowerCase() === '.ics' ? await readCalendar(path, shown, formats) : await readSheet(path, shown, formats, signal);
  return { name: basename(path), ...read };
}

type Read = Omit<AbsenceFile, 'name'>;

async function readCalendar(path: string, name: string, { person, allEvents, from, until }: AbsenceFormats): Promise<Read> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw unreadable(name, cause);
  });
  // Only who reads calendars waits for the library.
  const { readEvents, whyNoCalendar } = await import('../connector/ical/read-events.ts');
  const wrong = whyNoCalendar(text);
  if (wrong === 'other') throw new NeedsOperatorError('SOURCE_LAYOUT', `${name} is no iCalendar file; it must begin with BEGIN:VCALENDAR`);
  if (wrong === 'cut')
    throw new NeedsOperatorError('SOURCE_LAYOUT', `${name} ends before END:VCALENDAR, so that events may be missing; export it again`);
  const found = readEvents(text, from, until);
  const isMeant = (event: EventKind) => !event.isCancelled && (allEvents || isAbsence(event));
  const meant = found.events.filter(isMeant);
  const problems = found.problems
    .filter(isMeant)
    .map(({ place, reason, cure }): AbsenceProblem => ({ place: `${name}, ${place}`, reason, cure }));
  const entries = meant.flatMap((event): AbsenceEntry[] => {
    const place = `${name}, event ${event.uid || '(without UID)'}`;
    const people = person === undefined ? event.people : [person];
    if (people.length === 0)
      problems.push({ place, reason: 'does not say who is away', cure: 'name the person with --person, or invite them to the event' });
    return people.map((one) => ({ person: one, from: event.start, until: event.end, key: event.uid, place }));
  });
  return { entries, problems, leftOut: found.events.length - meant.length };
}

/** Days off are whole days or marked as out of office; a birthday is a whole day shown as free. */
function isAbsence({ isAllDay, isFree, isOutOfOffice }: EventKind): boolean {
  return isOutOfOffice || (isAllDay && !isFree);
}

const FIELDS = ['person', 'from', 'until', 'to', 'id'] as const;
type Field = (typeof FIELDS)[number];

async function readSheet(path: string, name: string, formats: AbsenceFormats, signal: AbortSignal): Promise<Read> {
  const entries: AbsenceEntry[] = [];
  const problems: AbsenceProblem[] = [];
  const readDate = dayReader(formats.date);
  for await (const batch of openTable({ path, name, sheet: formats.sheet, allowEmpty: true }, signal)) {
    problems.push(...problemsOf(batch).map(({ path: place, ...problem }) => ({ place, ...problem })));
    for (const row of batch.rows) {
      const read = readRow(row, readDate);
      if ('reason' in read) problems.push(read);
      else entries.push(read);
    }
  }
  return { entries, problems, leftOut: 0 };
}

function readRow(row: Row, readDate: ReturnType<typeof dateReader>): AbsenceEntry | AbsenceProblem {
  const { places } = columnsOf(row);
  const place = placeOf(row);
  const cell = (field: Field) => (row.cells[places.get(field) ?? -1] ?? '').trim();
  const person = cell('person');
  if (person === '') return { place, reason: 'the row names no person', cure: 'fill the column person' };
  const from = readMoment(cell('from'), readDate);
  const end: Field = cell('until') === '' && places.has('to') ? 'to' : 'until';
  const until = readMoment(cell('until') || nextDay(cell('to'), readDate), readDate);
  for (const [field, moment] of [
    ['from', from],
    [end, until],
  ] as const)
    if (moment instanceof Refused) return { place: `${place}, column "${field}"`, ...splitReason(moment.reason) };
  if (from instanceof Refused || until instanceof Refused) return { place, reason: 'cannot be read', cure: 'correct it' };
  return { person, from, until, key: cell('id'), place };
}

const columnsOf = columnFinder(
  FIELDS,
  (has) => [
    ...(['person', 'from'] as const).filter((field) => !has(field)),
    ...(has('until') || has('to') ? [] : ['until (first day back) or to (last day away)']),
  ],
  'Name the columns as docs/calendars.md does',
);

const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$/;

/** A day, or an ISO time: with a zone an instant, without one by the clock of the person. */
function readMoment(text: string, readDate: ReturnType<typeof dateReader>): Date | string | Refused {
  if (text === '') return new Refused('is empty; fill it with a day');
  if (INSTANT.test(text)) {
    const iso = text.replace(' ', 'T');
    return /(Z|[+-]\d\d:\d\d)$/.test(iso) ? new Date(iso) : iso;
  }
  const day = readDate(text);
  return day instanceof Refused ? day : `${day}T00:00:00`;
}

/** The last day away ends where the next one begins. */
function nextDay(text: string, readDate: ReturnType<typeof dateReader>): string {
  const day = text === '' ? text : readDate(text);
  if (day instanceof Refused || day === '') return text;
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
