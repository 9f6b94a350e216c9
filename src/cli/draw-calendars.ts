/** Calendars, absences and deputies, for people. */
import type { WorkCalendar } from '../domain/work-calendar/calendar.ts';
import { weekdayOf } from '../domain/work-calendar/definition.ts';
import { sayLocal } from '../domain/work-calendar/wall-clock.ts';
import type { NamedDelegation } from '../store/approvals/delegations.ts';
import type { StoredAbsence } from '../store/work-calendars/absences.ts';
import type { ListedCalendar, StoredCalendar } from '../store/work-calendars/calendars.ts';
import { formatInstant } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

const DAY_MS = 86_400_000;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const right = 'right' as const;

export interface FreeDay {
  readonly date: string;
  readonly weekday: string;
  readonly name: string;
}

/** Holidays of a year, those on days without work included. */
export function freeDaysOf(calendar: WorkCalendar, year: number): FreeDay[] {
  const days: FreeDay[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += DAY_MS) {
    const date = new Date(at).toISOString().slice(0, 10);
    const name = calendar.holidayOn(date);
    if (name !== null) days.push({ date, weekday: String(WEEKDAYS[weekdayOf(date) - 1]), name });
  }
  return days;
}

type ListedWithZone = ListedCalendar & { readonly zone: string };

export function* drawCalendars({ calendars }: { calendars: readonly ListedWithZone[] }, terminal: Terminal): Generator<string> {
  if (calendars.length === 0) {
    yield 'no calendars; everyone is counted Monday to Friday from 9 to 17 where they are. `kontor calendars put FILE` takes one';
    return;
  }
  const columns = [
    { title: 'calendar' },
    { title: 'version', align: right },
    { title: 'zone' },
    { title: 'people', align: right },
    { title: 'units', align: right },
    { title: 'since' },
    { title: 'by' },
  ];
  const rows = calendars.map(({ name, version, zone, people, units, createdAt, createdBy }) => [
    name,
    String(version),
    zone,
    String(people),
    String(units),
    formatInstant(createdAt),
    plain(createdBy),
  ]);
  yield* drawTable(columns, rows, terminal);
}

type ShownCalendar = StoredCalendar & { readonly year: number; readonly freeDays: readonly FreeDay[] };

export function* drawCalendar(
  { name, version, isActive, definition, year, freeDays }: ShownCalendar,
  terminal: Terminal,
): Generator<string> {
  yield* drawFacts(
    [
      ['calendar', name],
      ['version', `${version}${isActive ? '' : ', replaced by a later one'}`],
    ],
    terminal,
  );
  yield '';
  yield JSON.stringify(definition, null, 2);
  yield '';
  if (freeDays.length === 0) yield `no free days in ${year}`;
  else
    yield* drawTable(
      [{ title: `free in ${year}` }, { title: '' }, { title: 'name', least: 12 }],
      freeDays.map((day) => [day.date, day.weekday, plain(day.name)]),
      terminal,
    );
}

export type AbsenceLine = StoredAbsence & { readonly zone: string };

export function* drawAbsences({ absences }: { absences: readonly AbsenceLine[] }, terminal: Terminal): Generator<string> {
  if (absences.length === 0) {
    yield 'nobody is away';
    return;
  }
  const columns = [
    { title: 'number', align: right },
    { title: 'person', least: 10 },
    { title: 'from' },
    { title: 'until' },
    { title: 'zone' },
    { title: 'source', least: 8 },
  ];
  const rows = absences.map(({ id, name, personId, startsAt, endsAt, zone, source }) => [
    id,
    plain(name ?? `id:${personId}`),
    sayLocal(startsAt, zone),
    sayLocal(endsAt, zone),
    zone,
    plain(source),
  ]);
  yield* drawTable(columns, rows, terminal);
}

export function* drawDelegations({ delegations }: { delegations: readonly NamedDelegation[] }, terminal: Terminal): Generator<string> {
  if (delegations.length === 0) {
    yield 'no deputies; `kontor deputies add` names one. Without one the superior stands in for who is away';
    return;
  }
  const columns = [
    { title: 'number', align: right },
    { title: 'for', least: 10 },
    { title: 'decides', least: 10 },
    { title: 'orders' },
    { title: 'from' },
    { title: 'until' },
    { title: 'reason', least: 8 },
  ];
  const rows = delegations.map(({ id, from, to, order, startsAt, endsAt, reason }) => [
    id,
    plain(from),
    plain(to),
    order ?? 'all',
    formatInstant(startsAt),
    formatInstant(endsAt),
    plain(reason),
  ]);
  yield* drawTable(columns, rows, terminal);
}
