import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { slotLedger, type TickContext, tickJob } from '../../jobs/tick.ts';
import { openBackend, type QueueAccess } from '../../src/queue/backend.ts';
import { defineJob, type Job, type QueuedJob } from '../../src/queue/define-job.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import { syncSchedules } from '../../src/store/slots.ts';
import { createTestDatabase } from '../support/database.ts';
import { startRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { openQueues } from './queues.ts';

// Its own server, because these tests flush and stop it; one that REDIS_URL names is never touched.
const redis = await startRedis(undefined);
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(async () => {
  await redis?.stop('');
});

const redisAt = (url: string): QueueAccess => ({ kind: 'redis', redis: { url, cluster: false, prefix: 'outages' } });
const letter = defineJob({
  name: 'letter',
  payload: z.object({ id: z.string() }),
  retry: { attempts: 1, firstDelayMs: 10 },
  handle: async () => undefined,
});

describe('a queue that cannot be reached', () => {
  let servers: { server: Server; sockets: Set<Socket> }[] = [];
  afterEach(() => {
    for (const { server, sockets } of servers) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
    servers = [];
  });

  /** Accepts connections and says nothing: what a hung server looks like. */
  async function blackHole(): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push({ server, sockets });
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  it.each<[string, QueueAccess, RegExp]>([
    ['Redis', redisAt('redis://:secret@127.0.0.1:1'), /Redis 127\.0\.0\.1:1.*ECONNREFUSED.*REDIS_URL/],
    [
      'PostgreSQL',
      { kind: 'postgres', url: 'postgres://me:secret@127.0.0.1:1/kontor' },
      /PostgreSQL 127\.0\.0\.1:1.*ECONNREFUSED.*DATABASE_URL/,
    ],
  ])('says where it is and what to do when nothing listens (%s)', async (_kind, access, message) => {
    const opening = openBackend(access, { connectTimeoutMs: 4_000 });
    await expect(opening).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE', message: expect.stringMatching(message) });
    await expect(opening).rejects.not.toThrow(/secret/);
  });

  it.each(['redis', 'postgres'] as const)('gives up in time when the server is hung (%s)', async (kind) => {
    const port = await blackHole();
    const access: QueueAccess =
      kind === 'redis' ? redisAt(`redis://127.0.0.1:${port}`) : { kind, url: `postgres://me@127.0.0.1:${port}/kontor` };
    await expect(openBackend(access, { connectTimeoutMs: 300 })).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
  });
});

describe.skipIf(!redis)('a Redis that stops while we work', () => {
  it('makes adding fail in time instead of hanging', async () => {
    const mortal = await startRedis(undefined);
    const backend = await openBackend(redisAt(mortal?.url ?? ''));
    const queue = openQueue(backend, { timeoutMs: 300 });
    closers.push(
      () => backend.close(),
      () => queue.close(),
    );
    // A loaded machine may need more than one try to be in time.
    await waitFor(() => queue.add(letter, { id: 'before' }));
    await mortal?.stop('');
    await expect(queue.add(letter, { id: 'after' })).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
  });
});

describe('a worker whose connections are cut', () => {
  const cuts: [string, boolean, () => Promise<{ access: QueueAccess; cut(): Promise<unknown> }>][] = [
    [
      'PostgreSQL',
      true,
      async () => {
        const { db, url, name } = await createTestDatabase();
        const cut = () =>
          db.raw("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kontor-queue' and datname = ?", [name]);
        return { access: { kind: 'postgres', url }, cut };
      },
    ],
    ['Redis', redis !== null, async () => ({ access: redisAt(redis?.url ?? ''), cut: () => tell('CLIENT', 'KILL', 'TYPE', 'normal') })],
  ];
  for (const [kind, present, prepare] of cuts) {
    it.skipIf(!present)(`goes on by itself (${kind})`, async () => {
      const { access, cut } = await prepare();
      const { queue, start } = await openQueues(access, closers);
      const seen: string[] = [];
      const job = defineJob({
        name: 'go-on',
        payload: z.object({ id: z.string() }),
        retry: { attempts: 3, firstDelayMs: 10 },
        async handle({ id }) {
          seen.push(id);
          return undefined;
        },
      });
      await start([job]);
      await queue.add(job, { id: 'before' });
      await waitFor(() => seen.length === 1);
      await cut();
      await waitFor(() => queue.add(job, { id: 'after' }));
      await waitFor(() => seen.includes('after'));
      expect(seen[0]).toBe('before');
    });
  }
});

describe.skipIf(!redis)('losing every key of the queue', () => {
  it('loses nothing: the slot whose job was lost is served, and the next ones too', async () => {
    const { db } = await createTestDatabase();
    const { queue, start } = await openQueues(redisAt(redis?.url ?? ''), closers);
    const served: string[] = [];
    const pull = defineJob({
      name: 'pull-anew',
      payload: z.object({ connection: z.string() }),
      retry: { attempts: 1, firstDelayMs: 10 },
      async handle({ connection }) {
        served.push(connection);
        return undefined;
      },
    });
    let clock = new Date('2026-01-02T06:00:01Z');
    const now = () => clock;
    await syncSchedules(
      db,
      [{ name: 'crm', cron: '0 6 * * *', zone: 'UTC', catchUp: 'all', jobName: pull.name, payload: { connection: 'crm' } }],
      new Date('2026-01-01T12:00Z'),
    );
    const everyJob: readonly Job<unknown, TickContext>[] = [pull, { ...tickJob, everyMs: 100 }];
    const jobNamed = (name: string) => everyJob.find((job) => job.name === name) as QueuedJob<unknown> | undefined;
    const options = {
      now,
      slots: slotLedger(db, queue, now),
      context: (base: object) => ({ ...base, db, queue, jobNamed }) as TickContext,
    };

    // Only the tick works yet, so that the job of the slot lies on the queue when the keys are lost.
    await start(everyJob.slice(1), options);
    await waitFor(async () => (await queue.counts(pull.name)).waiting === 1);
    await tell('FLUSHALL');
    expect(await queue.counts(pull.name)).toMatchObject({ waiting: 0 });

    await start(everyJob, options);
    clock = new Date('2026-01-02T06:05:00Z');
    const isDone = async (slots: number) => (await db('slots').where({ state: 'done' })).length === slots;
    await waitFor(() => isDone(1));
    await tell('FLUSHALL');
    clock = new Date('2026-01-03T06:00:01Z');
    await waitFor(() => isDone(2));
    expect(served).toEqual(['crm', 'crm']);
  });
});

async function tell(command: string, ...args: string[]): Promise<void> {
  const client = new Redis(redis?.url ?? '');
  await client.call(command, ...args);
  client.disconnect();
}
