import { distance } from 'fastest-levenshtein';

/** The name somebody most likely meant, or `undefined` when none is near enough to be a slip of the pen. */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  let best: { name: string; slips: number } | undefined;
  for (const name of names) {
    const slips = distance(fold(given), fold(name));
    if (!best || slips < best.slips) best = { name, slips };
  }
  return best && best.slips <= Math.max(1, Math.floor(given.length / 3)) ? best.name : undefined;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const near = nearestName(given, names);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, ' ');
}
