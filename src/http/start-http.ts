/** Listens, and stops: first nothing new is taken, then what is under way is given its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NeedsOperatorError } from '../errors.ts';
import type { HttpContext } from './http-context.ts';
import { buildServer, type ServerOptions } from './server.ts';

export interface HttpProcess {
  /** Where it listens: http://127.0.0.1:8080. */
  readonly url: string;
  /** `deadline`: some requests were cut off. May be called twice. */
  stop(): Promise<'drained' | 'deadline'>;
}

/** Throws CONFIG_INVALID when the address cannot be had. */
export async function startHttp(context: HttpContext, options: ServerOptions): Promise<HttpProcess> {
  const { http, worker } = context.settings;
  const app = await buildServer(() => context, { publicUrl: http.publicUrl, ...options });
  const url = await app.listen({ host: http.host, port: http.port }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be had (${cause.code ?? cause.message})`;
    throw new NeedsOperatorError('CONFIG_INVALID', `${http.host}:${http.port} ${why}; set http.host and http.port, or KONTOR_HTTP_PORT`, {
      cause,
    });
  });
  let stopped: Promise<'drained' | 'deadline'> | undefined;
  const stop = async () => {
    const drained = app.close().then(() => 'drained' as const);
    const outcome = await Promise.race([drained, sleep(worker.drainMs, 'deadline' as const, { ref: false })]);
    if (outcome === 'deadline') app.server.closeAllConnections();
    return outcome;
  };
  return {
    url,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The document of the interface; asks for no database. */
export async function openApiDocument(version: string): Promise<object> {
  const app = await buildServer(
    () => {
      throw new TypeError('nothing is lent to a server that only describes itself');
    },
    { version },
  );
  return app.swagger();
}
