import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RedisSettings } from '../../src/config/settings.ts';
import { defineJob } from '../../src/queue/define-job.ts';
import { spawnRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';
import { openQueues } from './queues.ts';

const has = (command: string, flag: string) => spawnSync(command, [flag]).status === 0;

/** The ways a company runs Redis, each with a server of its own. */
describe.skipIf(!has('redis-server', '--version'))('jobs run through a Redis', () => {
  let folder: string;
  const servers: ChildProcess[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kontor-topologies-'));
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    for (const server of servers.splice(0)) {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function serve(portCount: number, args: (ports: number[]) => string[] | Promise<string[]>): Promise<number[]> {
    const { server, ports } = await spawnRedis(portCount, args, folder);
    servers.push(server);
    return ports;
  }

  async function connect(probe: { port: number; tls?: { ca: string } }): Promise<Redis> {
    const client = new Redis({ host: '127.0.0.1', ...probe, retryStrategy: () => 50 });
    client.on('error', () => undefined);
    closers.push(async () => client.disconnect());
    await waitFor(() => client.ping());
    return client;
  }

  async function jobRuns(settings: Omit<RedisSettings, 'prefix'>): Promise<string[]> {
    const { queue, start } = await openQueues({ kind: 'redis', redis: { ...settings, prefix: 'kontor' } }, closers);
    const handled: string[] = [];
    const job = defineJob({
      name: 'letter',
      payload: z.object({ id: z.string() }),
      retry: { attempts: 1, firstDelayMs: 10 },
      dedupe: ({ id }) => id,
      async handle({ id }) {
        handled.push(id);
        return undefined;
      },
    });
    await queue.addMany(job, [{ id: 'a' }, { id: 'b' }]);
    await start([job]);
    await queue.add(job, { id: 'c' });
    await waitFor(() => handled.length === 3);
    return handled.sort();
  }

  it('Cluster', async () => {
    const cluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
    const [port = 0] = await serve(2, ([own, bus]) => ['--port', `${own}`, '--cluster-port', `${bus}`, ...cluster]);
    const node = await connect({ port });
    await node.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await waitFor(async () => String(await node.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    expect(await jobRuns({ url: `redis://127.0.0.1:${port}`, cluster: true })).toEqual(['a', 'b', 'c']);
    expect((await node.keys('*')).filter((key) => !key.startsWith('{kontor}:'))).toEqual([]);
  });

  it('Sentinel, with a password on the data node', async () => {
    const [port] = await serve(1, ([own]) => ['--port', `${own}`, '--requirepass', 'data']);
    const config = path.join(folder, 'sentinel.conf');
    const [sentinelPort = 0] = await serve(1, async ([own]) => {
      await writeFile(config, `port ${own}\nsentinel monitor kontor 127.0.0.1 ${port} 1\nsentinel auth-pass kontor data\n`);
      return [config, '--sentinel'];
    });
    await connect({ port: sentinelPort });
    const sentinels = { name: 'kontor', nodes: [{ host: '127.0.0.1', port: sentinelPort }] };
    expect(await jobRuns({ url: 'redis://:data@ignored', cluster: false, sentinels })).toEqual(['a', 'b', 'c']);
  });

  it.skipIf(!has('openssl', 'version'))('TLS, with an authority of our own and a user', async () => {
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '1'];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject]);
    const ca = await readFile(cert, 'utf8');
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no'];
    const [port = 0] = await serve(1, ([own]) => ['--port', '0', '--tls-port', `${own}`, ...files]);
    const node = await connect({ port, tls: { ca } });
    await node.call('ACL', 'SETUSER', 'clerk', 'on', '>p@ss', '~*', '&*', '+@all');
    expect(await jobRuns({ url: `rediss://clerk:p%40ss@localhost:${port}/2`, cluster: false, tls: { ca } })).toEqual(['a', 'b', 'c']);
    expect(await node.call('INFO', 'keyspace')).toMatch(/db2:/);
  });
});
