/** The Redis of a test run: the one REDIS_URL names, else one started from what the machine has. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { waitFor } from './wait.ts';

export interface TestRedis {
  readonly url: string;
  /** Removes the keys of the run; stops the server if we started it. */
  stop(prefix: string): Promise<void>;
}

export async function startRedis(givenUrl: string | undefined): Promise<TestRedis | null> {
  if (givenUrl) return { url: givenUrl, stop: (prefix) => removeKeys(givenUrl, prefix) };
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;

  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  await waitFor(() => ask(url, (redis) => redis.ping()));
  return {
    url,
    async stop() {
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  await ask(url, async (redis) => {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  });
}

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
