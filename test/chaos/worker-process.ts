/** One worker from outside: started again whenever it dies, told anew what it must know. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Orders, Told, WorkerStart } from './worker-orders.ts';

const ENTRY = fileURLToPath(new URL('./worker.js', import.meta.url));
const LOADER = new URL('./mutant-loader.js', import.meta.url).href;

export interface WorkerOwner {
  orders(): Orders;
  /** A trap sprang, or the worker has something to say of itself. */
  told(worker: WorkerProcess, told: Told): void;
  /** It ended although no trap ended it. */
  died(worker: WorkerProcess, how: string): void;
}

export class WorkerProcess {
  readonly #start: WorkerStart;
  readonly #owner: WorkerOwner;
  readonly #mutant: string | undefined;
  #child: ChildProcess | undefined;
  #isClosing = false;
  #isKilled = false;
  #isStopped = false;
  #isReady: PromiseWithResolvers<void> = withResolvers();
  #heard: PromiseWithResolvers<Record<string, number>> | undefined;
  #closed: Promise<void> | undefined;

  constructor(start: WorkerStart, owner: WorkerOwner, mutant?: string) {
    this.#start = start;
    this.#owner = owner;
    this.#mutant = mutant;
    this.#spawn();
  }

  get ready(): Promise<void> {
    return this.#isReady.promise;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  tell(): void {
    if (this.#child?.connected) this.#child.send(this.#owner.orders(), () => undefined);
  }

  /** Pushes under way by connection; what was told before is known when it answers. `null`: it sleeps or is being started. */
  async busy(): Promise<Record<string, number> | null> {
    if (this.#isStopped || !this.#child?.connected) return null;
    this.#heard ??= withResolvers();
    this.#child.send('busy?', () => undefined);
    return Promise.race([this.#heard.promise, sleep(1_000, null, { ref: false })]);
  }

  wake(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#child?.kill('SIGCONT');
  }

  close(): Promise<void> {
    this.#isClosing = true;
    this.#closed ??= (async () => {
      const child = this.#child;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    })();
    return this.#closed;
  }

  #spawn(): void {
    const child = fork(ENTRY, [JSON.stringify(this.#start)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'],
      execArgv: this.#mutant === undefined ? [] : ['--import', LOADER],
      env: { ...process.env, ...(this.#mutant !== undefined && { CHAOS_MUTANT: this.#mutant }) },
    });
    this.#child = child;
    this.#isKilled = false;
    this.#isStopped = false;
    child.on('error', () => undefined);
    const told = child.stdio[4] as Readable;
    const lines = createInterface(told).on('line', (line) => this.#hear(JSON.parse(line)));
    child.once('exit', async (status, signal) => {
      // What it wrote before its death may still be on its way.
      await Promise.race([once(lines, 'close'), sleep(500)]);
      if (this.#isClosing) return;
      if (!this.#isKilled) this.#owner.died(this, `status ${status}, signal ${signal}`);
      this.#heard?.resolve({});
      this.#heard = undefined;
      this.#isReady = withResolvers();
      this.#spawn();
    });
    this.tell();
  }

  #hear(told: Told): void {
    if (told.kind === 'ready') this.#isReady.resolve();
    if (told.kind === 'busy') {
      this.#heard?.resolve(told.connections);
      this.#heard = undefined;
    }
    if (told.kind === 'sprung') {
      if (told.act === 'kill') this.#isKilled = true;
      else this.#isStopped = true;
    }
    this.#owner.told(this, told);
  }
}

export interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

export function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
