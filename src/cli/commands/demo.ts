/** `kontor demo`: the main job on the sample files, from an empty folder to profiles, and nothing left running. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { pullJob } from '../../../jobs/pull.ts';
import { loadSettings } from '../../config/load-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { openMailer } from '../../notify/open-mailer.ts';
import { sendDue } from '../../notify/send-due.ts';
import { openQueue } from '../../queue/open-queue.ts';
import { databaseBorder } from '../../store/border.ts';
import { type Run, requestRun } from '../../store/runs.ts';
import { findAccounts } from '../../store/views/find-account.ts';
import { listQuarantine, type QuarantineEntry } from '../../store/views/list-quarantine.ts';
import { listStock } from '../../store/views/list-stock.ts';
import { type AccountView, showAccount } from '../../store/views/show-account.ts';
import type { App, Store } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { awaitRuns, exitCodeOfRuns } from '../await-runs.ts';
import { type DemoOrder, playOrders } from '../demo/demo-orders.ts';
import { drawDemonstration } from '../demo/draw-demonstration.ts';
import { playMonth } from '../demo/play-month.ts';
import { type SandboxErp, startSandboxErp } from '../demo/sandbox-erp.ts';
import { type ToldMonth, tellMonth } from '../demo/told-month.ts';
import { createLog, tellTrouble } from '../log.ts';
import { startWorkerProcess } from '../start-worker.ts';

const CONNECTION = 'sheets';
/** Beside src in a clone, beside dist in a package. */
const EXAMPLE = ['../../../examples/kontor.yaml', '../../../../examples/kontor.yaml']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string;
/** A company of the workbook, a location of the csv file two levels below it, and a customer who is blocked. */
const SHOWN = ['001001', 'L-2001', '001078'];
/** Rope, which the first of them buys. */
const STOCKED = '4101';
/** The demo never touches a database or a queue that someone works with. */
const IGNORED = ['DATABASE_URL', 'REDIS_URL', 'KONTOR_CONFIG', 'KONTOR_REDIS_PREFIX', 'KONTOR_REDIS_CLUSTER'];

export function addDemoCommand(program: Command, app: App): void {
  const command = program
    .command('demo')
    .description('pull the sample customers into an embedded database in .kontor, and show what came of it')
    .action(async () => {
      const data = dataFolder(app);
      await mkdir(data, { recursive: true });
      const erp = await startSandboxErp(join(data, 'sandbox-erp.json'));
      app.onClose(() => erp.close());
      const settings = await demoSettings(app, data, erp);
      app.out.hint('The sample files of examples/data go into a PostgreSQL of their own in .kontor; the queues run on it too.');
      const store = await app.store(settings);
      const { runs, orders, month } = await play(app, settings, store, erp);
      const { records } = await listQuarantine(store.db, { connection: CONNECTION, limit: 50 });
      app.exitCode = exitCodeOfRuns(runs);
      const accounts = await chosenAccounts(store);
      const { stock } = await listStock(store.db, { product: STOCKED, limit: 10 });
      const shown = { runs, quarantine: records.sort(byPlace), accounts, stock, orders, month };
      const mailFolder = relative(app.surroundings.cwd, settings.mail.folder);
      app.out.answer({ ...shown, mailFolder, kontor: kontorCommand(app) }, drawDemonstration);
    });
  withExamples(command, ['kontor demo', 'kontor demo --json']);
}

/** Beside the clone as examples/kontor.yaml says; in the folder of whoever installed Kontor elsewhere. */
function dataFolder({ surroundings: { env, cwd } }: App): string {
  return resolve(cwd, env.KONTOR_DATA_FOLDER || '.kontor');
}

async function demoSettings({ surroundings, secrets }: App, data: string, erp: SandboxErp): Promise<Settings> {
  const { env, cwd, connectors } = surroundings;
  const sandboxed = Object.fromEntries(Object.entries(env).filter(([name]) => !IGNORED.includes(name)));
  const settings = await loadSettings({
    file: EXAMPLE,
    env: { ...sandboxed, KONTOR_DATA_FOLDER: data, KONTOR_SANDBOX_URL: erp.url },
    cwd,
    connectors,
    secrets,
  });
  return { ...settings, mail: { ...settings.mail, folder: join(data, 'mail') } };
}

function kontorCommand({ surroundings: { env, cwd } }: App): string {
  const command = `npx kontor --config ${relative(cwd, EXAMPLE)}`;
  const folder = env.KONTOR_DATA_FOLDER || (isClone(cwd) ? '' : '.kontor');
  // The demo leaves DATABASE_URL aside, and so must whoever looks at what it has stored.
  return [env.DATABASE_URL && 'DATABASE_URL=', folder && `KONTOR_DATA_FOLDER=${folder}`, command].filter(Boolean).join(' ');
}

function isClone(cwd: string): boolean {
  return resolve(dirname(EXAMPLE), '..') === resolve(cwd);
}

interface Played {
  readonly runs: Run[];
  readonly orders: DemoOrder[];
  readonly month: ToldMonth;
}

/**
 * Pulls, then a month of the past, then orders of today: a clock that stands in March would give today's orders to whoever stood in then.
 * Workers live as long as what they are for, and not while the month is played.
 */
async function play(app: App, settings: Settings, store: Store, erp: SandboxErp): Promise<Played> {
  const backend = await app.queueBackend(settings, store);
  const queue = openQueue(backend);
  app.onClose(() => queue.close());
  const withWorker = async <T>(work: () => Promise<T>): Promise<T> => {
    const worker = await startWorkerProcess(app, { settings, store, backend, log: logOf(app, settings), scope: 'demo' });
    return work().finally(() => worker.stop());
  };
  const runs = await withWorker(async () => {
    const runIds: string[] = [];
    for (const { entity } of settings.connections.get(CONNECTION)?.entities ?? []) {
      const { runId } = await requestRun(store.db, { connection: CONNECTION, entity, mode: 'full', trigger: 'demo' }, new Date());
      await queue.add(pullJob, { runId });
      runIds.push(runId);
    }
    return awaitRuns(app, { settings, store, backend }, runIds);
  });
  const { signal } = app.interruption;
  const context = { db: store.db, settings, now: () => new Date() };
  app.out.hint('A budget, its approvals and their mails are played through March and April 2026.');
  const { connectors } = app.surroundings;
  const month = { ...context, mailer: await openMailer(settings), signal, border: databaseBorder(store.db), connectors, holder: 'demo' };
  await playMonth(month, dirname(EXAMPLE));
  app.out.hint(
    'Orders of examples/orders.xlsx go to a sandbox ERP, which loses one of its answers; that one is asked for some seconds later.',
  );
  const orders = await withWorker(() => playOrders({ context, queue, erp, folder: dirname(EXAMPLE), signal }));
  await sendDue(month);
  return { runs, orders, month: await tellMonth(store.db) };
}

function logOf(app: App, settings: Settings) {
  if (settings.log.level === 'debug') return createLog('debug', app.secrets, app.surroundings.stderr);
  return tellTrouble((line) => app.out.hint(line));
}

async function chosenAccounts({ db }: Store): Promise<AccountView[]> {
  const views: AccountView[] = [];
  for (const reference of SHOWN) {
    const [match] = await findAccounts(db, reference, 1);
    const view = match && (await showAccount(db, match.id));
    if (view) views.push(view);
  }
  return views;
}

function byPlace(a: QuarantineEntry, b: QuarantineEntry): number {
  return (a.origin.file ?? '').localeCompare(b.origin.file ?? '') || (a.origin.row ?? 0) - (b.origin.row ?? 0);
}
