/**
 * The PostgreSQL that comes with Kontor, one per folder. It belongs to the folder, not to the process that started it:
 * the first one in starts it, everyone shares it, the last one out stops it.
 */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { threadEntry } from '../../connector/thread-entry.ts';
import { createCluster, failed, findServer, SUPERUSER, startServer, stopServer } from './cluster.ts';
import { type Engine, readyEngine } from './engine.ts';
import { abandonedBases, findPlace, type Place } from './place.ts';
import { announce, type Connection, connect, DATABASE, withdraw } from './presence.ts';

/** Long, because a server that was killed reads its log again before it answers. */
const ENTER_TIMEOUT_MS = 300_000;
const RETURN_EVERY_MS = 5_000;

export interface Embedded {
  readonly url: string;
  /** Stops the server if nobody else uses it. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the server of the folder, or joins it. Call `close` on every way out, signals included; a process that only
 * exits lets a small detached one see to it. Throws EMBEDDED_DATABASE_FAILED.
 */
export async function openEmbedded(folder: string): Promise<Embedded> {
  const place = await findPlace(path.resolve(folder));
  const engine = await readyEngine(place.base, place.account);
  await createCluster(place, engine);
  await removeAbandoned(place, engine);
  return stay(place, engine, await enter(place, engine));
}

/** Stops a server that nobody uses any more: after a process that exited without closing. */
export async function stopIfUnused(folder: string): Promise<void> {
  const place = await findPlace(path.resolve(folder));
  const server = await findServer(place.data);
  if (!server?.port) return;
  await leave(place, await readyEngine(place.base, place.account), await connect(place, server.port));
}

interface Entry {
  readonly client: Connection;
  readonly port: number;
}

async function enter(place: Place, engine: Engine, port?: number): Promise<Entry> {
  const deadline = Date.now() + ENTER_TIMEOUT_MS;
  let reason: unknown;
  while (Date.now() < deadline) {
    const server = await findServer(place.data);
    if (!server) {
      await startServer(place, engine, port);
      continue;
    }
    if (server.port) {
      const client = await knock(place, server.port).catch((error: unknown) => {
        reason = error;
      });
      if (client) return { client, port: server.port };
    }
    await sleep(50);
  }
  throw failed(place, `The server runs but does not let us in${reason instanceof Error ? `: ${reason.message}` : ''}.`, reason);
}

async function knock(place: Place, port: number): Promise<Connection | null> {
  const client = await connect(place, port);
  const welcome = await announce(client).catch(() => false);
  if (welcome) return client;
  await client.end();
  return null;
}

async function stay(place: Place, engine: Engine, first: Entry): Promise<Embedded> {
  let { client } = first;
  let returning: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  const leaving = new AbortController();

  const watch = (): void => {
    // The caller's work keeps the process alive, not our watching.
    client.unref();
    client.once('end', () => {
      if (!leaving.signal.aborted) returning = comeBack();
    });
  };
  // A server that was killed takes our lock with it. We start it again where the pools look for it.
  const comeBack = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      const entry = await enter(place, engine, first.port).catch(() => null);
      if (entry) {
        client = entry.client;
        watch();
        return;
      }
      await sleep(RETURN_EVERY_MS, undefined, { ref: false, signal: leaving.signal }).catch(() => undefined);
    }
  };
  const onExit = (): void => stopWhenGone(place.folder);
  const close = async (): Promise<void> => {
    leaving.abort();
    await returning;
    client.ref();
    await leave(place, engine, client);
    process.off('exit', onExit);
  };

  watch();
  process.once('exit', onExit);
  const password = await readFile(place.passwordFile, 'utf8');
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${first.port}/${DATABASE}`,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function leave(place: Place, engine: Engine, client: Connection): Promise<void> {
  // A server that does not answer any more needs no stopping.
  const last = await withdraw(client).catch(() => false);
  if (last) await stopServer(place, engine);
  await client.end().catch(() => undefined);
}

/** Nothing asynchronous runs in an exit handler, but a process can still be sent on its way. */
function stopWhenGone(folder: string): void {
  const script = fileURLToPath(threadEntry(import.meta.url, './stop-unused.ts'));
  spawn(process.execPath, [script, folder, String(process.pid)], { detached: true, stdio: 'ignore' }).unref();
}

async function removeAbandoned(place: Place, engine: Engine): Promise<void> {
  for (const base of await abandonedBases(place)) {
    await stopServer({ ...place, data: path.join(base, 'postgres', 'data') }, engine);
    await rm(base, { recursive: true, force: true });
  }
}
