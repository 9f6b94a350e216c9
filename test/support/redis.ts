/** The Redis of a test run: the one REDIS_URL names, else one started from what the machine has. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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

  const { server, ports } = await spawnRedis(1, ([port]) => ['--port', `${port}`, '--bind', '127.0.0.1', '--appendonly', 'no']);
  const url = `redis://127.0.0.1:${ports[0]}`;
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

/**
 * A redis-server on ports that were free a moment ago, listening. Another program may take one before the server binds it:
 * then it ends at once, and other ports are tried.
 */
export async function spawnRedis(
  portCount: number,
  argsFor: (ports: number[]) => string[] | Promise<string[]>,
  folder = tmpdir(),
): Promise<{ server: ChildProcess; ports: number[] }> {
  let said = '';
  for (let turn = 0; turn < 10; turn += 1) {
    const ports = await freePorts(portCount);
    const args = [...(await argsFor(ports)), '--save', '', '--dir', folder];
    const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    said = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
    });
    const ended = once(server, 'exit');
    await waitFor(() => LISTENS.test(said) || server.exitCode !== null);
    if (server.exitCode === null) return { server, ports };
    await ended;
  }
  throw new Error(`redis-server does not start: ${said}`);
}

/** What a server, and a sentinel, write when their ports are bound. */
const LISTENS = /Ready to accept connections|Sentinel (ID|runid) is/;

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

/** Held all at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(holders.map((holder) => once(holder, 'listening')));
  const ports = holders.map((holder) => {
    const address = holder.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    return address.port;
  });
  await Promise.all(holders.map((holder) => once(holder.close(), 'close')));
  return ports;
}
