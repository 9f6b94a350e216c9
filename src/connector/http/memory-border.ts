/** Limits and tokens within this process: for commands that run without a database, and for tests. */
import type { Border, Vault } from './border.ts';
import { type GateState, OPEN_GATE } from './gate-state.ts';
import { type GateStore, gatesOn } from './gates.ts';

export function memoryBorder(now: () => Date = () => new Date()): Border {
  return { gates: gatesOn(memoryGates(now)), vault: memoryVault() };
}

function memoryGates(now: () => Date): GateStore {
  const states = new Map<string, GateState>();
  const taken = new Map<string, number>();
  const read = (credential: string) => states.get(credential) ?? OPEN_GATE;
  return {
    now: () => now().getTime(),
    read: async (credential) => read(credential),
    async change(credential, change) {
      states.set(credential, change(read(credential)));
    },
    // Who holds a permit here dies together with the count.
    async takePermit(credential, concurrency) {
      const count = taken.get(credential) ?? 0;
      if (count >= concurrency) return null;
      taken.set(credential, count + 1);
      return { giveBack: async () => void taken.set(credential, (taken.get(credential) ?? 1) - 1) };
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
