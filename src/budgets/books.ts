/** Opens the books of some budgets for a day: brought up to date, with all that are charged with them, their periods locked. */
import type { Budget } from '../domain/budgets/budget.ts';
import { addDays } from '../domain/budgets/civil-days.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { nextPeriods } from '../domain/budgets/periods.ts';
import { allocation, planNext } from '../domain/budgets/turn.ts';
import { dayOf } from '../domain/start-of-day.ts';
import { loadWithAncestors, lockBudgets } from '../store/budgets/budgets.ts';
import { type ChargeDay, insertPeriods, listLastPeriods, loadPeriodsOn, lockPeriods } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { bringUpToDate, loadRules } from './open-periods.ts';
import { type Books, write } from './write.ts';

/** How far ahead of now a delivery may plan; what lies beyond has no period yet. */
export const FARTHEST_DAYS = 400;

export interface OpenBooks extends Books {
  /** By budget, the period that holds the day; none before its validity, after it, or where its calendar ends. */
  readonly onDay: ReadonlyMap<string, LedgerPeriod>;
}

/**
 * Of the given budgets and all above them. `also`: periods to lock with those of the day, such as those an order has reserved in. Without
 * `lock` they are only opened, and looked at.
 * Call it once in a transaction, for all budgets together: then nobody waits for somebody who waits for them.
 */
export async function openBooks(
  trx: Transaction,
  {
    budgetIds,
    day,
    also = [],
    lock = true,
  }: { budgetIds: readonly string[]; day: ChargeDay | null; also?: readonly string[]; lock?: boolean },
  now: Date,
): Promise<OpenBooks> {
  const found = await loadWithAncestors(trx, budgetIds);
  const ids = [...found.keys()];
  const budgets = (await bringUpToDate(trx, ids, now)) ? await loadWithAncestors(trx, budgetIds) : found;
  if (day) await planAhead(trx, [...budgets.values()], day, now);
  const seen = day ? await loadPeriodsOn(trx, ids, day) : [];
  const wanted = seen.map(({ id }) => id);
  const periods = lock ? await lockPeriods(trx, [...new Set([...wanted, ...also])]) : seen;
  return { budgets, periods, onDay: new Map(periods.flatMap((period) => (wanted.includes(period.id) ? [[period.budgetId, period]] : []))) };
}

/** A day ahead, as that of a delivery, is charged to a period that is allocated already and begins when its time comes. */
async function planAhead(trx: Transaction, budgets: readonly Budget[], day: ChargeDay, now: Date): Promise<void> {
  if ('on' in day && day.on > addDays(dayOf(now, 'UTC'), FARTHEST_DAYS)) return;
  const isBeyond = ({ nextOpensOn, nextOpensAt }: Budget) =>
    nextOpensOn !== null && nextOpensAt !== null && ('at' in day ? nextOpensAt <= day.at : nextOpensOn <= day.on);
  const beyond = budgets.filter(isBeyond).map(({ id }) => id);
  if (beyond.length === 0) return;
  const locked = await lockBudgets(trx, beyond);
  const last = await listLastPeriods(trx, beyond);
  const ruleOf = await loadRules(trx, locked);
  const planned = locked.flatMap((budget) => {
    const rule = ruleOf(budget);
    const before = last.get(budget.id);
    const from = before?.endOn ?? budget.nextOpensOn;
    if (!rule || from === null) return [];
    const startAt = before?.endAt ?? budget.nextOpensAt;
    // No period is shorter than a day.
    const ahead = nextPeriods({ rule, zone: budget.zone, from, until: budget.validUntil, count: FARTHEST_DAYS + 2, startAt });
    const needed = ahead.filter((period) => ('at' in day ? period.startAt <= day.at : period.startOn <= day.on));
    return needed.flatMap(({ startOn, startAt: begins }) => planNext(budget, rule, startOn, begins) ?? []);
  });
  const created = await insertPeriods(trx, planned);
  const byId = new Map(locked.map((budget) => [budget.id, budget]));
  const entries = created.flatMap((period) => {
    const budget = byId.get(period.budgetId);
    return budget ? allocation(budget, { ...period, state: 'planned' }, period.id, now) : [];
  });
  await write(trx, { budgets: byId, periods: created }, entries, now);
}
