/** A system whose API keys end on a day. Who has a good one makes more of them, and ends any. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RotatingKeyLogin } from '../../src/connector/http/types.ts';

const DAY_MS = 86_400_000;

export interface KeyServer {
  readonly url: string;
  /** Key -> when it ends. */
  readonly keys: Map<string, Date>;
  /** "GET /data by first", in order. */
  readonly asked: string[];
  readonly clock: { at: Date };
  /** As a connector would write it. */
  readonly login: RotatingKeyLogin;
  /** What the making of keys answers instead. */
  refusal: { status: number } | null;
  close(): Promise<void>;
}

export async function startKeyServer(): Promise<KeyServer> {
  const clock = { at: new Date('2026-03-02T08:00:00Z') };
  const keys = new Map([['first', new Date(clock.at.getTime() + 90 * DAY_MS)]]);
  const asked: string[] = [];
  let made = 0;
  const isGood = (key: string) => (keys.get(key)?.getTime() ?? 0) > clock.at.getTime();
  const answerTo = (method: string, path: string, by: string): { status: number; body?: object } => {
    if (!isGood(by)) return { status: 401 };
    if (method === 'POST') {
      if (server.refusal) return server.refusal;
      made += 1;
      const endsAt = new Date(clock.at.getTime() + 90 * DAY_MS);
      keys.set(`made-${made}`, endsAt);
      return { status: 200, body: { key: `made-${made}`, endsAt } };
    }
    if (method === 'DELETE') return { status: keys.delete(path.split('/')[2] ?? '') ? 200 : 404 };
    return { status: 200, body: path === '/end' ? { endsAt: keys.get(by) } : { rows: [1] } };
  };
  const listener = createServer((incoming, outgoing) => {
    const [method, path, by] = [incoming.method ?? '', incoming.url ?? '', String(incoming.headers['x-key'])];
    asked.push(`${method} ${path} by ${by}`);
    const { status, body = {} } = answerTo(method, path, by);
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(body));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server: KeyServer = {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    keys,
    asked,
    clock,
    login: LOGIN,
    refusal: null,
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return server;
}

const LOGIN: RotatingKeyLogin = {
  kind: 'rotating-key',
  key: 'first',
  headers: (key) => ({ 'x-key': key }),
  renewBeforeMs: 30 * DAY_MS,
  async endOf(http) {
    const { json } = await http.send({ path: 'end' });
    return new Date((json as { endsAt: string }).endsAt);
  },
  async renew(http) {
    const { json } = await http.send({ method: 'POST', path: 'keys' });
    const { key, endsAt } = json as { key: string; endsAt: string };
    return { key, endsAt: new Date(endsAt) };
  },
  async retire(http, old) {
    await http.send({ method: 'DELETE', path: `keys/${old}` });
  },
};
