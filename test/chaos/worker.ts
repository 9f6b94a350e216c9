/** A worker as a process of its own: the product's worker and jobs, with leases as short as the machine allows, whose awaits are counted. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pushOrderJob } from '../../jobs/push-order.ts';
import { relayHandoffsJob } from '../../jobs/relay-handoffs.ts';
import { DEFAULT_APPROVALS } from '../../src/config/approvals-schema.ts';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { DEFAULT_HTTP, DEFAULT_ORDERS } from '../../src/config/orders-schema.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, DEFAULT_GUARDS, type Settings } from '../../src/config/settings.ts';
import type { HandoffContext } from '../../src/orders/order-context.ts';
import { openBackend } from '../../src/queue/backend.ts';
import type { JobContext, JobLog } from '../../src/queue/define-job.ts';
import { type JobQueue, openQueue } from '../../src/queue/open-queue.ts';
import { startWorker } from '../../src/queue/run-worker.ts';
import { databaseBorder } from '../../src/store/border.ts';
import { openDatabase } from '../../src/store/database.ts';
import { countedConnector, countedDatabase, countedQueue, currentWalk, onAwait, type Walk, walking } from './await-points.ts';
import { CONNECTORS } from './erp-kinds.ts';
import type { Lane, Orders, Told, Trap, WorkerStart } from './worker-orders.ts';

const TOLD_FD = 4;
const RELAY_EVERY_MS = 400;
const LOCK_MS = 2_500;
const CONCURRENCY = 8;

const start = JSON.parse(process.argv[2] ?? '') as WorkerStart;
let orders: Orders = { lanes: [], traps: [], leaseMs: 10_000 };
/** By hand-off: the lane it belongs to. */
const laneOf = new Map<string, string>();
const busy = new Map<string, number>();

function tell(told: Told): void {
  writeSync(TOLD_FD, `${JSON.stringify(told)}\n`);
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (told: Orders | 'busy?') => {
  if (told === 'busy?') return tell({ kind: 'busy', connections: Object.fromEntries(busy) });
  orders = told;
  connections.clear();
  for (const lane of told.lanes) connections.set(lane.connection, connectionOf(lane));
});

onAwait((walk, when, name) => {
  const turn = walk.names.filter((one) => one === name).length;
  const isHere = ({ await: wanted }: Trap) => wanted === walk.names.length || wanted === `${name} ${turn}`;
  const trap = orders.traps.find((one) => one.handoffId === walk.handoffId && one.when === when && isHere(one));
  if (!trap) return;
  orders = { ...orders, traps: orders.traps.filter((one) => one !== trap) };
  const spring = () => {
    tell({ kind: 'sprung', trap: trap.id, act: trap.act, at: `${when === 'before' ? 'before' : 'in'} ${name}` });
    process.kill(process.pid, trap.act === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  };
  if (when === 'before') spring();
  else setTimeout(spring, trap.delayMs);
});

const connections = new Map<string, ConnectionSettings>();
const settings: Settings = {
  file: null,
  baseFolder: '.',
  database: { url: start.databaseUrl },
  redis: null,
  worker: { concurrency: CONCURRENCY, drainMs: 500 },
  log: { level: 'silent' },
  connections,
  orders: { ...DEFAULT_ORDERS, credit: 'ignore' },
  approvals: DEFAULT_APPROVALS,
  http: DEFAULT_HTTP,
  mail: DEFAULT_MAIL,
};

function connectionOf({ connection: name, erp, settings: given }: Lane): ConnectionSettings {
  return { name, connector: erp, settings: given, formats: DEFAULT_FORMATS, entities: [], schedule: null, guards: DEFAULT_GUARDS };
}

/** A connector of one name serves every lane of its kind; the longest lag declared is that of all of them. */
const lagOf = (erp: string) => Math.max(0, ...orders.lanes.filter((lane) => lane.erp === erp).map(({ lagMs }) => lagMs));

function now(): Date {
  const walk = currentWalk();
  const lane = orders.lanes.find(({ connection }) => connection === laneOf.get(walk?.handoffId ?? '')) ?? orders.lanes.at(-1);
  return new Date(Date.now() + (lane?.skewMs ?? 0));
}

const rawDb = await openDatabase(start.databaseUrl, { poolSize: CONCURRENCY + 4, applicationName: start.name });
const db = countedDatabase(rawDb);
const backend = await openBackend(start.queue, { connectTimeoutMs: 30_000 });
const queue = countedQueue(openQueue(backend));
const lent: Omit<HandoffContext, 'signal' | 'now' | 'claimTtlMs'> & { queue: JobQueue } = {
  db,
  settings,
  border: databaseBorder(db),
  connectors: Object.entries(CONNECTORS).map(([kind, connector]) => countedConnector(connector, () => lagOf(kind))),
  holder: `${start.name} ${process.pid}`,
  queue,
};

const pushWalking = {
  ...pushOrderJob,
  async run(data: unknown, context: typeof lent & JobContext) {
    // All of one call are of one connection, which is the scenario's own.
    const [handoffId = ''] = (data as { handoffIds: string[] }).handoffIds;
    const connection = laneOf.get(handoffId) ?? (await laneFor(handoffId));
    // A worker that was just woken may find its jobs before it hears of their lane.
    for (let turn = 0; turn < 50 && !connections.has(connection) && connection !== NOBODY; turn++) await sleep(20);
    busy.set(connection, (busy.get(connection) ?? 0) + 1);
    const walk: Walk = { handoffId, names: [] };
    const startedMs = performance.now();
    try {
      return await walking(walk, () => pushOrderJob.run(data, context));
    } finally {
      busy.set(connection, (busy.get(connection) ?? 1) - 1);
      tell({ kind: 'walked', handoffId, names: walk.names, ms: performance.now() - startedMs });
    }
  },
};

const relayTelling = {
  ...relayHandoffsJob,
  everyMs: RELAY_EVERY_MS,
  async run(data: unknown, context: typeof lent & JobContext) {
    const facts = await relayHandoffsJob.run(data, context);
    tell({ kind: 'relayed' });
    return facts;
  },
};

/** Of a hand-off that is not there any more. */
const NOBODY = 'nobody';

async function laneFor(handoffId: string): Promise<string> {
  const row = await rawDb('handoffs').where({ id: handoffId }).first('connection');
  if (!row) return NOBODY;
  const { connection } = row;
  laneOf.set(handoffId, connection);
  return connection;
}

const quiet = () => undefined;
const log: JobLog = {
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: (facts, message) => tell({ kind: 'defect', message: `${message}: ${String((facts as { err?: unknown }).err)}` }),
};

await startWorker({
  backend,
  jobs: [pushWalking, relayTelling],
  context: (base: JobContext) => ({ ...lent, claimTtlMs: orders.leaseMs, ...base }),
  concurrency: CONCURRENCY,
  drainMs: 500,
  lockMs: LOCK_MS,
  log,
  now,
});
tell({ kind: 'ready' });
