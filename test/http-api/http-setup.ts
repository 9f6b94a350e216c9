/** The HTTP interface on a port of its own, over the customer of order-setup.ts, spoken to over real sockets. */
import { onTestFinished } from 'vitest';
import { createLog } from '../../src/cli/log.ts';
import { SecretValues } from '../../src/config/secrets.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../src/config/settings.ts';
import type { HttpContext } from '../../src/http/http-context.ts';
import { type HttpProcess, startHttp } from '../../src/http/start-http.ts';
import { loadCatalogues } from '../../src/notify/template-files.ts';
import { openBackend } from '../../src/queue/backend.ts';
import { type JobQueue, openQueue } from '../../src/queue/open-queue.ts';
import { API_SCOPES, type ApiScope, createApiKey } from '../../src/store/api-keys.ts';
import { type OrdersSetup, type SetupChange, setupOrders } from '../flows/order-setup.ts';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests ask for what they expect
  body: any;
  text: string;
}

export interface Asked {
  key?: string | undefined;
  /** Sent as JSON, unless it is a text. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface HttpSetup extends OrdersSetup {
  server: HttpProcess;
  queue: JobQueue;
  /** Facts of the log so far. */
  log: Array<Record<string, unknown>>;
  /** With every scope but orders:all, unless said otherwise. */
  key(name: string, scopes?: readonly ApiScope[], change?: { origin?: string; expiresAt?: Date }): Promise<string>;
  ask(method: string, path: string, asked?: Asked): Promise<Answer>;
}

export const OWN_SCOPES = (Object.keys(API_SCOPES) as ApiScope[]).filter((scope) => scope !== 'orders:all');

export interface HttpChange extends SetupChange {
  /** Takes the place of parts of what the server is lent. */
  readonly queue?: Partial<JobQueue>;
}

/** Everything ends with the test. */
export async function setupHttp(change: HttpChange = {}): Promise<HttpSetup> {
  const setup = await setupOrders({ connections: [connection('erp'), connection('crm')], ...change, http: { port: 0, ...change.http } });
  const backend = await openBackend({ kind: 'postgres', url: setup.url });
  const queue = openQueue(backend);
  const log: HttpSetup['log'] = [];
  const lines = createLog('debug', new SecretValues(), { write: (line) => void log.push(JSON.parse(line)) });
  const context: HttpContext = {
    db: setup.db,
    settings: setup.settings,
    queue: { ...queue, ...change.queue },
    log: lines,
    catalogues: await loadCatalogues(setup.settings),
    now: () => setup.clock.now,
  };
  const server = await startHttp(context, { version: '0.0.0' });
  onTestFinished(async () => {
    await server.stop();
    await queue.close();
    await backend.close();
    // Not with the file: the pools of all its tests would hold more connections than the server has.
    await setup.db.destroy();
  });
  return {
    ...setup,
    server,
    queue,
    log,
    async key(name, scopes = OWN_SCOPES, { origin = name, expiresAt } = {}) {
      const { secret } = await createApiKey(setup.db, { name, origin, scopes, expiresAt: expiresAt ?? null }, setup.clock.now);
      return secret;
    },
    ask: (method, path, asked) => ask(`${server.url}${path}`, method, asked),
  };
}

export async function ask(url: string, method: string, { key, body, headers = {} }: Asked = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json');
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

function connection(name: string): ConnectionSettings {
  const entities = (['account', 'contact'] as const).map((entity) => ({ entity, read: {}, mapping: {} }));
  return { name, connector: 'odoo', settings: {}, formats: DEFAULT_FORMATS, entities, schedule: null, guards: DEFAULT_GUARDS };
}
