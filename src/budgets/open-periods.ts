/**
 * Gives budgets what the clock owes them: periods that have begun, closes that have become final, carried money that has expired. Whoever
 * is about to touch a budget does so first, so a job that is late, lost or doubled changes nothing but the label.
 */
import type { Budget } from '../domain/budgets/budget.ts';
import type { LedgerPeriod, NewPeriod } from '../domain/budgets/ledger-period.ts';
import type { OwnPeriods } from '../domain/budgets/period-rule.ts';
import { post } from '../domain/budgets/post.ts';
import { NEW, type Turn, turn } from '../domain/budgets/turn.ts';
import { claimDueBudgets, setNextOpenings } from '../store/budgets/budgets.ts';
import { loadCalendars } from '../store/budgets/calendars.ts';
import { appendMovements } from '../store/budgets/movements.ts';
import { changePeriods, insertPeriods, lockLivePeriods } from '../store/budgets/periods.ts';
import type { Database, Transaction } from '../store/database.ts';

const BATCH = 2_000;

/** Everything that is owed now, batch by batch, each in a transaction of its own. Answers how many events that were. */
export async function openPeriods(db: Database, now: Date, { batch = BATCH, signal }: { batch?: number; signal?: AbortSignal } = {}) {
  let [turned, opened] = [0, 0];
  for (;;) {
    signal?.throwIfAborted();
    const done = await db.transaction(async (trx) => turnAll(trx, await claimDueBudgets(trx, now, { limit: batch }), now));
    if (done.turned === 0) return { turned, opened };
    turned += done.turned;
    opened += done.opened;
  }
}

/** The same for these budgets, in the transaction of whoever is about to touch them. Answers whether anything was owed. */
export async function bringUpToDate(trx: Transaction, ids: readonly string[], now: Date): Promise<boolean> {
  for (let wasOwed = false; ; wasOwed = true) {
    const due = await claimDueBudgets(trx, now, { ids });
    if (due.length === 0) return wasOwed;
    await turnAll(trx, due, now);
  }
}

type Ruled = Pick<Budget, 'periodRule'>;

/** What a budget's rule says by itself, or by the calendar it names; `null`: there is no such calendar. */
export async function loadRules(trx: Transaction | Database, budgets: readonly Ruled[]): Promise<(budget: Ruled) => OwnPeriods | null> {
  const names = budgets.flatMap(({ periodRule: rule }) => (rule.kind === 'calendar' ? rule.name : []));
  const calendars = await loadCalendars(trx, [...new Set(names)]);
  return ({ periodRule: rule }) => (rule.kind === 'calendar' ? (calendars.get(rule.name) ?? null) : rule);
}

/** One event of each, with a handful of statements for all of them. */
async function turnAll(trx: Transaction, budgets: readonly Budget[], now: Date): Promise<{ turned: number; opened: number }> {
  if (budgets.length === 0) return { turned: 0, opened: 0 };
  const ruleOf = await loadRules(trx, budgets);
  const live = groupByBudget(
    await lockLivePeriods(
      trx,
      budgets.map(({ id }) => id),
    ),
  );
  const turns = budgets.map((budget) => turn(budget, ruleOf(budget), live.get(budget.id) ?? [], now));
  const created = await createPeriods(trx, turns);
  const byId = new Map([...[...live.values()].flat(), ...created.values()].map((period) => [period.id, period]));
  const entries = turns.flatMap((each) =>
    each.entries.map((entry) => (entry.periodId === NEW ? { ...entry, periodId: created.get(entry.budgetId)?.id ?? NEW } : entry)),
  );
  await appendMovements(trx, post(byId, entries, new Set()).movements, now);
  await changePeriods(
    trx,
    turns.flatMap(({ changed }) => changed),
  );
  await setNextOpenings(
    trx,
    turns.map(({ opening }) => opening),
  );
  return { turned: turns.length, opened: turns.filter((each) => isOpening(each)).length };
}

function isOpening({ created, changed }: Turn): boolean {
  return created !== null || changed.some(({ state }) => state === 'open');
}

async function createPeriods(trx: Transaction, turns: readonly Turn[]): Promise<Map<string, LedgerPeriod>> {
  const wanted = turns.flatMap(({ created }): NewPeriod[] => (created ? [created] : []));
  const periods = await insertPeriods(trx, wanted);
  return new Map(periods.map((period) => [period.budgetId, period]));
}

export function groupByBudget(periods: readonly LedgerPeriod[]): Map<string, LedgerPeriod[]> {
  const groups = new Map<string, LedgerPeriod[]>();
  for (const period of periods) {
    const group = groups.get(period.budgetId);
    if (group) group.push(period);
    else groups.set(period.budgetId, [period]);
  }
  return groups;
}
