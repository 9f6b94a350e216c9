/** `kontor quarantine replay`: records set aside go through the mapping again, after it was corrected. */
import { type Command, Option } from 'commander';
import type { EntityName } from '../../connector/entities.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database } from '../../store/database.ts';
import type { RunRequest } from '../../store/runs.ts';
import { batchQuarantine, type QuarantineItem, showQuarantine } from '../../store/views/list-quarantine.ts';
import type { App } from '../app.ts';
import { entityName, rowId, withExamples } from '../arguments.ts';
import { finishRequest } from './pull.ts';

/** Of one run: their ids travel with it, and their payloads lie in memory at once. */
const RECORDS_OF_REPLAY = 10_000;

interface ReplayOptions {
  connection?: string;
  entity?: EntityName;
  run?: string;
  all?: boolean;
  wait?: boolean;
}

export function addReplayCommand(quarantine: Command, app: App): void {
  const command = quarantine
    .command('replay')
    .description('map and apply records set aside once more')
    .argument('[numbers...]', 'which ones', (text: string, before: string[] = []) => [...before, rowId(text)])
    .option('--connection <name>', 'all open ones of this connection')
    .addOption(new Option('--entity <name>', 'all open ones of this entity').argParser(entityName))
    .option('--run <id>', 'all open ones this run saw last', rowId)
    .option('--all', 'all open ones')
    .option('--wait', 'stay until it has ended, and show what came of it')
    .action(async (ids: string[] | undefined, options: ReplayOptions) => {
      const settings = await app.settings(options.wait ? 'all' : []);
      const store = await app.store(settings);
      const replays = ids && ids.length > 0 ? replaysOf(await chooseByNumber(store.db, ids)) : await chooseByFilter(store.db, options);
      if (replays.length === 0) throw new NeedsOperatorError('NOT_FOUND', 'no open record fits; `kontor quarantine list` shows them');
      const backend = await app.queueBackend(settings, store);
      await finishRequest(app, { settings, store, backend }, replays, options.wait === true);
    });
  withExamples(command, [
    'kontor quarantine replay 3 4 --wait',
    'kontor quarantine replay --connection customers --entity account',
    'kontor quarantine replay --all --wait --json',
  ]);
}

async function chooseByNumber(db: Database, ids: readonly string[]): Promise<QuarantineItem[]> {
  const entries = await Promise.all(ids.map((id) => showQuarantine(db, id)));
  const missing = ids.filter((_, index) => entries[index]?.state !== 'open');
  if (missing.length > 0) {
    throw new NeedsOperatorError(
      'NOT_FOUND',
      `not open, or not there: ${missing.join(', ')}; \`kontor quarantine list\` shows those that are`,
    );
  }
  return entries.filter((entry) => entry !== null);
}

async function chooseByFilter(db: Database, { connection, entity, run, all }: ReplayOptions): Promise<RunRequest[]> {
  if (!all && connection === undefined && entity === undefined && run === undefined) {
    throw new NeedsOperatorError('USAGE', 'name the records: their numbers, --connection, --entity, --run or --all');
  }
  const batches = await batchQuarantine(db, { connection, entity, runId: run }, RECORDS_OF_REPLAY);
  return batches.map((batch) => replayOf(batch, batch.ids));
}

function replayOf(
  { connection, entity }: Pick<QuarantineItem, 'connection' | 'entity'>,
  selection: string[],
): RunRequest & { selection: string[] } {
  return { connection, entity, mode: 'replay', trigger: 'command', selection };
}

/** One run per source. */
function replaysOf(items: readonly QuarantineItem[]): RunRequest[] {
  const requests = new Map<string, RunRequest & { selection: string[] }>();
  for (const item of items) {
    const key = `${item.connection} ${item.entity}`;
    const request = requests.get(key) ?? replayOf(item, []);
    request.selection.push(item.id);
    requests.set(key, request);
  }
  return [...requests.values()];
}
