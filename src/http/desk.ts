/** The server as its parts know it, and what the groups of routes are built with. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Lend } from './http-context.ts';
import type { Waker } from './wake.ts';

export type HttpServer = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What the groups of routes are built with. */
export interface Desk {
  readonly lend: Lend;
  readonly wake: Waker;
  isStopping(): boolean;
}
