/** One line per request: which route, not which address, since addresses hold references and tokens of people. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpServer } from './desk.ts';
import type { Lend } from './http-context.ts';

const GIVEN_ID = /^[\w.-]{1,64}$/;

/** The caller's own, where it has one that may be written anywhere. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID();
}

export function logRequests(app: HttpServer, lend: Lend): void {
  app.addHook('onResponse', async (request, reply) => {
    const { url: route, config } = request.routeOptions;
    const facts = {
      requestId: request.id,
      method: request.method,
      route: route ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(request.key && { key: request.key.name }),
    };
    const { log } = lend();
    if (config.isProbe) log.debug(facts, 'request');
    else log.info(facts, 'request');
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked every few seconds, by machines. */
    isProbe?: boolean;
  }
}
