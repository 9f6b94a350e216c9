/** From settings to one ioredis client: a single server, Sentinel or Cluster, with or without TLS. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { RedisSettings } from '../config/settings.ts';

const DEFAULT_PORT = 6379;

/** Reconnects for ever; BullMQ makes a second connection from it for each worker that blocks. */
export function connectRedis(settings: RedisSettings): Redis | Cluster {
  if (settings.sentinels)
    return new Redis({ ...credentials(settings), ...sentinelOptions(settings.sentinels, settings.tls), ...persistence });
  if (settings.cluster) return new Cluster([address(settings)], clusterOptions(settings));
  return new Redis({ ...address(settings), ...credentials(settings), ...persistence });
}

/** In a Cluster every key of a queue must lie in one slot: the braces make the prefix the part that is hashed. */
export function keyPrefix({ prefix, cluster }: RedisSettings): string {
  return cluster && !/\{.+\}/.test(prefix) ? `{${prefix}}` : prefix;
}

export function describeRedis(settings: RedisSettings): string {
  if (settings.sentinels) return `Redis ${settings.sentinels.name} (Sentinel)`;
  const { host, port } = address(settings);
  return `Redis ${host}:${port}${settings.cluster ? ' (Cluster)' : ''}`;
}

const persistence = {
  // BullMQ demands it of workers: a command waits for the connection; our own callers bound the wait.
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(times * 200, 5_000),
} satisfies RedisOptions;

function clusterOptions(settings: RedisSettings) {
  const { db: _none, ...login } = credentials(settings);
  return {
    redisOptions: { ...login, maxRetriesPerRequest: null },
    clusterRetryStrategy: persistence.retryStrategy,
    // Certificates carry names; resolved addresses would not match them.
    ...(login.tls && { dnsLookup: keepName }),
  } satisfies ClusterOptions;
}

function sentinelOptions(named: NonNullable<RedisSettings['sentinels']>, tls: RedisSettings['tls']) {
  return {
    name: named.name,
    sentinels: named.nodes.map((node) => ({ ...node })),
    ...(named.password !== undefined && { sentinelPassword: named.password }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  } satisfies RedisOptions;
}

const keepName: NonNullable<ClusterOptions['dnsLookup']> = (host, done) => done(null, host);

function address({ url }: RedisSettings): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port) || DEFAULT_PORT };
}

function credentials({ url, tls }: RedisSettings): Pick<RedisOptions, 'username' | 'password' | 'db' | 'tls'> {
  if (!URL.canParse(url)) return tls ? { tls } : {};
  const { protocol, username, password, pathname } = new URL(url);
  const db = Number(pathname.slice(1));
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(db > 0 && { db }),
    ...((tls || protocol === 'rediss:') && { tls: tls ?? {} }),
  };
}
