/** The server of one place: made, found, started, stopped. PostgreSQL's own files say what is so; nothing is kept beside them. */
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NeedsOperatorError } from '../../errors.ts';
import { run } from './account.ts';
import type { Engine } from './engine.ts';
import type { Place } from './place.ts';

export const SUPERUSER = 'kontor';

/** For bulk loads on a small machine. Nothing here trades durability: what was committed survives any kill. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=""',
  'max_connections=100',
  'shared_buffers=128MB',
  'max_wal_size=2GB',
  'checkpoint_timeout=15min',
  'wal_compression=on',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_checkpoints=off',
];

/** Some seconds in all: what a killed server left running must notice its death before a new one may start. */
const START_ATTEMPTS = 8;
const WAIT_SECONDS = '300';

/** Makes the data folder unless it is there. Several processes may try at once: each builds aside, the first rename wins. */
export async function createCluster(place: Place, engine: Engine): Promise<void> {
  if (await stat(place.home).catch(() => null)) return;
  const scratch = `${place.home}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const passwordFile = path.join(scratch, path.basename(place.passwordFile));
  try {
    await mkdir(scratch, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (place.account) for (const made of [scratch, passwordFile]) await chown(made, place.account.uid, place.account.gid);
    const { status, output } = await run(engine.initdb, initdbArguments(path.join(scratch, 'data'), passwordFile), place.account);
    if (status !== 0) throw failed(place, `initdb could not make the data folder ${place.data}:\n${output.trim()}`);
    await rename(scratch, place.home).catch(async (error: unknown) => {
      if (!(await stat(place.home).catch(() => null))) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await removeAbandonedScratch(place);
  }
}

/** The builtin locale makes text sort the same on every platform, whatever locales it has. */
function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  ];
}

/** What processes that were killed during initdb left. */
async function removeAbandonedScratch(place: Place): Promise<void> {
  for (const name of await readdir(place.base)) {
    const pid = /^postgres\.new-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(path.join(place.base, name), { recursive: true, force: true });
  }
}

/** The running server, also one that is still starting or already stopping; `port` is missing in its first moment. */
export async function findServer(data: string): Promise<{ pid: number; port: number | undefined } | null> {
  const file = path.join(data, 'postmaster.pid');
  const [pid, , , port] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  if (!pid || !isAlive(Number(pid))) return null;
  if (await isServer(Number(pid))) return { pid: Number(pid), port: Number(port) || undefined };
  // PostgreSQL would take whoever has that number now for its predecessor and refuse to start. Its other interlock,
  // the shared memory of processes that outlive a killed server, goes by the data folder and needs no file.
  await rm(file, { force: true });
  return null;
}

/**
 * Returns when the server runs, also when another process was faster to start it. Throws EMBEDDED_DATABASE_FAILED.
 * With `port` it runs there or not at all: pools that wait for its return look nowhere else.
 */
export async function startServer(place: Place, engine: Engine, port?: number): Promise<void> {
  await refuseOtherMajor(place, engine);
  const log = await open(place.log, 'a', 0o600);
  try {
    const from = (await log.stat()).size;
    for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
      // Between our look for a free port and the server's own, someone else may take it: hence attempts.
      const at = port ?? (attempt === 1 ? await lastPort(place) : undefined) ?? (await freePort());
      const options = [`-p ${at}`, ...SETTINGS.map((setting) => `-c ${setting}`)].join(' ');
      const args = ['start', '-D', place.data, '-w', '-t', WAIT_SECONDS, '-o', options];
      if ((await run(engine.pgCtl, args, place.account, log.fd)).status === 0) return;
      if (await findServer(place.data)) return;
      await sleep(attempt * 100);
    }
    throw failed(place, `The server did not start:\n${await lastLines(place.log, from)}`);
  } finally {
    await log.close();
  }
}

/** Disconnects whoever is still connected and waits until the server is gone. */
export async function stopServer(place: Pick<Place, 'data' | 'account' | 'log'>, engine: Engine): Promise<void> {
  const server = await findServer(place.data);
  if (!server) return;
  const { status, output } = await run(engine.pgCtl, ['stop', '-D', place.data, '-m', 'fast', '-w', '-t', WAIT_SECONDS], place.account);
  if (status !== 0 && (await isServer(server.pid))) throw failed(place, `The server did not stop: ${output.trim()}`);
  // pg_ctl waits for the last file to go, which is a moment before the process does.
  while (await isServer(server.pid)) await sleep(10);
}

export function failed(place: Pick<Place, 'log'>, what: string, cause?: unknown): NeedsOperatorError {
  return new NeedsOperatorError(
    'EMBEDDED_DATABASE_FAILED',
    `${what}\nThe embedded PostgreSQL's log is ${place.log}. Set DATABASE_URL to use another PostgreSQL.`,
    { cause },
  );
}

async function refuseOtherMajor(place: Place, engine: Engine): Promise<void> {
  const major = Number(await readFile(path.join(place.data, 'PG_VERSION'), 'utf8').catch(() => Number.NaN));
  if (major === engine.major) return;
  const found = Number.isNaN(major) ? 'is not complete' : `was made by PostgreSQL ${major}, and this Kontor brings ${engine.major}`;
  throw failed(
    place,
    `The data folder ${place.data} ${found}. Start it with the Kontor that made it and move its contents with pg_dump, or delete ${place.home} to begin anew.`,
  );
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Alive, PostgreSQL and, on Linux where one can tell, not a dead one whose parent has not noticed. */
async function isServer(pid: number): Promise<boolean> {
  if (!isAlive(pid) || process.platform !== 'linux') return isAlive(pid);
  return /^\d+ \(postgres\) [^ZX]/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
}

/** Whoever comes in while the others wait for a killed server must not move it. PostgreSQL notes how it was started. */
async function lastPort({ data }: Place): Promise<number | undefined> {
  const told = await readFile(path.join(data, 'postmaster.opts'), 'utf8').catch(() => '');
  return Number(/"-p" "(\d+)"/.exec(told)?.[1]) || undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

async function lastLines(file: string, from: number): Promise<string> {
  const text = (await readFile(file)).subarray(from).toString('utf8').trim();
  return text.split('\n').slice(-12).join('\n');
}
