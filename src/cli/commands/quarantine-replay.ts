/** `kontor quarantine replay`: records set aside go through the mapping again, after it was corrected. */
import { type Command, Option } from 'commander';
import type { EntityName } from '../../connector/entities.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database } from '../../store/database.ts';
import type { RunRequest } from '../../store/runs.ts';
import { listQuarantine, type QuarantineItem, showQuarantine } from '../../store/views/list-quarantine.ts';
import type { App } from '../app.ts';
import { entityName, rowId, withExamples } from '../arguments.ts';
import { finishRequest } from './pull.ts';

/** Records of one replay: their ids travel with the run. */
const MOST = 10_000;

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
      const chosen = ids && ids.length > 0 ? await chooseByNumber(store.db, ids) : await chooseByFilter(store.db, options);
      if (chosen.length === 0) throw new NeedsOperatorError('NOT_FOUND', 'no open record fits; `kontor quarantine list` shows them');
      const backend = await app.queueBackend(settings, store);
      await finishRequest(app, { settings, store, backend }, replaysOf(chosen), options.wait === true);
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

async function chooseByFilter(db: Database, { connection, entity, run, all }: ReplayOptions): Promise<QuarantineItem[]> {
  if (!all && connection === undefined && entity === undefined && run === undefined) {
    throw new NeedsOperatorError('USAGE', 'name the records: their numbers, --connection, --entity, --run or --all');
  }
  const { records } = await listQuarantine(db, { connection, entity, runId: run, limit: MOST });
  return records;
}

/** One run per source. */
function replaysOf(items: readonly QuarantineItem[]): RunRequest[] {
  const requests = new Map<string, RunRequest & { selection: string[] }>();
  for (const { id, connection, entity } of items) {
    const key = `${connection} ${entity}`;
    const request = requests.get(key) ?? { connection, entity, mode: 'replay', trigger: 'command', selection: [] };
    request.selection.push(id);
    requests.set(key, request);
  }
  return [...requests.values()];
}
