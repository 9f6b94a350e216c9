/**
 * S/4HANA's own API models, served by SAP's own framework (CAP) as OData V2 and V4. Both come from npm into a folder of the test, for they are
 * under the SAP Developer License: neither is a dependency, and nothing of them is kept.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../support/wait.ts';
import { freePort, type Peer, type PeerHost, say } from '../peer.ts';
import { writeInitialData } from './initial-data.ts';
import { type Csn, completeModel } from './model.ts';
import { sapWorld } from './world.ts';

/** cds 10 needs Node 22; sql.js needs no compiler. */
const PACKAGES = ['@sap/cds@9', '@cap-js/sqlite@2', 'sql.js@1', '@cap-js-community/odata-v2-adapter@1', 'express@4'];
const MODELS = [
  ['business-partner', 'API_BUSINESS_PARTNER'],
  ['sales-order', 'API_SALES_ORDER_SRV'],
] as const;
const LOGIN = { user: 'SYNC', password: 'Sync-secret1' };
/** Smaller than the pages that are asked for: the server cuts them and gives a link. */
const MOST_ROWS = 150;

/** `inject('peers').sap` */
export interface SapTold {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly log: string;
}

export const sapPeer: Peer = {
  name: 'sap',
  async start(host) {
    const missing = install(host);
    if (missing !== null) return { skipped: missing };
    await settle(host);
    const { port, log, stop } = await serve(host);
    const told: SapTold = { url: `http://127.0.0.1:${port}`, ...LOGIN, log };
    return { told: { ...told }, stop };
  },
};

/** `null` when all is there, else why not. */
function install({ folder }: PeerHost): string | null {
  const models = MODELS.map(([name]) => `@sap/cloud-sdk-vdm-${name}-service@2`);
  const started = performance.now();
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status, stderr } = spawnSync('npm', ['install', ...options, ...PACKAGES, ...models], { encoding: 'utf8', timeout: 600_000 });
  say(`  npm install ${Math.round((performance.now() - started) / 1000)} s`);
  return status === 0 ? null : `npm could not install CAP and SAP's models: ${stderr.trim().split('\n')[0] ?? ''}`;
}

async function settle({ folder }: PeerHost): Promise<void> {
  const external = path.join(folder, 'srv', 'external');
  await mkdir(external, { recursive: true });
  const here = (name: string) => fileURLToPath(new URL(`./server/${name}`, import.meta.url));
  await copyFile(here('server.cjs'), path.join(folder, 'server.js'));
  await copyFile(here('number-orders.cjs'), path.join(external, 'number-orders.js'));
  // Of version 4 there is no model in npm: this one is ours, with the names of the published metadata.
  await copyFile(here('api_salesorder.cds'), path.join(folder, 'srv', 'api_salesorder.cds'));
  await copyFile(here('api_salesorder.cjs'), path.join(folder, 'srv', 'api_salesorder.js'));
  for (const [name, service] of MODELS) {
    const file = path.join(folder, 'node_modules', '@sap', `cloud-sdk-vdm-${name}-service`, `${name}-service-csn.json`);
    const csn = completeModel(JSON.parse(await readFile(file, 'utf8')) as Csn, service);
    await writeFile(path.join(external, `${service}.csn`), JSON.stringify(csn));
    await copyFile(here(`${service}.cjs`), path.join(external, `${service}.js`));
    if (service === 'API_BUSINESS_PARTNER') await writeInitialData(sapWorld(), csn, path.join(external, 'data'));
  }
  const file = path.join(folder, 'package.json');
  const mocked = Object.fromEntries(MODELS.map(([, service]) => [service, { kind: 'odata-v2', model: `srv/external/${service}` }]));
  const cds = {
    server: { index: false },
    query: { limit: { max: MOST_ROWS } },
    cov2ap: { path: 'sap/opu/odata/sap' },
    requires: { auth: { kind: 'dummy' }, db: { kind: 'sqlite', credentials: { url: ':memory:', driver: 'sql.js' } }, ...mocked },
  };
  const existing = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...existing, name: 'erp-sap', private: true, version: '1.0.0', cds }));
}

/** Another program may take the port before it does: then it ends, and another port is tried. */
async function serve({ folder }: PeerHost): Promise<{ port: number; log: string; stop(): Promise<void> }> {
  const log = path.join(folder, 'server.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const env = { ...process.env, PORT: String(port), KONTOR_SAP_USER: LOGIN.user, KONTOR_SAP_PASSWORD: LOGIN.password, NODE_ENV: 'test' };
    const program = path.join(folder, 'node_modules', '@sap', 'cds', 'bin', 'serve.js');
    const child = spawn(process.execPath, [program, 'all', '--with-mocks', '--in-memory'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const file = createWriteStream(log, { flags: 'a' });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    const up = await waitFor(async () => child.exitCode !== null || (await isUp(port)), { timeoutMs: 300_000, everyMs: 250 });
    if (up && child.exitCode === null) return { port, log, stop: () => end(child) };
    if (attempt === 5) throw new Error(`CAP does not start:\n${(await readFile(log, 'utf8')).slice(-4_000)}`);
  }
}

/** Refused without a login, but there. */
async function isUp(port: number): Promise<boolean> {
  const { status } = await fetch(`http://127.0.0.1:${port}/sap/opu/odata/sap/API_BUSINESS_PARTNER/`);
  return status === 401;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
