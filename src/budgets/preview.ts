/** The next periods of a budget, as the clock opens them and calls them. */

import type { Budget } from '../domain/budgets/budget.ts';
import { nextPeriods, type Period } from '../domain/budgets/periods.ts';
import { listPeriods, withOwnKeys } from '../store/budgets/periods.ts';
import type { Database } from '../store/database.ts';
import { loadRules } from './open-periods.ts';

/**
 * Those that are planned already stay as they were cut, whatever the budget's rule says by now. Fewer than asked for where its validity or
 * its calendar ends; of one that is closed only what deliveries are reserved in.
 */
export async function previewPeriods(db: Database, budget: Budget, count: number): Promise<Period[]> {
  const { id, zone, nextOpensOn, nextOpensAt, validUntil: until } = budget;
  if (nextOpensOn === null) return [];
  const planned = (await listPeriods(db, id)).filter(({ state }) => state === 'planned').slice(0, count).map(boundariesOf); // biome-ignore format: one chain
  const last = planned.at(-1);
  const [from, startAt] = last ? [last.endOn, last.endAt] : [nextOpensOn, nextOpensAt];
  const rule = (await loadRules(db, [budget]))(budget);
  if (rule === null || budget.state === 'closed') return planned;
  const cut = nextPeriods({ rule, zone, from, until, count: count - planned.length, startAt });
  return [...planned, ...(await withOwnKeys(db, id, cut))];
}

function boundariesOf({ key, startOn, endOn, startAt, endAt }: Period): Period {
  return { key, startOn, endOn, startAt, endAt };
}
