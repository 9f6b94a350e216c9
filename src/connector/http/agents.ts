/** Kept connections: direct or through a proxy, with the certificates of the connection. */
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import * as nodeTls from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import type { TransportSettings } from './types.ts';

/**
 * A connection that rests longer is closed by us: most servers close after five seconds or more, and a request that meets
 * the closing is lost, or worse, a write of which nobody knows.
 */
const IDLE_MS = 4_000;

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** To be given to every https request: agents for proxies forget theirs. */
  readonly certificates: SecureContextOptions & { readonly servername?: string };
}

/** Requests at a time to one system, where nothing else is said. */
export function connectionsFor({ limits }: TransportSettings): number {
  return Math.max(4, limits?.concurrency ?? 0);
}

export function openAgents(url: string, settings: TransportSettings): Agents {
  const { proxy, tls } = settings;
  const kept: AgentOptions = { keepAlive: true, maxSockets: connectionsFor(settings), scheduling: 'lifo', timeout: IDLE_MS };
  const certificates = {
    ...(tls?.ca === undefined ? {} : { ca: [...usualAuthorities(), tls.ca] }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  const via = proxy ?? getProxyForUrl(url);
  if (via === '') return { http: new HttpAgent(kept), https: new HttpsAgent({ ...kept }), certificates };
  return {
    http: new HttpProxyAgent(via, kept) as unknown as HttpAgent,
    https: new HttpsProxyAgent(via, kept) as unknown as HttpsAgent,
    certificates,
  };
}

/** Node replaces its list by `ca`; an own authority comes besides. Newer versions also tell those of NODE_EXTRA_CA_CERTS. */
function usualAuthorities(): readonly string[] {
  const newer = nodeTls as { getCACertificates?: (type: 'default') => string[] };
  return newer.getCACertificates?.('default') ?? nodeTls.rootCertificates;
}
