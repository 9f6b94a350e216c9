/** A real Tryton from the packages of Debian, on a database of its own in the PostgreSQL of the tests. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../../src/store/database.ts';
import { waitFor } from '../../support/wait.ts';
import { freePort, installPackages, type Peer, type PeerHost, say } from '../peer.ts';

const MODULES = ['sale', 'account_invoice', 'stock', 'account_product', 'sale_price_list', 'party_relationship', 'sale_credit_limit'];
const PACKAGES = [
  'tryton-server',
  'tryton-proteus',
  'python3-psycopg2',
  ...['party', 'company', 'product', 'account', 'account-product', 'account-invoice', 'stock', 'sale', 'sale-price-list'].map(
    (name) => `tryton-modules-${name}`,
  ),
  'tryton-modules-party-relationship',
  'tryton-modules-account-credit-limit',
  'tryton-modules-sale-credit-limit',
];
const DATABASE = 'tryton';
/** Passwords must pass Tryton's check of their entropy. They guard a server on 127.0.0.1 for some minutes. */
export const ADMIN = { user: 'admin', password: 'admin-secret1' };
export const WORKER = { user: 'sync', password: 'Worker!9xQz47' };

/** `inject('peers').tryton` */
export interface TrytonTold {
  /** Settings of a connection that reaches it as an ordinary user. */
  readonly settings: Record<string, unknown>;
  readonly admin: { readonly user: string; readonly password: string };
  /** Its PostgreSQL database, for locks. */
  readonly databaseUrl: string;
  readonly log: string;
}

export const trytonPeer: Peer = {
  name: 'tryton',
  async start(host) {
    if (process.platform !== 'linux') return { skipped: 'it is taken from Debian packages; this is not Linux' };
    const missing = installPackages(PACKAGES);
    if (missing !== null) return { skipped: missing };
    const databaseUrl = await makeDatabase(host);
    const place = await settle(host, databaseUrl);
    await fill(place);
    const server = await serve(place);
    const told: TrytonTold = {
      settings: { url: `http://127.0.0.1:${server.port}`, database: DATABASE, ...WORKER },
      admin: ADMIN,
      databaseUrl,
      log: place.log,
    };
    return { told: { ...told }, stop: server.stop };
  },
};

interface Place {
  readonly host: PeerHost;
  readonly databaseUrl: string;
  readonly log: string;
  readonly passwordFile: string;
}

async function makeDatabase({ adminUrl }: PeerHost): Promise<string> {
  const admin = await openDatabase(adminUrl, { poolSize: 1 });
  try {
    await admin.raw(`create database ${DATABASE} template template0 encoding 'UTF8'`);
  } finally {
    await admin.destroy();
  }
  return new URL(`/${DATABASE}`, adminUrl).href;
}

async function settle(host: PeerHost, databaseUrl: string): Promise<Place> {
  const passwordFile = path.join(host.folder, 'password');
  await writeFile(passwordFile, ADMIN.password);
  return { host, databaseUrl, log: path.join(host.folder, 'trytond.log'), passwordFile };
}

/** A short session time-out, so that sessions end while they are used; Tryton's own default is five minutes. */
async function configured({ host, databaseUrl }: Place, port: number): Promise<string> {
  const file = path.join(host.folder, 'trytond.conf');
  const server = new URL('/', databaseUrl).href.replace('postgres:', 'postgresql:');
  const lines = [
    '[web]',
    `listen = 127.0.0.1:${port}`,
    'root = /nonexistent',
    '[database]',
    `uri = ${server}`,
    '[session]',
    'timeout = 600',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** Tables, modules, then the company with its chart of accounts, a user and some products. */
async function fill(place: Place): Promise<void> {
  const config = await configured(place, 0);
  const setUp = fileURLToPath(new URL('./set-up.py', import.meta.url));
  run(place, 'trytond-admin', ['-c', config, '-d', DATABASE, '--all', '--email', 'admin@example.com', '-l', 'en']);
  run(place, 'trytond-admin', ['-c', config, '-d', DATABASE, '-u', ...MODULES, '--activate-dependencies']);
  run(place, '/usr/bin/python3', [setUp, config, DATABASE, WORKER.user, WORKER.password]);
}

function run({ host, passwordFile }: Place, program: string, parameters: readonly string[]): void {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    cwd: host.folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: host.folder, TRYTONPASSFILE: passwordFile },
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? error}:\n${stdout.slice(-2_000)}\n${stderr.slice(-4_000)}`);
  say(`  ${path.basename(program)} ${Math.round((performance.now() - started) / 1000)} s`);
}

/** Another program may take the port before it does: then it ends at once, and another port is tried. */
async function serve(place: Place): Promise<{ port: number; stop(): Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn('trytond', ['-c', await configured(place, port)], {
      cwd: place.host.folder,
      env: { ...process.env, HOME: place.host.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(place.log, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const up = await waitFor(async () => child.exitCode !== null || (await version(port)) !== undefined, { timeoutMs: 120_000 });
    if (up && child.exitCode === null) return { port, stop: () => end(child) };
    if (attempt === 5) throw new Error(`trytond does not start:\n${(await readFile(place.log, 'utf8')).slice(-4_000)}`);
  }
}

async function version(port: number): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 1, method: 'common.server.version', params: [] }),
  });
  const { result } = (await answer.json()) as { result?: string };
  return result;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
