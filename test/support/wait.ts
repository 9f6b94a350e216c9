import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the fact holds and returns it; tests wait for facts, never for time. An error counts as "not yet". */
export async function waitFor<T>(
  fact: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeoutMs = 60_000, everyMs = 25 } = options;
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await fact();
      if (found) return found as NonNullable<Exclude<T, false>>;
      last = found;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) break;
    await sleep(everyMs);
  }
  const seen = last instanceof Error ? last.message : JSON.stringify(last);
  throw new Error(`Not so within ${timeoutMs} ms: ${fact.toString()}; last seen: ${seen}`, { cause: last });
}
