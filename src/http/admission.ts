/** Who may use a route: every one names its scope, or says that it is open. Nothing of a body is read before. */
import type { FastifyRequest } from 'fastify';
import { NeedsOperatorError } from '../errors.ts';
import { type ApiKey, type ApiScope, admitApiKey } from '../store/api-keys.ts';
import type { HttpServer } from './desk.ts';
import type { Lend } from './http-context.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: ApiScope | 'open';
  }
  interface FastifyRequest {
    key: ApiKey | null;
  }
}

export function admitByKey(app: HttpServer, lend: Lend): void {
  app.decorateRequest('key', null);
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.scope === undefined) throw new TypeError(`route ${method} ${url} names no scope; \`open\` is one`);
  });
  app.addHook('onRequest', async (request) => {
    const { scope = 'open' } = request.routeOptions.config;
    if (scope === 'open') return;
    const { db, now } = lend();
    const key = await admitApiKey(db, presentedKey(request), now());
    if (!key.scopes.includes(scope)) {
      throw new NeedsOperatorError('NOT_ALLOWED', `the API key "${key.name}" lacks the scope ${scope}; make one that has it`, {
        details: { scope },
      });
    }
    request.key = key;
  });
}

function presentedKey({ headers: { authorization } }: FastifyRequest): string {
  const [, key] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (key !== undefined) return key;
  throw new NeedsOperatorError('KEY_REFUSED', 'the request shows no API key; send one as `authorization: Bearer kontor_...`');
}

/** Of a route that names a scope. */
export function keyOf({ key }: FastifyRequest): ApiKey {
  if (!key) throw new TypeError('a route without a scope asks for the key');
  return key;
}

/** The origin whose orders a key may see and touch; `null` for all. */
export function originOf(key: ApiKey): string | null {
  return key.scopes.includes('orders:all') ? null : key.origin;
}

/** Who vouches that a person said something here. */
export function channelOf(request: FastifyRequest): string {
  return `http:${keyOf(request).name}`;
}
