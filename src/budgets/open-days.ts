/** Opens the books of some budgets, each for a day of its own: brought up to date, planned ahead, and their periods locked together. */
import type { Budget } from '../domain/budgets/budget.ts';
import { type ChargeDay, dayKey } from '../domain/budgets/charge-day.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { loadPeriodsOn, lockPeriods } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { openBooks } from './books.ts';
import { bringUpToDate } from './open-periods.ts';
import type { Books } from './write.ts';

export interface BudgetDay {
  readonly budgetId: string;
  readonly day: ChargeDay;
}

export interface OpenDays extends Books {
  readonly budgets: ReadonlyMap<string, Budget>;
  /** `null`: the budget has no period on that day. */
  periodOn(asked: BudgetDay): LedgerPeriod | null;
  periodOf(id: string): LedgerPeriod | null;
}

/** `also`: periods to lock with them. Once in a transaction, or under a lock that keeps others who do so apart; the clock is kept apart by lockPeriods. */
export async function openDays(trx: Transaction, asked: readonly BudgetDay[], also: readonly string[], now: Date): Promise<OpenDays> {
  const ids = [...new Set(asked.map(({ budgetId }) => budgetId))];
  await bringUpToDate(trx, ids, now);
  const byDay = new Map(asked.map(({ day }) => [dayKey(day), day]));
  const wanted = new Map<string, string>();
  for (const [key, day] of byDay) {
    const budgetIds = [...new Set(asked.filter((one) => dayKey(one.day) === key).map(({ budgetId }) => budgetId))];
    // Only a day ahead needs periods that have not begun.
    const isAhead = 'on' in day || day.at > now;
    if (isAhead) await openBooks(trx, { budgetIds, day, lock: false }, now);
    for (const { id, budgetId } of await loadPeriodsOn(trx, budgetIds, day)) wanted.set(keyOf({ budgetId, day }), id);
  }
  const budgets = await loadBudgets(trx, ids);
  const periods = await lockPeriods(trx, [...new Set([...wanted.values(), ...also])]);
  const byId = new Map(periods.map((period) => [period.id, period]));
  return {
    budgets,
    periods,
    periodOn: (one) => byId.get(wanted.get(keyOf(one)) ?? '') ?? null,
    periodOf: (id) => byId.get(id) ?? null,
  };
}

function keyOf({ budgetId, day }: BudgetDay): string {
  return `${budgetId} ${dayKey(day)}`;
}
