/** Limits and tokens within this process: for commands that run without a database, and for tests. */
import type { Border, Gates, Vault } from './border.ts';
import { closedForMs, enterGate, type GateState, leaveGate, OPEN_GATE } from './gate-state.ts';

export function memoryBorder(now: () => Date = () => new Date()): Border {
  return { gates: memoryGates(now), vault: memoryVault() };
}

function memoryGates(now: () => Date): Gates {
  const states = new Map<string, GateState>();
  return {
    async enter(credential, limits) {
      const at = now().getTime();
      const state = states.get(credential) ?? OPEN_GATE;
      const closed = closedForMs(state, at);
      if (closed > 0) return { closedForMs: closed, why: state.closedWhy };
      const { state: entered, waitMs } = enterGate(state, limits, at);
      states.set(credential, entered);
      return {
        waitMs,
        async leave(report) {
          states.set(credential, leaveGate(states.get(credential) ?? OPEN_GATE, report, limits, now().getTime()));
        },
      };
    },
  };
}

function memoryVault(): Vault {
  const kept = new Map<string, { sealedWith: string; value: string }>();
  const last = new Map<string, Promise<unknown>>();
  const look = (name: string, sealedWith: string) => {
    const entry = kept.get(name);
    return entry?.sealedWith === sealedWith ? entry.value : null;
  };
  return {
    async exchange(name, sealedWith, renew) {
      const turn = (last.get(name) ?? Promise.resolve()).then(async () => {
        const value = await renew(look(name, sealedWith));
        kept.set(name, { sealedWith, value });
        return value;
      });
      last.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
    async look(name, sealedWith) {
      return look(name, sealedWith);
    },
  };
}
