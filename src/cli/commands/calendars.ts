/** `kontor calendars`: when people work, and in whose working time they are counted. */
import { basename, extname } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { NAME_PATTERN } from '../../config/schema.ts';
import { openCalendar } from '../../domain/work-calendar/calendar.ts';
import { calendarDefinitionSchema } from '../../domain/work-calendar/definition.ts';
import { refuseIdle } from '../../domain/work-calendar/work-time.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { findPerson } from '../../orders/people.ts';
import type { Database } from '../../store/database.ts';
import {
  assignCalendar,
  type CalendarOwner,
  listCalendars,
  putCalendar,
  readDefinition,
  showCalendar,
} from '../../store/work-calendars/calendars.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, wholeNumber, withExamples } from '../arguments.ts';
import { drawCalendar, drawCalendars, freeDaysOf } from '../draw-calendars.ts';
import { readCheckedFile } from '../read-checked-file.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';

export function addCalendarsCommand(program: Command, app: App): void {
  const calendars = program.command('calendars').description('working calendars: hours, public holidays, and whose they are');
  addPut(calendars, app);
  addList(calendars, app);
  addShow(calendars, app);
  addAssign(calendars, app);
}

function addPut(calendars: Command, app: App): void {
  const put = calendars
    .command('put')
    .description('store a calendar; one that is there already gets its next version')
    .argument('<file>', 'YAML or JSON')
    .option('--name <name>', 'what it is called; the name of the file if absent', calendarName)
    .action(async (file: string, { name = nameOf(file) }: { name?: string }) => {
      const { given, document } = await readCheckedFile(file, app.surroundings.cwd, {
        schema: calendarDefinitionSchema,
        code: 'CALENDAR_INVALID',
      });
      const now = new Date();
      refuseIdle(await openCalendar(name, 1, document), now);
      const { db } = await app.store(await app.settings([]));
      const stored = await db.transaction((trx) => putCalendar(trx, { name, definition: given, by: whoAmI() }, now));
      app.out.answer({ name, ...stored }, () => [
        stored.isNew
          ? `version ${stored.version} of calendar ${name} holds for steps assigned from now on; instants already counted stay`
          : `calendar ${name} says so already, in version ${stored.version}`,
      ]);
    });
  withExamples(put, ['kontor calendars put berlin.yaml', 'kontor calendars put calendars/nord.yaml --name north']);
}

function nameOf(file: string): string {
  return calendarName(basename(file, extname(file)));
}

function calendarName(text: string): string {
  if (!NAME_PATTERN.test(text) || text === 'default')
    throw new InvalidArgumentError('a calendar is named by lower-case letters, digits and hyphens, and not "default"; say --name.');
  return text;
}

function addList(calendars: Command, app: App): void {
  const list = calendars
    .command('list', { isDefault: true })
    .description('calendars, and how many people and units each is assigned to')
    .action(async () => {
      const { db } = await app.store(await app.settings([]));
      const listed = await listCalendars(db);
      app.out.answer({ calendars: listed.map((one) => ({ ...one, zone: readDefinition(one).zone })) }, drawCalendars);
    });
  withExamples(list, ['kontor calendars', 'kontor calendars list --json']);
}

function addShow(calendars: Command, app: App): void {
  const show = calendars
    .command('show')
    .description('hours and free days of a calendar')
    .argument('<name>', 'as `kontor calendars list` tells it')
    // No option: the program's own --version is heard wherever it stands.
    .argument('[version]', 'this one instead of the one that holds', wholeNumber(1, 1_000_000))
    .option('--year <year>', 'whose free days; this year if absent', wholeNumber(1970, 2100))
    .action(async (name: string, wanted: number | undefined, { year = new Date().getUTCFullYear() }: { year?: number }) => {
      const { db } = await app.store(await app.settings([]));
      const stored = await showCalendar(db, name, wanted);
      const calendar = await openCalendar(name, stored.version, readDefinition(stored));
      app.out.answer({ ...stored, year, freeDays: freeDaysOf(calendar, year) }, drawCalendar);
    });
  withExamples(show, ['kontor calendars show berlin --year 2027', 'kontor calendars show berlin 1 --json']);
}

interface AssignOptions {
  readonly person?: string;
  readonly unit?: string;
}

function addAssign(calendars: Command, app: App): void {
  const assign = calendars
    .command('assign')
    .description('count a person, or everyone of a unit and below without a nearer calendar, in this one')
    .argument('<name>', 'a calendar, or `none` to take the assignment away')
    .option('--person <person>', 'external id, or id:NUMBER')
    .option('--unit <account>', ACCOUNT_REFERENCE)
    .action(async (name: string, options: AssignOptions) => {
      const { db } = await app.store(await app.settings([]));
      const { owner, label } = await ownerOf(db, options);
      const calendar = name === 'none' ? null : name;
      await db.transaction((trx) => assignCalendar(trx, owner, { calendar, by: whoAmI() }, new Date()));
      app.out.answer({ calendar, ...owner }, () => [
        calendar === null ? `${label} has no calendar of its own any more` : `${label} is counted in ${calendar}`,
      ]);
    });
  withExamples(assign, ['kontor calendars assign berlin --unit A-1001', 'kontor calendars assign none --person P-17']);
}

async function ownerOf(db: Database, { person, unit }: AssignOptions): Promise<{ owner: CalendarOwner; label: string }> {
  if ((person === undefined) === (unit === undefined)) throw new NeedsOperatorError('USAGE', 'name either --person or --unit');
  const found = person === undefined ? await requireAccount(db, String(unit)) : await findPerson(db, person);
  return { owner: { kind: person === undefined ? 'unit' : 'person', id: found.id }, label: plain(found.name) };
}
