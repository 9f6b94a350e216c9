/**
 * `npm run bench:orders`: what a hand-off costs beside a bare BullMQ worker that posts the same bodies with axios, on the same
 * queue backend with the same concurrency, in one run. The ERP answers at once. Ours looks for
 * orders before it makes them, for as many with one request as ask at the same moment; the bounds hold all the same. Nothing may arrive twice.
 */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { pushOrders } from '../jobs/push-order.ts';
import { openBackend, type QueueAccess } from '../src/queue/backend.ts';
import { defineJob } from '../src/queue/define-job.ts';
import { type JobQueue, openQueue } from '../src/queue/open-queue.ts';
import { openEmbedded } from '../src/store/embedded/open-embedded.ts';
import { InstantErp, nowUs, OrdersScene, type Released } from './orders-scene.ts';
import { row } from './report.ts';
import { median } from './scene.ts';
import { scratchFolder } from './scratch.ts';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '5000' },
    accounts: { type: 'string', default: '1000' },
    samples: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '20' },
    backend: { type: 'string', default: 'both' },
  },
});
const [count, accounts, samples, rounds, concurrency] = [
  values.orders,
  values.accounts,
  values.samples,
  values.rounds,
  values.concurrency,
].map(Number) as [number, number, number, number, number];
const WARM_UP = 1_000;

interface Measured {
  readonly perSecond: number[];
  readonly latenciesMs: number[];
  /** Of the worker's process: what a busy machine may be judged by. */
  readonly processorMs: number[];
}

interface Started {
  readonly pid: number;
  stop(): Promise<void>;
}

type Carrier = { queue: JobQueue; wake(orders: readonly Released[]): Promise<void> };

const bareJob = defineJob({
  name: 'bare-post',
  payload: z.looseObject({}),
  retry: { attempts: 8, firstDelayMs: 2_000 },
  handle: async () => undefined,
});

const folder = await scratchFolder();
const say = (text: string) => process.stderr.write(`${text}\n`);
const postgres = await openEmbedded(path.join(folder, 'database'));
const redis = values.backend === 'postgres' ? null : await startRedis();
const erp = await InstantErp.open();
try {
  const lines: string[] = [];
  for (const kind of ['redis', 'postgres'] as const) {
    if (kind === 'redis' ? !redis : values.backend === 'redis') continue;
    const { bare, ours } = await measureOn(kind, kind === 'redis' ? (redis?.url ?? null) : null);
    lines.push(...report(kind, bare, ours));
  }
  console.log(
    `${count} orders of ${accounts} accounts, ${concurrency} at a time, ${rounds} rounds; ${samples} single orders for the latency; Node.js ${process.version}\n`,
  );
  console.log('| queue on | what | Kontor | bare worker | ratio | bound | |\n| --- | --- | ---: | ---: | ---: | ---: | --- |');
  for (const line of lines) console.log(line);
} finally {
  erp.close();
  redis?.server.kill();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

async function measureOn(kind: QueueAccess['kind'], redisUrl: string | null): Promise<{ bare: Measured; ours: Measured }> {
  const { scene, access } = await OrdersScene.open(postgres.url, {
    name: `orders_${kind}`,
    parent: folder,
    erpUrl: erp.url,
    redisUrl,
    accounts,
    concurrency,
  });
  const backend = await openBackend(access);
  const queue = openQueue(backend, { timeoutMs: 60_000 });
  const wakeOurs = (orders: readonly Released[]) =>
    pushOrders(
      queue,
      orders.map(({ handoffId }) => handoffId),
    );
  const wakeBare = (orders: readonly Released[]) =>
    queue.addMany(
      bareJob,
      orders.map(({ body }) => body as Record<string, unknown>),
    );
  const [ours, bare]: [Measured, Measured] = [nothingYet(), nothingYet()];
  try {
    for (let round = 1; round <= rounds; round++) {
      say(`${kind}, round ${round} of ${rounds}`);
      const orders = await releaseAll(scene, count + WARM_UP);
      await turn(bare, () => startBare(access), { queue, wake: wakeBare }, orders);
      await turn(ours, () => scene.startWorker(), { queue, wake: wakeOurs }, orders);
    }
    await latencies(ours, () => scene.startWorker(), { queue, wake: wakeOurs }, scene);
    // Afterwards: nobody hands off what is released for it.
    await latencies(bare, () => startBare(access), { queue, wake: wakeBare }, scene);
  } finally {
    await queue.close();
    await backend.close();
    await scene.close();
  }
  return { bare, ours };
}

function nothingYet(): Measured {
  return { perSecond: [], latenciesMs: [], processorMs: [] };
}

async function releaseAll(scene: OrdersScene, wanted: number): Promise<Released[]> {
  const released: Released[] = [];
  while (released.length < wanted) released.push(...(await scene.release(Math.min(500, wanted - released.length))));
  return released;
}

/** Warm, then everything at once: from the first wake-up to the last order at the ERP. */
async function turn(measured: Measured, start: () => Promise<Started>, { wake }: Carrier, orders: readonly Released[]) {
  await erp.reset();
  const { pid, stop } = await start();
  await wake(orders.slice(0, WARM_UP));
  await erp.until(WARM_UP);
  const fromMs = await processorMsOf(pid);
  const fromUs = nowUs();
  await wake(orders.slice(WARM_UP));
  const { at, taken, doubled } = await erp.until(orders.length);
  const lastUs = Math.max(...orders.slice(WARM_UP).map(({ reference }) => at[reference] ?? Number.NaN));
  const usedMs = (await processorMsOf(pid)) - fromMs;
  await stop();
  if (doubled > 0 || taken !== orders.length) throw new Error(`${taken} orders arrived of ${orders.length}, ${doubled} of them twice`);
  measured.perSecond.push((orders.length - WARM_UP) / ((lastUs - fromUs) / 1e6));
  measured.processorMs.push(usedMs / (orders.length - WARM_UP));
  say(`  ${measured.perSecond.at(-1)?.toFixed(0)} orders per second, ${measured.processorMs.at(-1)?.toFixed(2)} ms of processor time each`);
}

/** One order at a time: from the commit that approves it (bare: from the call that queues it) to its POST on the ERP's socket. */
async function latencies(measured: Measured, start: () => Promise<Started>, { wake }: Carrier, scene: OrdersScene) {
  await erp.reset();
  const { stop } = await start();
  for (let n = 1; n <= samples + 50; n++) {
    const [order] = await scene.release(1);
    if (!order) throw new Error('no order was released');
    const fromUs = nowUs();
    await wake([order]);
    let { at, taken } = await erp.until(n);
    while (at[order.reference] === undefined) ({ at, taken } = await erp.until(taken + 1));
    if (n > 50) measured.latenciesMs.push(((at[order.reference] ?? Number.NaN) - fromUs) / 1_000);
    await sleep(10);
  }
  await stop();
}

async function startBare(access: QueueAccess): Promise<Started> {
  const entry = fileURLToPath(new URL('./bare-order-worker.js', import.meta.url));
  const worker = fork(entry, [JSON.stringify(access), bareJob.name, erp.url, String(concurrency)]);
  await once(worker, 'message');
  const stop = async () => {
    worker.disconnect();
    await once(worker, 'exit');
  };
  return { pid: worker.pid ?? 0, stop };
}

/** User and system time of a process so far, as Linux counts it: in hundredths of a second. */
async function processorMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return 10 * ((user ?? Number.NaN) + (system ?? Number.NaN));
}

function report(kind: string, bare: Measured, ours: Measured): string[] {
  const at = (share: number, of: readonly number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length * share)] ?? Number.NaN;
  const speed = [median(ours.perSecond), median(bare.perSecond)] as const;
  const middle = [median(ours.latenciesMs), median(bare.latenciesMs)] as const;
  const slow = [at(0.95, ours.latenciesMs), at(0.95, bare.latenciesMs)] as const;
  const used = [median(ours.processorMs), median(bare.processorMs)] as const;
  const ms = (one: number) => `${one.toFixed(1)} ms`;
  return [
    `${row(kind, 'orders per second', speed[0].toFixed(0), speed[1].toFixed(0), (speed[0] / speed[1]).toFixed(2), 'at least 0.5', speed[0] / speed[1] >= 0.5)}`,
    `${row(kind, 'approval to socket, median', ms(middle[0]), ms(middle[1]), (middle[0] / middle[1]).toFixed(2), 'at most 3', middle[0] / middle[1] <= 3)}`,
    `| ${kind} | worker's processor time, an order | ${used[0].toFixed(2)} ms | ${used[1].toFixed(2)} ms | ${(used[0] / used[1]).toFixed(2)} | | |`,
    `| ${kind} | approval to socket, p95 | ${ms(slow[0])} | ${ms(slow[1])} | ${(slow[0] / slow[1]).toFixed(2)} | | |`,
  ];
}

/** `null`, said aloud, where the machine has none. */
async function startRedis(): Promise<{ server: ReturnType<typeof spawn>; url: string } | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    say('no redis-server here: only the queue on PostgreSQL is measured');
    return null;
  }
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--appendonly', 'no', '--save', ''];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  await sleep(500);
  return { server, url: `redis://127.0.0.1:${port}` };
}
