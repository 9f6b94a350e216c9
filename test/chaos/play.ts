/** One seed from its first order to its verdict. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_APPROVALS } from '../../src/config/approvals-schema.ts';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { DEFAULT_HTTP, DEFAULT_ORDERS } from '../../src/config/orders-schema.ts';
import type { Settings } from '../../src/config/settings.ts';
import { type Arena, untilDone } from './arena.ts';
import { Erp } from './erp.ts';
import { dialectOf, newWorld } from './erp-kinds.ts';
import { type Finding, HANDOFFS, type HandoffRow, judge, OPEN } from './judge.ts';
import { type MishapName, Mishaps } from './mishaps.ts';
import { releasePlanned } from './profiles.ts';
import type { PlannedOutage, Scenario } from './scenario.ts';
import type { Told, Trap } from './worker-orders.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface Played {
  readonly scenario: Scenario;
  readonly backend: string;
  readonly orders: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly refusedAsPlanned: number;
  readonly shown: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly mishaps: readonly MishapName[];
  readonly outages: readonly PlannedOutage['what'][];
  /** Where workers were killed or put to sleep. */
  readonly sprung: ReadonlyArray<{ act: Trap['act']; at: string }>;
  /** What the pushes of this seed waited for, the longest of them. */
  readonly awaits: readonly string[];
  readonly ms: number;
}

/** What is due and did not move while the relay looked for it so often is stuck. */
const PATIENCE_LOOKS = 300;
/** Without anything happening at all, the relay included. */
const HUNG_MS = 20 * 60_000;
/** For a single answer of the database, which may be down and starting again. */
const ANSWER_MS = 240_000;
/** A trap that was not reached by then lies beyond what its order waits for. */
const TRAP_MS = 30_000;

export async function play(arena: Arena, scenario: Scenario): Promise<Played> {
  const scene = new Scene(arena, scenario);
  return scene.play();
}

class Scene {
  readonly #arena: Arena;
  readonly #scenario: Scenario;
  readonly #connection: string;
  readonly #mishaps: Mishaps;
  readonly #erp: Erp;
  readonly #traps = new Map<string, { trap: Trap; wake: 'late' | 'overtaken' }>();
  readonly #sprung: Array<{ id: string; act: Trap['act']; at: string }> = [];
  readonly #outages: PlannedOutage['what'][] = [];
  readonly #sleepers = new Set<WorkerProcess>();
  #awaits: readonly string[] = [];

  constructor(arena: Arena, scenario: Scenario) {
    const { seed, erp, mishaps, lagMs, latencyMs, isPosted } = scenario;
    this.#arena = arena;
    this.#scenario = scenario;
    this.#connection = `${erp}-${seed}`;
    this.#mishaps = new Mishaps(mishaps);
    this.#erp = new Erp({ dialect: dialectOf(erp), world: newWorld(), mishaps: this.#mishaps, lagMs, latencyMs, isPosted });
  }

  async play(): Promise<Played> {
    const startedMs = performance.now();
    const { scenario, arena } = { scenario: this.#scenario, arena: this.#arena };
    await this.#erp.open();
    const { erp, lagMs, skewMs } = scenario;
    const lane = { connection: this.#connection, erp, settings: this.#erp.settings, lagMs, skewMs };
    await arena.openLane(lane, (worker, told) => this.#hear(worker, told));
    try {
      await Promise.all([this.#releaseAll(), ...scenario.outages.map((outage) => this.#strike(outage))]);
      const rows = await this.#settled();
      const { delivered, shown, planned, findings } = judge(rows, scenario.orders, this.#erp.world);
      return {
        scenario,
        backend: arena.backend,
        orders: rows.length,
        attempts: rows.reduce((sum, { attempts }) => sum + attempts, 0),
        delivered,
        shown: Object.fromEntries(shown),
        refusedAsPlanned: planned,
        findings,
        mishaps: this.#mishaps.happened,
        outages: this.#outages,
        sprung: this.#sprung,
        awaits: this.#awaits,
        ms: performance.now() - startedMs,
      };
    } finally {
      for (const worker of this.#sleepers) worker.wake();
      await arena.closeLane(this.#connection);
      await untilDone(() => this.#forget(), ANSWER_MS);
      await this.#erp.close();
    }
  }

  async #releaseAll(): Promise<void> {
    const { orders, isOneByOne } = this.#scenario;
    for (const [place, order] of orders.entries()) {
      if (order.pauseMs > 0) await sleep(order.pauseMs);
      const reference = `${this.#connection}-${place}`;
      const { handoffId } = await untilDone(
        () => releasePlanned(this.#arena.db, this.#settings(), reference, order, (id) => this.#lay(place, id)),
        ANSWER_MS,
      );
      await this.#arena.wakeUp(handoffId, order.wakeUps);
      const hasFollower = orders[place + 1]?.account === order.account && order.wakeUps === 0;
      if (isOneByOne && !hasFollower) await this.#untilSprung();
    }
  }

  /** Before anybody can see the hand-off. */
  async #lay(place: number, handoffId: string): Promise<void> {
    const { seed, traps } = this.#scenario;
    const laid = traps.flatMap((planned, turn) => {
      if (planned.order !== place) return [];
      const { await: n, when, act, delayMs, wake } = planned;
      const trap: Trap = { id: `${this.#connection}/${seed}/${place}/${turn}`, handoffId, await: n, when, act, delayMs };
      this.#traps.set(trap.id, { trap, wake });
      return [trap];
    });
    await this.#arena.setTraps(laid);
  }

  #hear(worker: WorkerProcess, told: Told): void {
    if (told.kind === 'walked' && told.names.length > this.#awaits.length) this.#awaits = told.names;
    if (told.kind !== 'sprung') return;
    const laid = this.#traps.get(told.trap);
    if (!laid) return;
    this.#sprung.push({ id: told.trap, act: told.act, at: told.at });
    if (told.act === 'kill') return;
    this.#sleepers.add(worker);
    this.#untilWake(laid).then(() => {
      worker.wake();
      this.#sleepers.delete(worker);
    });
  }

  async #untilWake({ trap, wake }: { trap: Trap; wake: 'late' | 'overtaken' }): Promise<void> {
    const lateMs = 1.3 * this.#arena.leaseMs + this.#scenario.lagMs + 1_000;
    if (wake === 'late') return sleep(lateMs);
    const deadline = Date.now() + 2 * lateMs;
    const first = await this.#stateOf(trap.handoffId);
    while (Date.now() < deadline) {
      const { state, attempts } = await this.#stateOf(trap.handoffId);
      if (state === 'sending' && attempts > first.attempts) return;
      await sleep(10);
    }
  }

  async #stateOf(handoffId: string): Promise<{ state: string; attempts: number }> {
    return untilDone(() => this.#arena.db('handoffs').where({ id: handoffId }).first('state', 'attempts'), ANSWER_MS);
  }

  async #untilSprung(): Promise<void> {
    const deadline = Date.now() + TRAP_MS;
    while (Date.now() < deadline && this.#sprung.length < this.#traps.size) await sleep(10);
  }

  async #strike({ what, afterMs, forMs }: PlannedOutage): Promise<void> {
    await sleep(afterMs);
    this.#outages.push(this.#arena.backend === 'postgres' ? 'PostgreSQL restarted' : what);
    if (what === 'queue flushed') return this.#arena.flushQueue();
    if (what === 'queue restarted') return this.#arena.restartQueue(forMs);
    return this.#arena.restartPostgres();
  }

  /**
   * All hand-offs have ended, nobody sleeps, and no worker is at one of them: nothing can come after. What waits for an instant that
   * was written down is waited for, however long that is.
   */
  async #settled(): Promise<HandoffRow[]> {
    let last = '';
    let seen = { looks: 0, atMs: 0 };
    for (;;) {
      const rows = await untilDone(() => this.#arena.progress(this.#connection), ANSWER_MS);
      const open = rows.filter(({ state }) => OPEN.includes(state));
      const progress = rows.map(({ state, attempts, isDue }) => `${state} ${attempts} ${isDue}`).join();
      if (progress !== last) seen = { looks: this.#arena.relayed, atMs: Date.now() };
      last = progress;
      const isSettled = open.length === 0 && this.#sleepers.size === 0 && !(await this.#arena.isBusy(this.#connection));
      const isStuck = open.some(({ isDue }) => isDue) && this.#arena.relayed - seen.looks > PATIENCE_LOOKS;
      if (isSettled || isStuck || Date.now() - seen.atMs > HUNG_MS) return untilDone(() => this.#rows(), ANSWER_MS);
    }
  }

  async #rows(): Promise<HandoffRow[]> {
    const { rows } = await this.#arena.db.raw<{ rows: HandoffRow[] }>(HANDOFFS, [this.#connection]);
    return rows;
  }

  /** The next seeds should not be slower for this one. */
  async #forget(): Promise<void> {
    await this.#arena.db.raw(
      `with gone as (delete from handoffs where connection = :connection returning id, order_id),
         tried as (delete from handoff_attempts a using gone where a.handoff_id = gone.id),
         told as (delete from order_log l using gone where l.order_id = gone.order_id)
       delete from order_revisions r using gone where r.order_id = gone.order_id`,
      { connection: this.#connection },
    );
  }

  #settings(): Settings {
    return {
      file: null,
      baseFolder: '.',
      database: { url: '' },
      redis: null,
      worker: { concurrency: 1, drainMs: 1 },
      log: { level: 'silent' },
      connections: new Map(),
      orders: { ...DEFAULT_ORDERS, target: this.#connection },
      approvals: DEFAULT_APPROVALS,
      http: DEFAULT_HTTP,
      mail: DEFAULT_MAIL,
    };
  }
}
