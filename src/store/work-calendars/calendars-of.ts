/** In whose working time a person is counted: the own calendar, else that of the nearest unit upwards, else a plain week where they are. */
import { isZone } from '../../connector/mapping/formats.ts';
import { openCalendar, type WorkCalendar } from '../../domain/work-calendar/calendar.ts';
import { calendarDefinitionSchema } from '../../domain/work-calendar/definition.ts';
import { findState, whyNoHolidays } from '../../domain/work-calendar/public-holidays.ts';
import type { Database, Transaction } from '../database.ts';
import { openCalendars } from './calendars.ts';

interface CalendarFacts {
  readonly personId: string;
  /** `null`: nobody has assigned one. */
  readonly calendar: string | null;
  readonly zone: string | null;
  /** Of the company's address. */
  readonly country: string | null;
  /** State or province there, as the address of the nearest unit names it. */
  readonly region: string | null;
}

/** Far deeper than any company. */
const DEEPEST = 32;
/** Of the addresses of one account. */
const MAIN_FIRST = "(d.role = 'bill_to') desc, coalesce(d.is_default, false) desc, d.id";
const USUAL_HOURS = { 'mon-fri': '09:00-17:00' };

/** Of every person asked for, also of those nobody knows. Two statements, however many they are. */
export async function loadCalendarsOf(db: Database | Transaction, personIds: readonly string[]): Promise<Map<string, WorkCalendar>> {
  const facts = await loadFacts(db, personIds);
  const assigned = await openCalendars(db, [...new Set(facts.flatMap(({ calendar }) => calendar ?? []))]);
  const calendars = new Map<string, WorkCalendar>();
  for (const { personId, calendar, zone, country, region } of facts) {
    const own = calendar === null ? undefined : assigned.get(calendar);
    calendars.set(personId, own ?? (await defaultCalendar(zone, country, region)));
  }
  return calendars;
}

/** By zone, country and region: few, the same for ever, and slow to make. */
const usual = new Map<string, Promise<WorkCalendar>>();

/** Monday to Friday from 9 to 17, with the holidays of the state where it is known, else of the whole country. */
export function defaultCalendar(zone: string | null, country: string | null, region: string | null = null): Promise<WorkCalendar> {
  const key = JSON.stringify([zone, country, region]);
  const known = usual.get(key) ?? openDefault(zone, country, region);
  usual.set(key, known);
  return known;
}

async function openDefault(zone: string | null, country: string | null, region: string | null): Promise<WorkCalendar> {
  const known = zone !== null && isZone(zone) ? zone : 'UTC';
  const holidaysOf = country !== null && (await whyNoHolidays(country, undefined)) === null ? country : undefined;
  const state = holidaysOf === undefined || region === null ? null : await findState(holidaysOf, region);
  const definition = calendarDefinitionSchema.parse({ zone: known, hours: USUAL_HOURS, country: holidaysOf, region: state ?? undefined });
  const where = [holidaysOf, state].filter(Boolean).join('-');
  return openCalendar(['default', known, where].filter(Boolean).join(' '), 0, definition);
}

async function loadFacts(db: Database | Transaction, personIds: readonly string[]): Promise<CalendarFacts[]> {
  const { rows } = await db.raw<{ rows: CalendarFacts[] }>(
    `with recursive asked as (
       select i.id, c.account_id, c.time_zone from (select distinct unnest(:ids::bigint[]) as id) i left join contacts c using (id)
     ), up as (
       select distinct account_id as start, account_id as id, 0 as depth from asked where account_id is not null
       union all
       select up.start, a.parent_id, up.depth + 1 from up join accounts a on a.id = up.id
       where a.parent_id is not null and up.depth < ${DEEPEST}
     ), units as (
       select up.start, (array_agg(n.calendar order by up.depth) filter (where n.calendar is not null))[1] as calendar,
         (array_agg(a.time_zone order by up.depth) filter (where a.time_zone is not null))[1] as zone,
         (array_agg(a.id order by up.depth desc))[1] as company
       from up join accounts a on a.id = up.id left join calendar_assignments n on n.owner_kind = 'unit' and n.owner_id = up.id
       group by up.start
     ), placed as (
       select u.*, (select d.country from addresses d where d.account_id = u.company and d.country is not null
         order by ${MAIN_FIRST} limit 1) as country from units u
     ), located as (
       select p.*, (select d.region from up join addresses d on d.account_id = up.id and d.country = p.country where up.start = p.start
         order by up.depth, ${MAIN_FIRST} limit 1) as region from placed p
     )
     select p.id as "personId", coalesce(own.calendar, u.calendar) as calendar, coalesce(p.time_zone, u.zone) as zone, u.country, u.region
     from asked p left join located u on u.start = p.account_id
     left join calendar_assignments own on own.owner_kind = 'person' and own.owner_id = p.id`,
    { ids: [...personIds] },
  );
  return rows;
}
