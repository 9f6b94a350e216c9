/** `kontor runs`: what ran, and how it ended. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { NeedsOperatorError } from '../../errors.ts';
import { loadRun } from '../../store/runs.ts';
import { listRuns, type RunFilter, type RunListItem } from '../../store/views/list-runs.ts';
import type { App } from '../app.ts';
import { entityName, rowId, wholeNumber, withExamples } from '../arguments.ts';
import { drawRun } from '../draw-run.ts';
import { formatCount, formatDuration, formatInstant } from '../format.ts';
import { drawTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const OUTCOMES = ['complete', 'partial', 'held', 'failed', 'unfinished'];

export function addRunsCommand(program: Command, app: App): void {
  const runs = program.command('runs').description('show what ran, and how it ended');
  const list = runs
    .command('list', { isDefault: true })
    .description('runs, newest first')
    .option('--connection <name>', 'only of this connection')
    .addOption(new Option('--entity <name>', 'only of this entity').argParser(entityName))
    .addOption(new Option('--outcome <outcome>', 'only with this outcome').choices(OUTCOMES))
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 20)
    .option('--before <id>', 'only older than this run', rowId)
    .action(async (filter: RunFilter) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await listRuns(db, filter), drawList);
    });
  withExamples(list, ['kontor runs', 'kontor runs --connection customers --outcome failed', 'kontor runs --json --limit 1']);

  const show = runs
    .command('show')
    .description('one run: counts, notices, error')
    .argument('<id>', 'number of the run', rowId)
    .action(async (id: string) => {
      const { db } = await app.store(await app.settings([]));
      const run = await loadRun(db, id);
      if (!run) throw new NeedsOperatorError('NOT_FOUND', `there is no run ${id}; \`kontor runs\` lists them`);
      app.out.answer(run, drawRun);
    });
  withExamples(show, ['kontor runs show 17', 'kontor runs show 17 --json']);
}

function* drawList({ runs, next }: { runs: RunListItem[]; next: string | null }, terminal: Terminal): Generator<string> {
  if (runs.length === 0) {
    yield 'no runs; start one with `kontor pull CONNECTION --wait`';
    return;
  }
  const right = 'right' as const;
  const columns = [
    { title: 'run', align: right },
    { title: 'connection', least: 8 },
    { title: 'entity' },
    { title: 'mode' },
    { title: 'outcome', style: outcomeStyle(terminal) },
    { title: 'read', align: right },
    { title: 'created', align: right },
    { title: 'changed', align: right },
    { title: 'unchanged', align: right },
    { title: 'quarantined', align: right },
    { title: 'took', align: right },
    { title: 'requested', least: 10 },
  ];
  const rows = runs.map(({ id, connection, entity, mode, state, outcome, counts, startedAt, finishedAt, requestedAt }) => [
    id,
    connection,
    entity,
    mode,
    outcome ?? state,
    ...[counts.read, counts.created, counts.changed, counts.unchanged, counts.quarantined].map(formatCount),
    formatDuration(startedAt, finishedAt),
    formatInstant(requestedAt),
  ]);
  yield* drawTable(columns, rows, terminal);
  if (next) yield terminal.paint.dim(`more: --before ${next}`);
}

function outcomeStyle({ paint }: Pick<Terminal, 'paint'>): (text: string) => string {
  const styles: Record<string, (text: string) => string> = {
    complete: paint.green,
    partial: paint.yellow,
    held: paint.yellow,
    failed: paint.red,
  };
  return (text) => styles[text.trim()]?.(text) ?? text;
}
