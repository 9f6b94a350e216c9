/** `kontor map`: their values beside ours beside what is wrong, before anything is stored. Needs no database. */
import type { Command } from 'commander';
import { suggestName } from '../../config/suggest-name.ts';
import type { Problem } from '../../connector/contract.ts';
import type { EntityName } from '../../connector/entities.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { type Sample, type SampledRecord, sampleMapping } from '../../sync/sample.ts';
import type { App } from '../app.ts';
import { entityName, requireConnection, requireEntity, wholeNumber, withExamples } from '../arguments.ts';
import { EXIT } from '../exit-codes.ts';
import { countOf, formatField, formatOrigin } from '../format.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';

interface MapAnswer extends Sample {
  connection: string;
  entity: EntityName;
}

export function addMapCommand(program: Command, app: App): void {
  const command = program
    .command('map')
    .description('show records beside what the mapping makes of them; stores nothing')
    .argument('<connection>', 'a connection of kontor.yaml')
    .argument('<entity>', 'account, contact or address', entityName)
    .option('-n, --sample <number>', 'how many records', wholeNumber(1, 1000), 5)
    .action(async (name: string, entity: EntityName, { sample: limit }: { sample: number }) => {
      const settings = await app.settings([name]);
      const connection = requireConnection(settings, name);
      requireEntity(connection, entity);
      const connector = app.surroundings.connectors.find((one) => one.name === connection.connector);
      if (!connector) throw new NeedsOperatorError('CONNECTION_UNKNOWN', suggestName(connection.connector, []));
      const { signal } = app.interruption;
      const request = { connection, connector, entity, baseFolder: settings.baseFolder, limit, signal, border: app.border(settings) };
      const sample = await sampleMapping(request);
      if (hasProblems(sample)) app.exitCode = EXIT.incomplete;
      app.out.answer({ connection: name, entity, ...sample }, drawSample);
    });
  withExamples(command, [
    'kontor map customers account',
    'kontor map customers contacts --sample 20',
    'kontor map customers account --json',
  ]);
}

function hasProblems({ records, unreadable, faults }: Sample): boolean {
  return unreadable.length > 0 || faults.length > 0 || records.some(({ draft }) => draft === null);
}

function* drawSample({ entity, records, unreadable, faults, unused }: MapAnswer, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  for (const record of records) {
    yield paint.bold(formatOrigin(record.origin)) + (record.draft ? '' : paint.red('  would be quarantined'));
    yield* drawRecord(entity, record, terminal);
    yield '';
  }
  for (const { origin, problems } of unreadable) {
    yield paint.bold(formatOrigin(origin)) + paint.red('  cannot be read');
    yield* problems.map((problem) => `  ${reason(problem)}`);
    yield '';
  }
  for (const { code, origin, message } of faults)
    yield `${paint.red('error')} ${paint.dim(code)}  ${formatOrigin(origin)}: ${plain(message)}`;
  if (records.length === 0 && unreadable.length === 0 && faults.length === 0) yield 'there are no records to show';
  else {
    const good = records.filter(({ draft }) => draft !== null).length;
    yield `${good} of ${countOf(records.length + unreadable.length, 'record')} would be accepted; nothing was stored`;
  }
  if (unused.length > 0) yield paint.dim(`columns not used: ${unused.map(plain).join(', ')}`);
}

function* drawRecord(entity: EntityName, { fields, draft, problems }: SampledRecord, terminal: Terminal): Generator<string> {
  const { red } = terminal.paint;
  const columns = [
    { title: 'their column', least: 10 },
    { title: 'their value', least: 12 },
    { title: 'our field', least: 10 },
    { title: 'our value', least: 12 },
    { title: 'problem', least: 16, style: red },
  ];
  const rows = fields.map(({ field, from, value, problems: told }) => [
    from.map(({ column }) => plain(column)).join(' + '),
    from.map(({ value: theirs }) => plain(theirs)).join(' + '),
    field,
    formatField(entity, field, value, draft?.values.currency),
    told.map(reason).join('; '),
  ]);
  const shown = rows.some((row) => row[4] !== '') ? columns : columns.slice(0, 4);
  for (const line of drawTable(shown, rows, { ...terminal, width: terminal.width - 2 })) yield `  ${line}`;
  for (const problem of problems) yield `  ${red(reason(problem))}`;
}

function reason({ reason: text }: Problem): string {
  return plain(text);
}
