/**
 * Gives budgets what the clock owes them: periods that have begun, closes that have become final, carried money that has expired. Whoever
 * is about to touch a budget does so first, so a job that is late, lost or doubled changes nothing but the label.
 */

import type { Budget } from '../domain/budgets/budget.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import type { OwnPeriods } from '../domain/budgets/period-rule.ts';
import { type TimedBudget, type Turn, turn } from '../domain/budgets/turn.ts';
import { applyTurns } from '../store/budgets/apply-turns.ts';
import { type BudgetClaim, claimDueBudgets, lockDueBudgets } from '../store/budgets/budgets.ts';
import { loadCalendars } from '../store/budgets/calendars.ts';
import { lockLivePeriods } from '../store/budgets/periods.ts';
import { connectionLost, type Database, type Transaction } from '../store/database.ts';
import { raiseAlerts } from './raise-alerts.ts';
import { eachAlone, type Stuck, throwStuck } from './stuck.ts';
import { writesOf } from './turn-writes.ts';

const BATCH = 2_000;

/** While one batch is worked out here, another is written there. */
const LANES = 2;

interface Turned {
  /** Events. */
  readonly turned: number;
  readonly opened: number;
}

/**
 * Everything that is owed now, batch by batch, each in a transaction of its own. Answers how much that was. A budget that cannot be
 * brought up to date keeps no other from it, and is named by what is thrown in the end.
 */
export async function openPeriods(
  db: Database,
  now: Date,
  { batch = BATCH, signal }: { batch?: number; signal?: AbortSignal } = {},
): Promise<Turned> {
  const stuck = new Map<string, Stuck>();
  const lane = async (): Promise<Turned> => {
    const all: Turned[] = [];
    for (let after: TimedBudget | null = null; ; ) {
      signal?.throwIfAborted();
      const from: TimedBudget | null = after;
      const done = await turnBatch(db, now, { limit: batch, after: from }, stuck);
      // Once more from the beginning, for what somebody else held, and for what is owed next.
      if (done.last === null && from === null) return sumOf(all);
      after = done.last;
      all.push(done);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const sums = lanes.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  throwStuck('budgets that the clock could not bring up to date', [...stuck.values()]);
  return sumOf(sums);
}

/** `stuck`: by id, those that could not be turned, which are not claimed again. */
async function turnBatch(
  db: Database,
  now: Date,
  claim: Pick<BudgetClaim, 'limit' | 'after'>,
  stuck: Map<string, Stuck>,
): Promise<Turned & { last: TimedBudget | null }> {
  let claimed: readonly TimedBudget[] = [];
  try {
    const done = await db.transaction(async (trx) => {
      claimed = await claimDueBudgets(trx, now, { ...claim, except: [...stuck.keys()] });
      return turnAll(trx, claimed, now);
    });
    return { ...done, last: claimed.at(-1) ?? null };
  } catch (error) {
    if (claimed.length === 0 || connectionLost(error)) throw error;
  }
  const turnOne = ({ id }: TimedBudget) => db.transaction(async (trx) => turnAll(trx, await lockDueBudgets(trx, [id], now), now));
  const done = await eachAlone(claimed, turnOne, ({ id, code }, error) => stuck.set(id, { name: code, error }));
  return { ...sumOf(done), last: claimed.at(-1) ?? null };
}

function sumOf(all: readonly Turned[]): Turned {
  return { turned: all.reduce((sum, one) => sum + one.turned, 0), opened: all.reduce((sum, one) => sum + one.opened, 0) };
}

/** The same for these budgets, in the transaction of whoever is about to touch them. Answers whether anything was owed. */
export async function bringUpToDate(trx: Transaction, ids: readonly string[], now: Date): Promise<boolean> {
  for (let wasOwed = false; ; wasOwed = true) {
    const due = await lockDueBudgets(trx, ids, now);
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
async function turnAll(trx: Transaction, budgets: readonly TimedBudget[], now: Date): Promise<{ turned: number; opened: number }> {
  if (budgets.length === 0) return { turned: 0, opened: 0 };
  const ruleOf = await loadRules(trx, budgets);
  const live = groupByBudget(
    await lockLivePeriods(
      trx,
      budgets.map(({ id }) => id),
    ),
  );
  const turns = budgets.map((budget) => turn(budget, ruleOf(budget), live.get(budget.id) ?? [], now));
  const { writes, passed } = writesOf(turns, [...live.values()].flat());
  await applyTurns(trx, writes, now);
  await raiseAlerts(trx, new Map(budgets.map((budget) => [budget.id, budget])), passed, now);
  return { turned: turns.length, opened: turns.filter((each) => isOpening(each)).length };
}

function isOpening({ created, changed }: Turn): boolean {
  return created !== null || changed.some(({ state }) => state === 'open');
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
