/** Requests take time and clocks differ: a token is given up this much before its end, or a tenth of its life if that is shorter. */
const EARLY_MS = 30_000;

/** When to give up what lives until `endsAt`, both in epoch ms. */
export function usableUntil(obtainedAt: number, endsAt: number): number {
  return endsAt - Math.min(EARLY_MS, (endsAt - obtainedAt) / 10);
}
