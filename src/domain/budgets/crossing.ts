/** When a period comes to a percentage of what it may spend. */
import { type Balance, entitled, used } from './balance.ts';

export interface Passage {
  /** `null`: it was not running yet, or its budget was another one, so whatever it has come to is news. */
  readonly before: Balance | null;
  readonly after: Balance;
}

/** Those of the percentages that it has reached and had not before, whether it spends more or may spend less. */
export function crossed(percents: readonly number[], { before, after }: Passage): number[] {
  return percents.filter((percent) => hasReached(after, percent) && !(before && hasReached(before, percent)));
}

function hasReached(balance: Balance, percent: number): boolean {
  const spent = used(balance);
  return spent > 0 && spent * 100 >= percent * Math.max(0, entitled(balance));
}
