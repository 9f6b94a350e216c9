/** The next periods of a budget, as the clock opens them and calls them. */

import type { Budget } from '../domain/budgets/budget.ts';
import { nextPeriods, type Period } from '../domain/budgets/periods.ts';
import { withOwnKeys } from '../store/budgets/periods.ts';
import type { Database } from '../store/database.ts';
import { loadRules } from './open-periods.ts';

/** Fewer than asked for where its validity or its calendar ends; none of one that is closed. */
export async function previewPeriods(db: Database, budget: Budget, count: number): Promise<Period[]> {
  const rule = (await loadRules(db, [budget]))(budget);
  const { zone, nextOpensOn: from, nextOpensAt: startAt, validUntil: until } = budget;
  if (rule === null || from === null || budget.state === 'closed') return [];
  return withOwnKeys(db, budget.id, nextPeriods({ rule, zone, from, until, count, startAt }));
}
