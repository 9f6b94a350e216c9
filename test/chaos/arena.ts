/** Where seeds are played: a PostgreSQL, perhaps a Redis, and two workers of its own, so that any of them may be taken away. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pushOrderJob } from '../../jobs/push-order.ts';
import { type Backend, openBackend, type QueueAccess } from '../../src/queue/backend.ts';
import { type JobQueue, openQueue } from '../../src/queue/open-queue.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { findServer } from '../../src/store/embedded/cluster.ts';
import { type Embedded, openEmbedded } from '../../src/store/embedded/open-embedded.ts';
import { findPlace } from '../../src/store/embedded/place.ts';
import { inSets } from '../../src/store/in-sets.ts';
import { migrate } from '../../src/store/migrate.ts';
import { spawnRedis } from '../support/redis.ts';
import { makeProfiles } from './profiles.ts';
import type { Lane, Orders, Told, Trap } from './worker-orders.ts';
import { type WorkerOwner, WorkerProcess } from './worker-process.ts';

export type BackendKind = QueueAccess['kind'];

export interface ArenaOptions {
  readonly backend: BackendKind;
  readonly mutant?: string | undefined;
}

type LaneOfArena = Omit<Lane, 'skewMs'> & { readonly skewMs: readonly [number, number] };

/** A lease is several times what a push takes here and now: whoever is only slow must not lose it all the time. */
const LEASE_MS = { least: 2_000, most: 10_000, pushes: 6 };
const PUSHES_SEEN = 40;
const LOOK_EVERY_MS = 150;

/** Of one hand-off; `isDue`: nothing it was told to wait for lies ahead any more. */
export interface Progress {
  readonly connection: string;
  readonly state: string;
  readonly attempts: number;
  readonly isDue: boolean;
}

/** One look for all seeds: on a busy machine the watching must not be what keeps it busy. */
const look = inSets(async (db: Database, connections: readonly string[]): Promise<Progress[][]> => {
  await sleep(LOOK_EVERY_MS);
  const { rows } = await db.raw<{ rows: Progress[] }>(
    `select connection, state, attempts, coalesce(greatest(not_before, look_after, lease_until) < clock_timestamp(), true) as "isDue"
     from handoffs where connection = any(?::text[]) order by id`,
    [[...connections]],
  );
  return connections.map((wanted) => rows.filter(({ connection }) => connection === wanted));
});

const { dedupe: _merged, ...untwinned } = pushOrderJob;

export class Arena {
  readonly backend: BackendKind;
  readonly db: Database;
  /** What went wrong with no seed to blame. */
  readonly troubles: string[] = [];
  readonly #folder: string;
  readonly #postgres: Embedded;
  readonly #queueBackend: Backend;
  readonly #queue: JobQueue;
  readonly #lanes = new Map<string, LaneOfArena>();
  readonly #listeners = new Map<string, (worker: WorkerProcess, told: Told) => void>();
  readonly #pushesMs: number[] = [];
  #relayed = 0;
  readonly #restarts = new Map<string, Promise<void>>();
  #traps: Trap[] = [];
  #redis: { server: ChildProcess; port: number } | undefined;
  #workers: WorkerProcess[] = [];

  static async open(options: ArenaOptions): Promise<Arena> {
    const folder = await mkdtemp(path.join(tmpdir(), 'kontor-chaos-'));
    // As root the server runs as another user, who must be able to enter.
    await chmod(folder, 0o755);
    const postgres = await openEmbedded(folder);
    const db = await openDatabase(postgres.url, { poolSize: 20 });
    // Connections are cut and made by the thousand; proving a password each time would be most of the work.
    await writeFile(path.join((await findPlace(folder)).data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
    // Processes are killed here, not the machine.
    await db.raw('alter system set fsync = off');
    await db.raw('select pg_reload_conf()');
    await migrate(db);
    await makeProfiles(db);
    const redis = options.backend === 'redis' ? await startRedis() : undefined;
    const access: QueueAccess = redis
      ? { kind: 'redis', redis: { url: `redis://127.0.0.1:${redis.port}`, cluster: false, prefix: 'chaos' } }
      : { kind: 'postgres', url: postgres.url };
    const arena = new Arena(options, { folder, postgres, db, redis, queueBackend: await openBackend(access) });
    arena.#startWorkers(access, options.mutant);
    await Promise.all(arena.#workers.map(({ ready }) => ready));
    return arena;
  }

  private constructor(
    options: ArenaOptions,
    parts: {
      folder: string;
      postgres: Embedded;
      db: Database;
      redis: { server: ChildProcess; port: number } | undefined;
      queueBackend: Backend;
    },
  ) {
    this.backend = options.backend;
    this.db = parts.db;
    this.#folder = parts.folder;
    this.#postgres = parts.postgres;
    this.#redis = parts.redis;
    this.#queueBackend = parts.queueBackend;
    this.#queue = openQueue(parts.queueBackend, { timeoutMs: 3_000 });
  }

  #startWorkers(queue: QueueAccess, mutant: string | undefined): void {
    this.#workers = ['one', 'two'].map((name, place) => {
      const owner: WorkerOwner = {
        orders: () => this.#ordersFor(place),
        told: (worker, told) => this.#hear(worker, told),
        died: (_worker, how) => this.troubles.push(`worker ${name} ended by itself: ${how}`),
      };
      return new WorkerProcess({ name, databaseUrl: this.#postgres.url, queue }, owner, mutant);
    });
  }

  #ordersFor(place: number): Orders {
    const lanes = [...this.#lanes.values()].map((lane) => ({ ...lane, skewMs: lane.skewMs[place] ?? 0 }));
    return { lanes, traps: this.#traps, leaseMs: this.leaseMs };
  }

  #hear(worker: WorkerProcess, told: Told): void {
    if (told.kind === 'relayed') this.#relayed += 1;
    if (told.kind === 'walked') this.#notePush(told.ms);
    if (told.kind === 'defect') this.troubles.push(told.message);
    if (told.kind === 'sprung') {
      this.#traps = this.#traps.filter(({ id }) => id !== told.trap);
      for (const one of this.#workers) one.tell();
    }
    for (const listener of this.#listeners.values()) listener(worker, told);
  }

  #notePush(ms: number): void {
    this.#pushesMs.push(ms);
    if (this.#pushesMs.length > PUSHES_SEEN) this.#pushesMs.shift();
  }

  get leaseMs(): number {
    const sorted = [...this.#pushesMs].sort((a, b) => a - b);
    const usualMs = sorted[Math.floor(sorted.length * 0.75)] ?? LEASE_MS.most;
    return Math.round(Math.min(LEASE_MS.most, Math.max(LEASE_MS.least, LEASE_MS.pushes * usualMs)));
  }

  /** How often the relay has looked for what is due: patience is counted in this, for a machine may be slow. */
  get relayed(): number {
    return this.#relayed;
  }

  /** By the next look. */
  progress(connection: string): Promise<Progress[]> {
    return look(this.db, connection);
  }

  async openLane(lane: LaneOfArena, listener: (worker: WorkerProcess, told: Told) => void): Promise<void> {
    this.#lanes.set(lane.connection, lane);
    this.#listeners.set(lane.connection, listener);
    await this.#tellAll();
  }

  async closeLane(connection: string): Promise<void> {
    this.#lanes.delete(connection);
    this.#listeners.delete(connection);
    this.#traps = this.#traps.filter(({ id }) => !id.startsWith(`${connection}/`));
    await this.#tellAll();
  }

  async setTraps(traps: readonly Trap[]): Promise<void> {
    if (traps.length === 0) return;
    this.#traps = [...this.#traps, ...traps];
    await this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    for (const worker of this.#workers) worker.tell();
    await Promise.all(this.#workers.map((worker) => worker.busy()));
  }

  /** Whether a worker is at one of its hand-offs, or sleeps over one, perhaps. */
  async isBusy(connection: string): Promise<boolean> {
    const answers = await Promise.all(this.#workers.map((worker) => worker.busy()));
    return answers.some((answer) => answer === null || (answer[connection] ?? 0) > 0);
  }

  /** A wake-up may be lost; a twin is one that the queue does not take for the same. */
  async wakeUp(handoffId: string, times: number): Promise<void> {
    for (let turn = 0; turn < times; turn++) {
      const job = times > 1 ? (untwinned as typeof pushOrderJob) : pushOrderJob;
      await this.#queue.add(job, { handoffIds: [handoffId] }).catch(() => undefined);
    }
  }

  async flushQueue(): Promise<void> {
    if (!this.#redis) return this.restartPostgres();
    const redis = new Redis(this.#redis.port, '127.0.0.1');
    redis.on('error', () => undefined);
    await redis.flushall().catch(() => undefined);
    redis.disconnect();
  }

  async restartQueue(downMs: number): Promise<void> {
    const redis = this.#redis;
    if (!redis) return this.restartPostgres();
    await this.#once('queue', async () => {
      const gone = once(redis.server, 'exit');
      redis.server.kill('SIGKILL');
      await gone;
      await sleep(downMs);
      this.#redis = await startRedis(redis.port);
    });
  }

  /** As in a crash: whoever is connected is cut off, nothing is finished. The embedded server comes back by itself, at the same address. */
  async restartPostgres(): Promise<void> {
    await this.#once('database', async () => {
      const { data } = await findPlace(this.#folder);
      const server = await findServer(data);
      if (server) process.kill(server.pid, 'SIGQUIT');
      await untilDone(() => this.db.raw('select 1'), 300_000).catch(async (cause: unknown) => {
        const log = await readFile(path.join(this.#folder, 'postgres.log'), 'utf8').catch(String);
        throw new Error(`PostgreSQL did not come back; its log ends:\n${log.split('\n').slice(-40).join('\n')}`, { cause });
      });
    });
  }

  /** Seeds that take the same server down at the same time do it together. */
  async #once(what: string, restart: () => Promise<void>): Promise<void> {
    const underWay = this.#restarts.get(what) ?? restart().finally(() => this.#restarts.delete(what));
    this.#restarts.set(what, underWay);
    await underWay;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#queue.close();
    await this.#queueBackend.close();
    await this.db.destroy();
    await this.#postgres.close();
    if (this.#redis) {
      const gone = once(this.#redis.server, 'exit');
      this.#redis.server.kill('SIGKILL');
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function startRedis(port?: number): Promise<{ server: ChildProcess; port: number }> {
  const { server, ports } = await spawnRedis(1, ([free]) => ['--port', `${port ?? free}`, '--bind', '127.0.0.1', '--appendonly', 'no']);
  return { server, port: port ?? (ports[0] as number) };
}

/** Tries again for as long as it throws. */
export async function untilDone<Result>(work: () => PromiseLike<Result>, timeoutMs: number): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
