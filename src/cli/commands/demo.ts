/** `kontor demo`: the main job on the sample files, from an empty folder to profiles, and nothing left running. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { pullJob } from '../../../jobs/pull.ts';
import { loadSettings } from '../../config/load-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { openQueue } from '../../queue/open-queue.ts';
import { type Run, requestRun } from '../../store/runs.ts';
import { findAccounts } from '../../store/views/find-account.ts';
import { listQuarantine, type QuarantineEntry } from '../../store/views/list-quarantine.ts';
import { listStock, type StockItem } from '../../store/views/list-stock.ts';
import { type AccountView, showAccount } from '../../store/views/show-account.ts';
import type { App, Store } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { awaitRuns, exitCodeOfRuns } from '../await-runs.ts';
import { type DemoOrder, playOrders } from '../demo/demo-orders.ts';
import { drawDemoOrders } from '../demo/draw-demo-orders.ts';
import { type SandboxErp, startSandboxErp } from '../demo/sandbox-erp.ts';
import { drawAccount } from '../draw-account.ts';
import { drawStockTable } from '../draw-prices.ts';
import { formatCount, formatOrigin } from '../format.ts';
import { createLog, tellTrouble } from '../log.ts';
import { startWorkerProcess } from '../start-worker.ts';
import { drawFacts, drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';

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

interface Demonstration {
  runs: Run[];
  quarantine: QuarantineEntry[];
  accounts: AccountView[];
  stock: StockItem[];
  orders: DemoOrder[];
  /** How to call kontor with what the demo made. */
  kontor: string;
}

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
      const { runs, orders } = await play(app, settings, store, erp);
      const { records } = await listQuarantine(store.db, { connection: CONNECTION, limit: 50 });
      app.exitCode = exitCodeOfRuns(runs);
      const accounts = await chosenAccounts(store);
      const { stock } = await listStock(store.db, { product: STOCKED, limit: 10 });
      app.out.answer({ runs, quarantine: records.sort(byPlace), accounts, stock, orders, kontor: kontorCommand(app) }, drawDemonstration);
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
  return loadSettings({
    file: EXAMPLE,
    env: { ...sandboxed, KONTOR_DATA_FOLDER: data, KONTOR_SANDBOX_URL: erp.url },
    cwd,
    connectors,
    secrets,
  });
}

function kontorCommand({ surroundings: { cwd } }: App): string {
  const command = `npx kontor --config ${relative(cwd, EXAMPLE)}`;
  return isClone(cwd) ? command : `KONTOR_DATA_FOLDER=.kontor ${command}`;
}

function isClone(cwd: string): boolean {
  return resolve(dirname(EXAMPLE), '..') === resolve(cwd);
}

/** Pulls, then orders, by one worker that lives as long as the command. */
async function play(app: App, settings: Settings, store: Store, erp: SandboxErp): Promise<{ runs: Run[]; orders: DemoOrder[] }> {
  const backend = await app.queueBackend(settings, store);
  const log =
    settings.log.level === 'debug' ? createLog('debug', app.secrets, app.surroundings.stderr) : tellTrouble((line) => app.out.hint(line));
  const worker = await startWorkerProcess(app, { settings, store, backend, log, scope: 'demo' });
  const queue = openQueue(backend);
  app.onClose(() => queue.close());
  try {
    const runIds: string[] = [];
    for (const { entity } of settings.connections.get(CONNECTION)?.entities ?? []) {
      const { runId } = await requestRun(store.db, { connection: CONNECTION, entity, mode: 'full', trigger: 'demo' }, new Date());
      await queue.add(pullJob, { runId });
      runIds.push(runId);
    }
    const runs = await awaitRuns(app, { settings, store, backend }, runIds);
    app.out.hint(
      'Orders of examples/orders.xlsx go to a sandbox ERP, which loses one of its answers; that one is asked for some seconds later.',
    );
    const context = { db: store.db, settings, now: () => new Date() };
    const orders = await playOrders({ context, queue, erp, folder: dirname(EXAMPLE), signal: app.interruption.signal });
    return { runs, orders };
  } finally {
    await worker.stop();
  }
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

function* drawDemonstration({ runs, quarantine, accounts, stock, orders, kontor }: Demonstration, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  yield '';
  yield paint.bold('What the pull did');
  const numbers = runs.map(({ entity, outcome, counts }) => [
    entity,
    outcome ?? '',
    ...[counts.read, counts.created, counts.changed, counts.unchanged, counts.quarantined].map((count) =>
      count > 0 ? formatCount(count) : '',
    ),
  ]);
  const titles = ['entity', 'outcome', 'read', 'created', 'changed', 'unchanged', 'quarantined'];
  yield* drawTable(
    titles.map((title, index) => (index < 2 ? { title } : { title, align: 'right' as const })),
    numbers,
    terminal,
  );
  for (const { notices } of runs) for (const { message } of notices) yield `${paint.yellow('note')}  ${plain(message)}`;
  yield* drawQuarantine(quarantine, terminal);
  for (const account of accounts) {
    yield '';
    yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
    yield* drawAccount(account, terminal);
  }
  yield '';
  yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
  yield paint.bold('Where rope lies');
  yield* drawStockTable(stock, terminal);
  yield '';
  yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
  yield* drawDemoOrders(orders, terminal);
  yield '';
  yield paint.bold('Where to look next');
  yield* drawFacts(
    [
      [`${kontor} map sheets account --sample 3`, 'how columns become fields'],
      [`${kontor} quarantine show ${quarantine[0]?.id ?? 'NUMBER'}`, 'a record that was set aside, in full'],
      [`${kontor} accounts history 001001`, 'every value, when it came and from where'],
      [`${kontor} orders why WEB-1002`, 'which rule, what numbers, who was considered'],
      [`${kontor} orders approve WEB-1002 --as P0101`, 'let it go; a worker hands it off'],
      [`${kontor} prices 001001 --on 2026-12-24`, 'what it pays on that day'],
      ['npx kontor init', 'a kontor.yaml of your own'],
    ],
    terminal,
  );
}

function* drawQuarantine(quarantine: readonly QuarantineEntry[], { paint }: Terminal): Generator<string> {
  if (quarantine.length === 0) return;
  yield '';
  yield paint.bold('Set aside in quarantine, the rest went on without them');
  for (const { id, origin, problems } of quarantine) {
    for (const { reason } of problems) yield `${paint.yellow(id.padStart(3))}  ${plain(formatOrigin(origin))}: ${plain(reason)}`;
  }
}

function byPlace(a: QuarantineEntry, b: QuarantineEntry): number {
  return (a.origin.file ?? '').localeCompare(b.origin.file ?? '') || (a.origin.row ?? 0) - (b.origin.row ?? 0);
}
