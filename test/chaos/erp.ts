/** A simulated ERP that keeps its ledger while its server goes down and comes back on the same port, and shows what was made only after a while. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerWith, type Exchange } from '../simulator/commit-accident.ts';
import { type Dialect, Refusal, type SimAnswer, type SimRequest } from '../simulator/dialect.ts';
import { readRequest } from '../simulator/read-request.ts';
import { encode, sendAnswer } from '../simulator/send-answer.ts';
import type { World, WorldOrder } from '../simulator/world.ts';
import { isOwn, type MishapName, type Mishaps, type OwnMishap } from './mishaps.ts';

export interface ErpOptions {
  readonly dialect: Dialect;
  readonly world: World;
  readonly mishaps: Mishaps;
  readonly lagMs: number;
  readonly latencyMs: number;
  readonly isPosted: boolean;
}

const DOWN_MS = 400;
const TIMEOUT_SECONDS = 2;
/** How long people need to post an order. */
const POST_AFTER_MS = 150;

export class Erp {
  readonly #options: ErpOptions;
  readonly #bugs: unknown[] = [];
  readonly #closing = new AbortController();
  /** Orders that took so long to be made that their lag is over by then. */
  readonly #seenAtOnce = new Set<string>();
  #server: Server | undefined;
  #port = 0;

  constructor(options: ErpOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get settings(): Record<string, unknown> {
    return { ...this.#options.dialect.settings(this.url), timeoutSeconds: TIMEOUT_SECONDS };
  }

  get world(): World {
    return this.#options.world;
  }

  async open(): Promise<this> {
    const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
      this.#answer(incoming, outgoing).catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#bugs.push(error);
        outgoing.destroy();
      });
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Throws what was a bug of the simulator. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#goDown();
    if (this.#bugs.length > 0) throw new AggregateError(this.#bugs, `the simulated ERP has a bug: ${String(this.#bugs[0])}`);
  }

  #goDown(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }

  #restart(): void {
    if (!this.#server) return;
    this.#goDown();
    sleep(DOWN_MS, undefined, { signal: this.#closing.signal })
      .then(() => this.open())
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#bugs.push(error);
      });
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { dialect, world, mishaps, latencyMs } = this.#options;
    const request = await readRequest(incoming).catch(() => undefined);
    if (!request) return;
    const isWrite = dialect.isWrite(request);
    const mishap = mishaps.take(isWrite ? 'write' : 'read');
    if (latencyMs > 0) await sleep(latencyMs * (0.5 + Math.random()));
    const exchange: Exchange = { outgoing, dialect, world, handle: () => this.#handle(request, isWrite), onStatus: () => undefined };
    if (mishap && isOwn(mishap)) return this.#befall(mishap, exchange);
    return answerWith(mishap && accident(mishap), exchange);
  }

  async #befall(mishap: OwnMishap, { outgoing, world, handle }: Exchange): Promise<void> {
    switch (mishap) {
      case 'taken, then 500':
        await handle();
        return sendAnswer(outgoing, encode({ status: 500, text: 'Internal error' }), world.now());
      case 'silence before it':
        return left(outgoing);
      case 'silence after it':
        await handle();
        return left(outgoing);
      case 'taken late': {
        const { lagMs } = this.#options;
        // Whoever sleeps does not hang up; that makes no system wait.
        await Promise.race([left(outgoing), sleep(TIMEOUT_SECONDS * 1_000)]);
        const leftMs = performance.now();
        await sleep(lagMs / 2);
        // On a busy machine it may be too late by now to keep what was declared.
        if (performance.now() - leftMs > lagMs * 0.9) return;
        const before = new Set(world.rows('order').map(({ id }) => id));
        await handle();
        for (const { id } of world.rows('order')) if (!before.has(id)) this.#seenAtOnce.add(id);
        return;
      }
      case 'restart before it':
        return this.#restart();
      case 'restart after it':
        await handle();
        return this.#restart();
    }
  }

  async #handle(request: SimRequest, isWrite: boolean): Promise<SimAnswer> {
    const { dialect, world } = this.#options;
    try {
      const answer = await dialect.handle(request, isWrite ? world : this.#asSeen(), { pageSize: 50, url: this.url });
      if (isWrite) this.#postLater();
      return answer;
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      this.#bugs.push(error);
      return { status: 500, text: `the simulator has a bug: ${String(error)}` };
    }
  }

  /** The ledger without what is too young to be seen. */
  #asSeen(): World {
    const { world, lagMs } = this.#options;
    if (lagMs === 0) return world;
    const isSeen = ({ id, bornAt }: WorldOrder) => this.#seenAtOnce.has(id) || world.clock.now().getTime() - bornAt.getTime() >= lagMs;
    const seen: Partial<World> = {
      rows: (kind) => (kind === 'order' ? world.rows(kind).filter((row) => isSeen(row as WorldOrder)) : world.rows(kind)),
    };
    return new Proxy(world, {
      get(target, name) {
        if (name in seen) return Reflect.get(seen, name);
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** Where there is a step to be taken, people wait for it. */
  #postLater(): void {
    const { world, isPosted, dialect } = this.#options;
    if (!isPosted) return;
    for (const { id, state, location } of world.rows('order')) {
      const isDone = dialect.name !== 'template' || state === 'confirmed';
      if (isDone && location === 'open') sleep(POST_AFTER_MS).then(() => world.post(id));
    }
  }
}

function accident(name: Exclude<MishapName, OwnMishap>) {
  return { name, retryAfterSeconds: 1, byMs: 0 };
}

async function left(outgoing: ServerResponse): Promise<void> {
  if (!outgoing.closed) await once(outgoing, 'close');
}
