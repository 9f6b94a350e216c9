/** Working calendars by version. A change makes a new version; what an older one said stays readable, for clocks were counted with it. */
import { openCalendar, type WorkCalendar } from '../../domain/work-calendar/calendar.ts';
import { type CalendarDefinition, calendarDefinitionSchema } from '../../domain/work-calendar/definition.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database, Transaction } from '../database.ts';

export interface StoredCalendar {
  readonly name: string;
  readonly version: number;
  /** As it was put. */
  readonly definition: unknown;
  readonly isActive: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface ListedCalendar extends StoredCalendar {
  /** People and units it is assigned to by name. */
  readonly people: number;
  readonly units: number;
}

const COLUMNS = `c.name, c.version, c.definition, c.is_active as "isActive", c.created_by as "createdBy", c.created_at as "createdAt"`;

/** Answers the version that holds from now on; the same one as before if nothing changed. */
export async function putCalendar(
  trx: Transaction,
  { name, definition, by }: { name: string; definition: unknown; by: string },
  now: Date,
): Promise<{ version: number; isNew: boolean }> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('work calendar ' || :name::text, 0))`, { name });
  const json = JSON.stringify(definition);
  const { rows: same } = await trx.raw<{ rows: Array<{ version: number }> }>(
    'select version from work_calendars where name = :name and is_active and definition = :json::jsonb',
    { name, json },
  );
  if (same[0]) return { version: same[0].version, isNew: false };
  await trx.raw('update work_calendars set is_active = false where name = :name and is_active', { name });
  const { rows } = await trx.raw<{ rows: Array<{ version: number }> }>(
    `insert into work_calendars (name, version, definition, created_by, created_at)
     select :name::text, coalesce(max(version), 0) + 1, :json::jsonb, :by::text, :now::timestamptz from work_calendars where name = :name
     returning version`,
    { name, json, by, now },
  );
  return { version: Number(rows[0]?.version), isNew: true };
}

export async function listCalendars(db: Database | Transaction): Promise<ListedCalendar[]> {
  const { rows } = await db.raw<{ rows: ListedCalendar[] }>(
    `select ${COLUMNS}, count(a.owner_id) filter (where a.owner_kind = 'person')::int as people,
       count(a.owner_id) filter (where a.owner_kind = 'unit')::int as units
     from work_calendars c left join calendar_assignments a on a.calendar = c.name where c.is_active group by c.name, c.version order by c.name`,
  );
  return rows;
}

/** The active version, or the one asked for. Throws NOT_FOUND. */
export async function showCalendar(db: Database | Transaction, name: string, version?: number): Promise<StoredCalendar> {
  const { rows } = await db.raw<{ rows: StoredCalendar[] }>(
    `select ${COLUMNS} from work_calendars c where c.name = :name and (c.version = :version::int or (:version::int is null and c.is_active))`,
    { name, version: version ?? null },
  );
  if (rows[0]) return rows[0];
  const which = version === undefined ? '' : ` version ${version} of`;
  throw new NeedsOperatorError('NOT_FOUND', `there is no${which} calendar "${name}"; \`kontor calendars list\` shows those there are`);
}

/** By name; those that are active. Throws CALENDAR_INVALID for one this version of Kontor cannot read. */
export async function openCalendars(db: Database | Transaction, names: readonly string[]): Promise<Map<string, WorkCalendar>> {
  if (names.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: StoredCalendar[] }>(
    `select ${COLUMNS} from work_calendars c where c.name = any(:names::text[]) and c.is_active`,
    { names: [...names] },
  );
  const opened = rows.map(async (row) => [row.name, await openCalendar(row.name, row.version, readDefinition(row))] as const);
  return new Map(await Promise.all(opened));
}

export function readDefinition({ name, version, definition }: Pick<StoredCalendar, 'name' | 'version' | 'definition'>): CalendarDefinition {
  const parsed = calendarDefinitionSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  const message = `version ${version} of calendar ${name} cannot be used: ${parsed.error.issues[0]?.message}; put a corrected version`;
  throw new NeedsOperatorError('CALENDAR_INVALID', message, { cause: parsed.error });
}

export interface CalendarOwner {
  readonly kind: 'person' | 'unit';
  readonly id: string;
}

/** `null` takes the assignment away. The calendar must exist. */
export async function assignCalendar(
  trx: Transaction,
  { kind, id }: CalendarOwner,
  { calendar, by }: { calendar: string | null; by: string },
  now: Date,
): Promise<void> {
  if (calendar === null) {
    await trx.raw('delete from calendar_assignments where owner_kind = :kind and owner_id = :id', { kind, id });
    return;
  }
  await showCalendar(trx, calendar);
  await trx.raw(
    `insert into calendar_assignments (owner_kind, owner_id, calendar, assigned_by, assigned_at)
     values (:kind, :id, :calendar, :by, :now)
     on conflict on constraint calendar_assignments_pkey do update set calendar = excluded.calendar, assigned_by = excluded.assigned_by,
       assigned_at = excluded.assigned_at`,
    { kind, id, calendar, by, now },
  );
}
