/** A simulated system as a real HTTP server: a dialect's answers, the world's clock, and the accidents in between. */
import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Accident, type AccidentName, Accidents } from './accidents.ts';
import { answerWith } from './commit-accident.ts';
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from './dialect.ts';
import { readRequest } from './read-request.ts';
import type { World } from './world.ts';

export * from './accidents.ts';
export * from './dialect.ts';

export interface SimulatorOptions {
  world: World;
  /** 50 if absent: a few seeded accounts are several pages. */
  pageSize?: number;
  /** Every answer takes so long, 0 if absent: for tests of concurrency. */
  latencyMs?: number;
}

/** One request as it came, in order of arrival. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  /** The query as sent, without "?". */
  readonly query: string;
  readonly on: 'read' | 'write';
  /** By the system's clock. */
  readonly at: Date;
  /** Requests that were being answered at that moment, this one included. */
  readonly atOnce: number;
  accident?: AccidentName;
  /** As sent; absent as long as, or because, no status was. */
  status?: number;
}

export interface Simulator {
  /** "http://127.0.0.1:PORT", no slash at the end. */
  readonly url: string;
  /** Of a connection that reaches it: the dialect's own. */
  readonly settings: Record<string, unknown>;
  readonly dialect: Dialect;
  readonly world: World;
  readonly accidents: Accidents;
  readonly requests: Seen[];
  /** Ends every connection. Throws what a dialect threw that was no `Refusal`: a bug of the simulator. Safe to repeat. */
  close(): Promise<void>;
}

/** Starts the dialect on a free port of 127.0.0.1. Close it in `afterEach`. */
export async function startSimulator(dialect: Dialect, { world, pageSize = 50, latencyMs = 0 }: SimulatorOptions): Promise<Simulator> {
  const accidents = new Accidents();
  const requests: Seen[] = [];
  const bugs: unknown[] = [];
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  // Every request that waits listens to it.
  setMaxListeners(0, closing.signal);

  /** `undefined`: the client left in the middle of its request. */
  const arrive = async (
    incoming: IncomingMessage,
  ): Promise<{ request: SimRequest; seen: Seen; accident: Accident | undefined } | undefined> => {
    const request = await readRequest(incoming).catch(() => undefined);
    if (!request) return undefined;
    const on = isWrite(dialect, request, bugs) ? 'write' : 'read';
    const query = (incoming.url ?? '').split('?').slice(1).join('?');
    const at = world.now();
    const seen: Seen = { method: request.method, path: request.path, query, on, at, atOnce: underWay.size };
    requests.push(seen);
    const accident = accidents.take(request, on, at);
    if (accident) seen.accident = accident.name;
    return { request, seen, accident };
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const arrived = await arrive(incoming);
    if (!arrived) return;
    const { request, seen, accident } = arrived;
    if (latencyMs > 0) await wait(latencyMs, undefined, { signal: closing.signal });
    await answerWith(accident, {
      outgoing,
      dialect,
      world,
      handle: () => handle(dialect, request, world, { pageSize, url }, bugs),
      onStatus: (status) => {
        seen.status = status;
      },
    });
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const done = answer(incoming, outgoing)
      .catch((error: unknown) => {
        if (!closing.signal.aborted) bugs.push(error);
        outgoing.destroy();
      })
      .finally(() => underWay.delete(done));
    underWay.add(done);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const close = async (): Promise<void> => {
    closing.abort();
    if (server.listening) {
      server.close();
      server.closeAllConnections();
    }
    await Promise.all(underWay);
    if (bugs.length > 0) throw new AggregateError(bugs, `The dialect ${dialect.name} has a bug: ${String(bugs[0])}`);
  };
  return { url, settings: dialect.settings(url), dialect, world, accidents, requests, close };
}

/** A body that cannot be read changes nothing; `handle` will refuse it. */
function isWrite(dialect: Dialect, request: SimRequest, bugs: unknown[]): boolean {
  try {
    return dialect.isWrite(request);
  } catch (error) {
    if (!(error instanceof Refusal)) bugs.push(error);
    return false;
  }
}

async function handle(dialect: Dialect, request: SimRequest, world: World, context: SimContext, bugs: unknown[]): Promise<SimAnswer> {
  try {
    return await dialect.handle(request, world, context);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    bugs.push(error);
    return { status: 500, text: `The simulator's dialect ${dialect.name} has a bug: ${String(error)}` };
  }
}
