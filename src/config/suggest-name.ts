import { nearestName } from '../connector/mapping/nearest-name.ts';

/** `did you mean "x"? known: x, y`, or only the known names. */
export function suggestName(given: string, names: readonly string[], word = 'known'): string {
  const near = nearestName(given, names) ?? sameBeginning(given, names);
  const known = names.length > 0 ? `${word}: ${names.join(', ')}` : 'there are none';
  return near === undefined ? known : `did you mean "${near}"? ${known}`;
}

function sameBeginning(given: string, names: readonly string[]): string | undefined {
  return names.find((name) => Math.min(name.length, given.length) >= 3 && (name.startsWith(given) || given.startsWith(name)));
}
