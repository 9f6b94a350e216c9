/** `kontor absences`: when people are away, by hand or out of calendars and files of HR. */
import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { importAbsences } from '../../approvals/import-absences.ts';
import { instantOf } from '../../domain/work-calendar/wall-clock.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { findPerson } from '../../orders/people.ts';
import { BY_HAND, listAbsences, recordAbsences, removeAbsence } from '../../store/work-calendars/absences.ts';
import { loadCalendarsOf } from '../../store/work-calendars/calendars-of.ts';
import type { App } from '../app.ts';
import { civilDay, rowId, withExamples } from '../arguments.ts';
import { drawAbsences } from '../draw-calendars.ts';
import { countOf, formatCount } from '../format.ts';
import { readAbsenceFile } from '../read-absence-file.ts';
import { plain } from '../terminal.ts';

const DAY_MS = 86_400_000;
const PERSON = 'external id, or id:NUMBER';
/** How far repetitions are spelled out; the next import goes on from there. */
const BACK_DAYS = 31;
const AHEAD_DAYS = 550;

export function addAbsencesCommand(program: Command, app: App): void {
  const absences = program.command('absences').description('when people are away, and somebody stands in for them');
  addImport(absences, app);
  addList(absences, app);
  addAdd(absences, app);
  addRemove(absences, app);
}

interface ImportOptions {
  readonly person?: string;
  readonly source?: string;
  readonly date: string;
  readonly sheet?: string;
  readonly allEvents?: boolean;
  readonly allowEmpty?: boolean;
}

function addImport(absences: Command, app: App): void {
  const command = absences
    .command('import')
    .description('take absences from a file; what the same source named before and names no longer is taken back')
    .argument('<file>', 'iCalendar (.ics), or a table with the columns person, from, and until (first day back) or to (last day away)')
    .option('--person <person>', 'whose calendar it is (.ics); else whoever is invited to an event')
    .option('--source <name>', 'what replaces what; the name of the file, and the person, if absent')
    .option('--date <format>', 'how texts hold dates, such as dd.MM.yyyy', 'yyyy-MM-dd')
    .option('--sheet <name>', 'of a workbook; the first if absent')
    .option('--all-events', 'also meetings and what is shown as free (.ics)')
    .option('--allow-empty', 'a file that names nobody takes everything of its source back')
    .action(async (file: string, options: ImportOptions) => {
      const now = new Date();
      const { person, date, sheet, allEvents = false, allowEmpty = false } = options;
      const window = { from: new Date(now.getTime() - BACK_DAYS * DAY_MS), until: new Date(now.getTime() + AHEAD_DAYS * DAY_MS) };
      const formats = { date, sheet, person, allEvents, ...window };
      const { name, entries, problems, leftOut } = await readAbsenceFile(file, app.surroundings.cwd, formats, app.interruption.signal);
      const { db } = await app.store(await app.settings([]));
      const source = options.source ?? (person === undefined ? name : `${name} of ${person}`);
      if (source === BY_HAND) throw new NeedsOperatorError('USAGE', `"${BY_HAND}" is what people enter one by one; name another --source`);
      const imported = await importAbsences(db, { source, entries, problems, allowEmpty }, now);
      if (leftOut > 0)
        app.out.hint(
          `note: ${countOf(leftOut, 'event is a meeting or shown as free', 'events are meetings or shown as free')}, and left out; --all-events takes them`,
        );
      app.out.answer({ source, ...imported, leftOut }, () => [
        `${countOf(imported.absences, 'absence')} of ${plain(source)}: ${formatCount(imported.changed)} new or changed, ${formatCount(imported.removed)} taken back`,
      ]);
    });
  withExamples(command, [
    'kontor absences import hr.csv --date dd.MM.yyyy',
    'kontor absences import jens.ics --person P-2',
    'kontor absences import team.ics --source team',
  ]);
}

function addList(absences: Command, app: App): void {
  const command = absences
    .command('list', { isDefault: true })
    .description('absences that are not over, in the time of whoever is away')
    .option('--person <person>', `only of this one: ${PERSON}`)
    .option('--since <day>', 'also those that ended since, YYYY-MM-DD (UTC)', civilDay)
    .action(async ({ person, since }: { person?: string; since?: string }) => {
      const { db } = await app.store(await app.settings([]));
      const personIds = person === undefined ? undefined : [(await findPerson(db, person)).id];
      const from = since === undefined ? new Date() : new Date(`${since}T00:00:00Z`);
      const found = await listAbsences(db, { personIds, from });
      const calendars = await loadCalendarsOf(db, [...new Set(found.map(({ personId }) => personId))]);
      const lines = found.map((one) => ({ ...one, zone: calendars.get(one.personId)?.zone ?? 'UTC' }));
      app.out.answer({ absences: lines }, drawAbsences);
    });
  withExamples(command, ['kontor absences', 'kontor absences list --person P-2 --json']);
}

function addAdd(absences: Command, app: App): void {
  const command = absences
    .command('add')
    .description('say that somebody is away')
    .argument('<person>', PERSON)
    .requiredOption('--from <day>', 'first day away, or a time of it: 2026-12-21 or 2026-12-21T13:00, where the person works', localMoment)
    .requiredOption('--until <day>', 'first day back, or a time of it', localMoment)
    .action(async (reference: string, { from, until }: { from: string; until: string }) => {
      const { db } = await app.store(await app.settings([]));
      const { id, name } = await findPerson(db, reference);
      const zone = (await loadCalendarsOf(db, [id])).get(id)?.zone ?? 'UTC';
      const [startsAt, endsAt] = [instantOf(from, zone), instantOf(until, zone)];
      if (!startsAt || !endsAt || endsAt <= startsAt)
        throw new NeedsOperatorError('USAGE', 'the absence ends before it begins; --until is the first day back');
      const absence = { personId: id, externalId: randomUUID(), startsAt, endsAt };
      await db.transaction((trx) => recordAbsences(trx, BY_HAND, [absence], new Date()));
      app.out.answer({ personId: id, startsAt, endsAt, zone }, () => [`${plain(name)} is away from ${from} until ${until} (${zone})`]);
    });
  withExamples(command, [
    'kontor absences add P-2 --from 2026-12-21 --until 2027-01-04',
    'kontor absences add P-2 --from 2026-12-18T13:00 --until 2026-12-18T17:00',
  ]);
}

function addRemove(absences: Command, app: App): void {
  const command = absences
    .command('remove')
    .description('take an absence back; one out of a file comes again with the next import')
    .argument('<number>', 'as `kontor absences list` tells it', rowId)
    .action(async (id: string) => {
      const { db } = await app.store(await app.settings([]));
      const removed = await db.transaction((trx) => removeAbsence(trx, id, new Date()));
      if (!removed) throw new NeedsOperatorError('NOT_FOUND', `there is no absence ${id}; \`kontor absences list\` shows those there are`);
      app.out.answer({ id, removed }, () => [`absence ${id} is taken back`]);
    });
  withExamples(command, ['kontor absences remove 12']);
}

function localMoment(text: string): string {
  const [day = '', time = '00:00'] = text.split('T');
  civilDay(day);
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new InvalidArgumentError('it must be a day, or a day with a time: 2026-12-21T13:00.');
  return `${day}T${time}`;
}
