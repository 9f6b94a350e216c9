/** One run as people read it: the outcome first, then what it did, then what to know about it. */
import type { Run } from '../store/runs.ts';
import { formatCount, formatDuration, formatInstant } from './format.ts';
import { drawFacts } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

export function* drawRun(run: Run, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  yield paint.bold(`run ${run.id}: ${run.connection} ${run.entity}, ${run.outcome ?? run.state}`);
  const { counts } = run;
  yield* drawFacts(
    [
      ['mode', run.mode],
      ['trigger', plain(run.reason ? `${run.trigger}: ${run.reason}` : run.trigger)],
      ['requested', formatInstant(run.requestedAt)],
      ['started', formatInstant(run.startedAt)],
      ['finished', formatInstant(run.finishedAt)],
      ['took', run.finishedAt ? formatDuration(run.startedAt, run.finishedAt) : ''],
      ['read', formatCount(counts.read)],
      ['created', formatCount(counts.created)],
      ['changed', formatCount(counts.changed)],
      ['unchanged', formatCount(counts.unchanged)],
      ['quarantined', counts.quarantined > 0 ? `${formatCount(counts.quarantined)}  (kontor quarantine list --run ${run.id})` : '0'],
      ['healed', counts.healed > 0 ? formatCount(counts.healed) : ''],
      ['repeated', counts.repeated > 0 ? formatCount(counts.repeated) : ''],
    ],
    terminal,
  );
  for (const { code, message } of run.notices) yield `${paint.yellow('note')} ${paint.dim(code)}  ${plain(message)}`;
  if (run.error) yield `${paint.red('error')} ${paint.dim(run.error.code)}  ${plain(run.error.message)}`;
}

/** A run in one line. */
function summarizeRun({ id, entity, outcome, state, counts }: Run): string {
  const parts = (['created', 'changed', 'unchanged', 'quarantined'] as const).map((name) => `${formatCount(counts[name])} ${name}`);
  return `run ${id}  ${entity}  ${outcome ?? state}  ${formatCount(counts.read)} read: ${parts.join(', ')}`;
}

/** What came of several runs: a line each, and what a person should know about them. */
export function* drawRuns({ runs }: { runs: readonly Run[] }, { paint }: Pick<Terminal, 'paint'>): Generator<string> {
  for (const run of runs) {
    yield summarizeRun(run);
    for (const { code, message } of run.notices) yield `  ${paint.yellow('note')} ${paint.dim(code)}  ${plain(message)}`;
    if (run.error) yield `  ${paint.red('error')} ${paint.dim(run.error.code)}  ${plain(run.error.message)}`;
    if (run.counts.quarantined > 0 && run.outcome !== 'held') yield `  see \`kontor quarantine list --run ${run.id}\``;
  }
}
