/** Waits for runs to end, showing how far they are. Where no worker lives, this process works for as long as it waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config/settings.ts';
import { RetryLaterError } from '../errors.ts';
import type { Backend } from '../queue/backend.ts';
import { loadRun, type Run } from '../store/runs.ts';
import { liveWorkers } from '../store/workers.ts';
import type { App, Store } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { createLog, tellTrouble } from './log.ts';
import { showProgress } from './progress.ts';
import { startWorkerProcess, type WorkerProcess } from './start-worker.ts';

const LOOK_EVERY_MS = 200;
const COUNT_WORKERS_EVERY_MS = 10_000;

export interface Waiting {
  settings: Settings;
  store: Store;
  backend: Backend;
}

/** The runs as they ended, in the order asked for. Interrupted, it throws SHUTTING_DOWN: the runs go on with the next worker. */
export async function awaitRuns(app: App, { settings, store, backend }: Waiting, runIds: readonly string[]): Promise<Run[]> {
  app.stopsItself = true;
  const { signal } = app.interruption;
  const progress = showProgress(app);
  let own: WorkerProcess | undefined;
  let countedAtMs = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      const runs = await loadRuns(store, runIds);
      for (const run of runs) progress.update(step(run));
      if (runs.every(({ state }) => state === 'finished')) return runs;
      if (signal.aborted)
        throw new RetryLaterError('SHUTTING_DOWN', `interrupted; the runs (${runIds.join(', ')}) go on with the next worker`);
      if (!own && performance.now() - countedAtMs > COUNT_WORKERS_EVERY_MS) {
        countedAtMs = performance.now();
        if ((await liveWorkers(store.db)).length === 0) own = await startOwn(app, { settings, store, backend });
      }
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    progress.stop();
    await own?.stop();
  }
}

async function startOwn(app: App, parts: Waiting): Promise<WorkerProcess> {
  app.out.hint('no worker is alive; this process does the work itself');
  const { settings } = parts;
  const isDebugging = settings.log.level === 'debug';
  const log = isDebugging ? createLog('debug', app.secrets, app.surroundings.stderr) : tellTrouble((line) => app.out.hint(line));
  return startWorkerProcess(app, { ...parts, log, scope: 'pulls' });
}

async function loadRuns({ db }: Store, runIds: readonly string[]): Promise<Run[]> {
  const runs = await Promise.all(runIds.map((id) => loadRun(db, id)));
  return runs.filter((run) => run !== null);
}

function step({ connection, entity, state, outcome, progress }: Run) {
  const label = `${connection} ${entity}`;
  if (state === 'finished') return { label, phase: outcome ?? '', done: 1, total: 1 };
  return progress ? { label, ...progress } : { label, phase: state, done: 0, total: 0 };
}

/** The worst of their outcomes. */
export function exitCodeOfRuns(runs: readonly Run[]): number {
  if (runs.some(({ outcome }) => outcome === 'failed')) return EXIT.failed;
  return runs.some(({ outcome }) => outcome !== 'complete') ? EXIT.incomplete : EXIT.ok;
}
