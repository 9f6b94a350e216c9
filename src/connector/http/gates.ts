/** One gate as a request meets it, wherever its state is kept. */
import type { Closed, GateReport, Gates } from './border.ts';
import { closedAt, enterGate, type GateState, leaveGate } from './gate-state.ts';
import type { RateLimits } from './types.ts';

export interface GateStore {
  /** Epoch ms of the clock that the states are kept by. */
  now(): number;
  /** As fresh as a request needs it; changes nothing. */
  read(credential: string): Promise<GateState>;
  /** Applies a change to the newest state, atomically over everybody. Nothing is stored when it answers what it was given. */
  change(credential: string, change: (state: GateState) => GateState): Promise<void>;
  /** A permit, or `null` when all are taken. */
  takePermit(credential: string, concurrency: number, holdMs: number): Promise<Permit | null>;
}

export interface Permit {
  giveBack(): Promise<void>;
}

/** Whoever finds no permit free asks again after about so long: not all at once. */
const FULL_PAUSE_MS = 40;

const NO_PERMIT: Permit = { giveBack: async () => undefined };

export function gatesOn(store: GateStore): Gates {
  return {
    async enter(credential, limits, holdMs) {
      const closed = await closedNow(store, credential);
      if (closed) return closed;
      const { concurrency } = limits;
      const permit = concurrency === undefined ? NO_PERMIT : await store.takePermit(credential, concurrency, holdMs);
      if (permit === null) return { closedForMs: FULL_PAUSE_MS * (0.5 + Math.random()), why: 'full' };
      const turn = await reserve(store, credential, limits).catch(async (error) => {
        await permit.giveBack();
        throw error;
      });
      if ('closedForMs' in turn) {
        await permit.giveBack();
        return turn;
      }
      return {
        waitMs: turn.waitMs,
        closed: () => closedNow(store, credential),
        async leave(report: GateReport) {
          // The answer is worth more than the report of it: who cannot reach the database hears that soon enough, and
          // permits run out by themselves.
          await store.change(credential, (state) => leaveGate(state, report, limits, store.now())).catch(() => undefined);
          await permit.giveBack().catch(() => undefined);
        },
      };
    },
  };
}

async function closedNow(store: GateStore, credential: string): Promise<Closed | null> {
  return closed(await store.read(credential), store.now());
}

function closed(state: GateState, at: number): Closed | null {
  const found = closedAt(state, at);
  return found && { closedForMs: found.forMs, why: found.why };
}

async function reserve(store: GateStore, credential: string, limits: RateLimits): Promise<{ waitMs: number } | Closed> {
  let turn: { waitMs: number } | Closed = { waitMs: 0 };
  await store.change(credential, (state) => {
    const at = store.now();
    const meanwhile = closed(state, at);
    if (meanwhile) {
      turn = meanwhile;
      return state;
    }
    const entered = enterGate(state, limits, at);
    turn = entered.isReserved ? { waitMs: entered.turnInMs } : { closedForMs: entered.turnInMs, why: 'limited' };
    return entered.state;
  });
  return turn;
}
