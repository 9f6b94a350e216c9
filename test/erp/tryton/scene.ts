/** A connection to the real Tryton, straight or through a proxy where accidents happen, and what tests do there as its users would. */
import { inject, onTestFinished } from 'vitest';
import { tryton } from '../../../connectors/tryton/index.ts';
import type { TrytonSettings } from '../../../connectors/tryton/settings.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../../src/config/settings.ts';
import type { Json } from '../../../src/connector/contract.ts';
import type { Border, Pass } from '../../../src/connector/http/border.ts';
import { memoryBorder } from '../../../src/connector/http/memory-border.ts';
import { openSession } from '../../../src/connector/open-session.ts';
import type { Session } from '../../../src/connector/session.ts';
import { type AccidentProxy, startAccidentProxy } from '../../simulator/accident-proxy.ts';
import type { TrytonTold } from './start.ts';

export function told(): TrytonTold | undefined {
  return inject('peers').tryton as TrytonTold | undefined;
}

export function realTryton(): TrytonTold {
  const peer = told();
  if (!peer) throw new Error('there is no Tryton; the test should have been skipped');
  return peer;
}

export interface Scene {
  readonly settings: Record<string, unknown>;
  readonly session: Session<TrytonSettings>;
  /** Any method, as the same user or another, straight to the server. Throws what the server says. */
  rpc(method: string, params: Json[], options?: { readonly as?: { user: string; password: string } }): Promise<unknown>;
}

/** Lets every request pass at once: here it is counted what arrives; how long limits and breakers wait is tested elsewhere. */
const AT_ONCE: Pass = { waitMs: 0, closed: async () => null, leave: async () => {} };
export const IMPATIENT: Border = { ...memoryBorder(), gates: { enter: async () => AT_ONCE } };

/** `url`: of a proxy. */
export function trytonScene({ url, ...more }: { url?: string } & Record<string, unknown> = {}): Scene {
  const peer = realTryton();
  const settings = { ...peer.settings, ...(url === undefined ? {} : { url }), ...more };
  const config = tryton.config.parse(settings);
  const request = { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => new Date() };
  return { settings, session: openSession(tryton, request, IMPATIENT), rpc };
}

const CONTEXT = { company: 1, active_test: false, language: 'en' };

/** Basic proof with every call: no session that could end. */
async function rpc(method: string, params: Json[], { as }: { as?: { user: string; password: string } } = {}): Promise<unknown> {
  const { url, database, user, password } = realTryton().settings;
  const proof = as ?? { user: String(user), password: String(password) };
  const answer = await fetch(`${String(url)}/${String(database)}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${proof.user}:${proof.password}`).toString('base64')}`,
    },
    body: JSON.stringify({ id: 1, method, params: [...params, CONTEXT] }),
  });
  const { result, error } = (await answer.json()) as { result?: unknown; error?: unknown };
  if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error).slice(0, 500)}`);
  return result;
}

const WRITES = /\.(create|write|delete|quote|confirm|process)$/;

export async function proxied(): Promise<AccidentProxy> {
  const proxy = await startAccidentProxy({
    target: String(realTryton().settings.url),
    isWrite: (request) => WRITES.test(String((request.json() as { method?: unknown }).method)),
    errorInside: () => ({ status: 200, json: { id: 1, error: ['could not serialize access due to concurrent update\n', ''] } }),
  });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Reads the parties whose code begins so, and what belongs to them. */
export function connectionOf(settings: Record<string, unknown>, prefix = ''): ConnectionSettings {
  return {
    name: 'erp',
    connector: 'tryton',
    settings,
    formats: DEFAULT_FORMATS,
    entities: [
      { entity: 'account', read: { parentRelation: 'is a unit of', domain: [['code', 'like', `${prefix}%`]] }, mapping: {} as never },
      { entity: 'contact', read: { domain: [['party.code', 'like', `${prefix}%`]] }, mapping: {} as never },
      { entity: 'address', read: { domain: [['party.code', 'like', `${prefix}%`]] }, mapping: {} as never },
      { entity: 'price', read: {}, mapping: {} as never },
      { entity: 'stock', read: {}, mapping: {} as never },
    ],
    schedule: null,
    guards: DEFAULT_GUARDS,
  };
}
