/** One gate as a request meets it, wherever its state is kept. */
import type { Closed, GateReport, Gates } from './border.ts';
import { closedForMs, enterGate, type GateState, leaveGate } from './gate-state.ts';
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
          try {
            await store.change(credential, (state) => leaveGate(state, report, limits, store.now()));
          } finally {
            await permit.giveBack();
          }
        },
      };
    },
  };
}

async function closedNow(store: GateStore, credential: string): Promise<Closed | null> {
  const state = await store.read(credential);
  const forMs = closedForMs(state, store.now());
  return forMs > 0 ? { closedForMs: forMs, why: state.closedWhy } : null;
}

async function reserve(store: GateStore, credential: string, limits: RateLimits): Promise<{ waitMs: number } | Closed> {
  let turn: { waitMs: number } | Closed = { waitMs: 0 };
  await store.change(credential, (state) => {
    const at = store.now();
    const forMs = closedForMs(state, at);
    if (forMs > 0) {
      turn = { closedForMs: forMs, why: state.closedWhy };
      return state;
    }
    const entered = enterGate(state, limits, at);
    turn = entered.waitMs === null ? { closedForMs: entered.turnInMs, why: 'limited' } : { waitMs: entered.waitMs };
    return entered.state;
  });
  return turn;
}
