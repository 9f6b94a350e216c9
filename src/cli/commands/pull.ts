/** `kontor pull`: asks for runs, and with --wait stays until they have ended. */
import type { Command } from 'commander';
import { pullJob } from '../../../jobs/pull.ts';
import type { EntityName } from '../../connector/entities.ts';
import { openQueue } from '../../queue/open-queue.ts';
import { type RunRequest, requestRun } from '../../store/runs.ts';
import { liveWorkers } from '../../store/workers.ts';
import type { App } from '../app.ts';
import { entityName, requireConnection, requireEntity, withExamples } from '../arguments.ts';
import { awaitRuns, exitCodeOfRuns, type Waiting } from '../await-runs.ts';
import { drawRuns } from '../draw-run.ts';

interface PullOptions {
  full?: boolean;
  wait?: boolean;
  reason?: string;
}

export function addPullCommand(program: Command, app: App): void {
  const command = program
    .command('pull')
    .description('pull what is new or changed; without an entity, everything the connection is configured for')
    .argument('<connection>', 'a connection of kontor.yaml')
    .argument('[entity]', 'account, contact or address', entityName)
    .option('--full', 'read everything again, from the beginning')
    .option('--wait', 'stay until it has ended, and show what came of it')
    .option('--reason <text>', 'why, for those who look at the run later')
    .action(async (name: string, entity: EntityName | undefined, options: PullOptions) => {
      const settings = await app.settings(options.wait ? 'all' : []);
      const connection = requireConnection(settings, name);
      const entities = entity ? [requireEntity(connection, entity)] : connection.entities;
      const store = await app.store(settings);
      const backend = await app.queueBackend(settings, store);
      const requests = entities.map((one) => ({ connection: name, entity: one.entity, ...modeOf(options) }));
      await finishRequest(app, { settings, store, backend }, requests, options.wait === true);
    });
  withExamples(command, ['kontor pull customers', 'kontor pull customers account --wait', 'kontor pull customers --full --wait --json']);
}

function modeOf({ full, reason }: PullOptions) {
  return { mode: full ? ('full' as const) : ('delta' as const), trigger: 'command', ...(reason !== undefined && { reason }) };
}

/** Also what `quarantine replay` does with its requests. */
export async function finishRequest(app: App, parts: Waiting, requests: readonly RunRequest[], waits: boolean): Promise<void> {
  const { db } = parts.store;
  const queue = openQueue(parts.backend);
  app.onClose(() => queue.close());
  const requested: Array<{ runId: string; entity: EntityName }> = [];
  for (const request of requests) {
    const { runId } = await requestRun(db, request, new Date());
    await queue.add(pullJob, { runId });
    requested.push({ runId, entity: request.entity });
  }
  if (waits) {
    const runs = await awaitRuns(
      app,
      parts,
      requested.map(({ runId }) => runId),
    );
    app.exitCode = exitCodeOfRuns(runs);
    app.out.answer({ runs }, drawRuns);
    return;
  }
  const workers = (await liveWorkers(db)).length;
  app.out.answer({ requested, workers }, () => requested.map(({ runId, entity }) => `run ${runId}  ${entity}  requested`));
  if (workers === 0) app.out.hint('no worker is alive; start one with `kontor worker`, or wait for the end with --wait');
}
