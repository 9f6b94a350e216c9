/** `kontor quarantine`: records set aside; look, take them to a spreadsheet, try again. */
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database } from '../../store/database.ts';
import { listQuarantine, type QuarantineEntry, type QuarantineFilter, showQuarantine } from '../../store/views/list-quarantine.ts';
import type { App } from '../app.ts';
import { entityName, rowId, wholeNumber, withExamples } from '../arguments.ts';
import { csvLine } from '../csv.ts';
import { drawEntries, drawEntry } from '../draw-quarantine.ts';
import { countOf, formatInstant } from '../format.ts';
import { addReplayCommand } from './quarantine-replay.ts';

const STATES = ['open', 'healed', 'replayed', 'gone', 'all'];
const EXPORT_PAGE = 1000;
const EXPORT_TITLES = [
  'number',
  'connection',
  'entity',
  'external id',
  'file',
  'sheet',
  'row',
  'fields',
  'problems',
  'first seen',
  'last seen',
  'payload',
];

interface ListOptions extends Omit<QuarantineFilter, 'runId'> {
  run?: string;
  export?: string;
}

export function addQuarantineCommand(program: Command, app: App): void {
  const quarantine = program.command('quarantine').description('look at records that were set aside, and try them again');
  const list = quarantine
    .command('list', { isDefault: true })
    .description('records set aside, newest first')
    .option('--connection <name>', 'only of this connection')
    .addOption(new Option('--entity <name>', 'only of this entity').argParser(entityName))
    .option('--run <id>', 'only those this run saw last', rowId)
    .addOption(new Option('--state <state>', 'open, or what became of them').choices(STATES).default('open'))
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 20)
    .option('--before <id>', 'only older than this one', rowId)
    .option('--export <file>', 'write all of them to this csv file instead; formulas are kept texts')
    .action(async ({ run, export: file, ...rest }: ListOptions) => {
      const { db } = await app.store(await app.settings([]));
      const filter = { ...rest, runId: run };
      if (file === undefined) app.out.answer(await listQuarantine(db, filter), drawEntries);
      else await exportAll(app, db, filter, file);
    });
  withExamples(list, [
    'kontor quarantine list',
    'kontor quarantine list --run 17',
    'kontor quarantine list --connection customers --export bad.csv',
  ]);

  const show = quarantine
    .command('show')
    .description('one record: where it stood, what is wrong, what was there')
    .argument('<number>', 'its number', rowId)
    .action(async (id: string) => {
      const { db } = await app.store(await app.settings([]));
      const entry = await showQuarantine(db, id);
      if (!entry) throw new NeedsOperatorError('NOT_FOUND', `there is no quarantined record ${id}; \`kontor quarantine list\` shows them`);
      app.out.answer(entry, drawEntry);
    });
  withExamples(show, ['kontor quarantine show 3', 'kontor quarantine show 3 --json']);
  addReplayCommand(quarantine, app);
}

async function exportAll(app: App, db: Database, filter: QuarantineFilter, file: string): Promise<void> {
  const path = resolve(app.surroundings.cwd, file);
  let records = 0;
  async function* rows(): AsyncGenerator<string> {
    // Excel takes UTF-8 for what it is only with this mark.
    yield `\ufeff${csvLine(EXPORT_TITLES)}`;
    let before = filter.before;
    do {
      const page = await listQuarantine(db, { ...filter, limit: EXPORT_PAGE, before });
      records += page.records.length;
      yield page.records.map(exportLine).join('');
      before = page.next ?? undefined;
    } while (before !== undefined);
  }
  try {
    await pipeline(Readable.from(rows()), createWriteStream(path, { mode: 0o640 }));
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new NeedsOperatorError('USAGE', `${file} cannot be written (${code}); name another file with --export`, { cause });
  }
  app.out.answer({ file: path, records }, () => [`wrote ${countOf(records, 'record')} to ${file}`]);
}

function exportLine({
  id,
  connection,
  entity,
  externalId,
  origin,
  problems,
  firstSeenAt,
  lastSeenAt,
  payload,
  draft,
}: QuarantineEntry): string {
  const fields = [...new Set(problems.flatMap(({ field }) => field ?? []))].join(' ');
  const reasons = problems.map(({ reason }) => reason).join('; ');
  const place = [origin.file ?? origin.at, origin.sheet, origin.row];
  const when = [firstSeenAt, lastSeenAt].map(formatInstant);
  return csvLine([id, connection, entity, externalId, ...place, fields, reasons, ...when, JSON.stringify(payload ?? draft)]);
}
