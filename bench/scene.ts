/** A database, a folder and a running `kontor worker`, and how long its pulls take. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Database, openDatabase } from '../src/store/database.ts';
import { liveWorkers } from '../src/store/workers.ts';

const KONTOR = fileURLToPath(new URL('../src/main.js', import.meta.url));
const run = promisify(execFile);

const CONFIG = `
connections:
  big:
    connector: spreadsheet
    settings: { folder: ./data, stableMs: 0 }
    entities:
      account:
        read: { files: [customers.csv] }
        mapping:
          externalId: customer_no
          name: name
          parent: parent
          status: status
          currency: currency
          paymentTerms: payment_terms
          creditLimit: credit_limit
          balance: balance
          taxRegistration: vat_id
          email: email
          phone: phone
          website: website
          priceList: price_list
          locale: language
          accountManager: account_manager
`;

export class Scene {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #worker: ChildProcess;
  readonly #db: Database;

  private constructor(folder: string, env: NodeJS.ProcessEnv, worker: ChildProcess, db: Database) {
    this.#folder = folder;
    this.#env = env;
    this.#worker = worker;
    this.#db = db;
  }

  static async freshDatabase(adminUrl: string, name: string): Promise<string> {
    const admin = await openDatabase(adminUrl, { poolSize: 1 });
    await admin.raw(`create database ${name}`);
    await admin.destroy();
    return new URL(`/${name}`, adminUrl).href;
  }

  static async open(adminUrl: string, name: string, parent: string, config = CONFIG): Promise<Scene> {
    const url = await Scene.freshDatabase(adminUrl, name);
    const folder = path.join(parent, name);
    await mkdir(path.join(folder, 'data'), { recursive: true });
    await writeFile(path.join(folder, 'kontor.yaml'), config);
    const env = { PATH: process.env.PATH, DATABASE_URL: url, KONTOR_LOG_LEVEL: 'warn' };
    await run(process.execPath, [KONTOR, 'migrate'], { cwd: folder, env });
    const worker = spawn(process.execPath, [KONTOR, 'worker'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
    const db = await openDatabase(url, { poolSize: 1 });
    while ((await liveWorkers(db)).length === 0) await sleep(50);
    return new Scene(folder, env, worker, db);
  }

  /** Delivers the file, then pulls it. */
  async pull(file: string, { full } = { full: true }): Promise<number> {
    await copyFile(file, path.join(this.#folder, 'data', 'customers.csv'));
    return this.pullNow({ full });
  }

  /** Milliseconds from the request of a pull to its outcome. Everything is read unless `full` is false. */
  async pullNow({ full } = { full: true }): Promise<number> {
    const args = [KONTOR, 'pull', 'big', 'account', '--json', ...(full ? ['--full'] : [])];
    const { stdout } = await run(process.execPath, args, { cwd: this.#folder, env: this.#env });
    const { runId } = JSON.parse(stdout).requested[0];
    for (;;) {
      const { rows } = await this.#db.raw(
        `select outcome, error, (extract(epoch from finished_at - requested_at) * 1000)::float8 as ms from runs where id = ? and state = 'finished'`,
        [runId],
      );
      if (rows[0]?.outcome === 'complete') return rows[0].ms;
      if (rows[0]) throw new Error(`the pull ended ${rows[0].outcome}: ${JSON.stringify(rows[0].error)}`);
      await sleep(100);
    }
  }

  /** The worker's largest resident set so far, as Linux counts it. */
  async peakMemoryMb(): Promise<number> {
    const status = await readFile(`/proc/${this.#worker.pid}/status`, 'utf8').catch(() => '');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  async close(): Promise<void> {
    this.#worker.kill('SIGTERM');
    if (this.#worker.exitCode === null) await once(this.#worker, 'exit');
    await this.#db.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Runs one of the scripts beside this file in a process of its own and answers the JSON it prints. */
export async function runScript(name: string, ...args: string[]): Promise<{ ms: number }> {
  const { stdout } = await run(process.execPath, [fileURLToPath(new URL(`./${name}`, import.meta.url)), ...args]);
  return JSON.parse(stdout);
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
