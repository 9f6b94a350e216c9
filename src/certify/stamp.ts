/** Stamps of changes as systems write them: ISO texts with or without a zone, seconds, milliseconds, "/Date(ms)/". */

/** Epoch milliseconds; texts without a zone are taken for UTC. `undefined` for what is no stamp. */
export function instantOf(stamp: unknown): number | undefined {
  if (typeof stamp === 'number') return Number.isFinite(stamp) ? (stamp < 1e11 ? Math.round(stamp * 1_000) : stamp) : undefined;
  if (typeof stamp !== 'string') return undefined;
  const wrapped = /^\/Date\((-?\d+)/.exec(stamp)?.[1];
  if (wrapped !== undefined) return Number(wrapped);
  if (!/^\d{4}-\d\d-\d\d/.test(stamp)) return undefined;
  const hasZone = /[zZ]$|[+-]\d\d:?\d\d$/.test(stamp.slice(10));
  const at = Date.parse(stamp.length === 10 || hasZone ? stamp : `${stamp.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? undefined : at;
}
