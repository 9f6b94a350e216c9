/** Known budgets become what a file says of them. Money changes by movements; time already cut into periods stays as it is. */
import { isDeepStrictEqual } from 'node:util';
import { entitled, used } from '../domain/budgets/balance.ts';
import type { Budget, NewBudget } from '../domain/budgets/budget.ts';
import { addDays } from '../domain/budgets/civil-days.ts';
import { gapUntil } from '../domain/budgets/civil-periods.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import type { Entry } from '../domain/budgets/post.ts';
import { decimalOfMinor } from '../domain/orders/money.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import { lockBudgets, setNextOpenings, updateBudgets } from '../store/budgets/budgets.ts';
import { changePeriods, dropEmptyPlanned, listLastPeriods, lockLivePeriods } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { firstOpening } from './create-budgets.ts';
import type { NamedBudget } from './name-owners.ts';
import { bringUpToDate, groupByBudget, loadRules } from './open-periods.ts';
import { write } from './write.ts';

/** What may never change, for every movement was made under it. */
const FIXED = {
  basis: 'basis',
  currency: 'currency',
  includesShipping: 'includesShipping',
  ownerKind: 'owner',
  ownerId: 'owner',
  ownerCode: 'owner',
} as const;

export async function problemsOfChange(
  trx: Transaction,
  named: readonly NamedBudget[],
  known: ReadonlyMap<string, Budget>,
  now: Date,
): Promise<OrderProblem[]> {
  const ids = named.flatMap((after) => known.get(after.code)?.id ?? []);
  // Budgets before their periods, as the clock does.
  await lockBudgets(trx, ids);
  await bringUpToDate(trx, ids, now);
  await dropEmptyPlanned(trx, ids);
  const live = groupByBudget(await lockLivePeriods(trx, ids));
  const gapOf = await findGaps(trx, ids, named);
  return named.flatMap((after): OrderProblem[] => {
    const before = known.get(after.code);
    if (!before) return [];
    const told = (reason: string, cure: string) => ({ path: after.place, reason, cure });
    const fixed = new Set(
      Object.entries(FIXED).flatMap(([field, name]) => (before[field as keyof Budget] === after[field as keyof NamedBudget] ? [] : name)),
    );
    const problems = [...fixed].map((name) =>
      told(`the ${name} of ${after.code} cannot change: what was spent was counted by it`, 'end it (until) and begin a new budget'),
    );
    const gap = gapOf({ id: before.id, ...after });
    if (gap !== null) problems.push(told(`the periods leave a gap: none holds ${gap}`, 'let the first of them begin then'));
    const running = (live.get(before.id) ?? []).filter(isRunning);
    for (const period of running) {
      const missing = shortBy(period, after);
      const say = decimalOfMinor(missing, before.currency);
      if (missing > 0)
        problems.push(
          told(
            `${period.key} has used ${say} ${before.currency} more than it would have`,
            'say a higher limit, or transfer money to it first',
          ),
        );
      if (after.validUntil !== null && after.validUntil < period.endOn)
        problems.push(told(`${period.key} lasts until ${period.endOn}`, `say until: ${period.endOn} or later`));
      if (after.validFrom > period.startOn)
        problems.push(told(`${period.key} begins on ${period.startOn}`, `say from: ${period.startOn} or earlier`));
    }
    return problems;
  });
}

type Continued = Pick<Budget, 'id' | 'validUntil' | 'periodRule'>;

/** `2027-01-01 to 2027-01-31`: days after the last period of a budget that none of its list holds, though it goes on later. */
export async function findGaps(
  trx: Transaction,
  ids: readonly string[],
  rules: ReadonlyArray<Pick<Budget, 'periodRule'>>,
): Promise<(budget: Continued) => string | null> {
  const last = await listLastPeriods(trx, ids);
  const ruleOf = await loadRules(trx, rules);
  return ({ id, validUntil, ...budget }) => {
    const [on, rule] = [last.get(id)?.endOn, ruleOf(budget)];
    const until = on !== undefined && rule && (validUntil === null || on < validUntil) ? gapUntil(rule, on) : null;
    return until === null ? null : `${on} to ${addDays(until, -1)}`;
  };
}

export async function changeBudgets(
  trx: Transaction,
  kept: ReadonlyArray<{ before: Budget; after: NewBudget }>,
  by: string,
  now: Date,
): Promise<{ changed: string[]; unchanged: string[] }> {
  const changes = kept.filter(isChanged).map(({ before, after }) => ({ ...after, id: before.id }));
  const ids = changes.map(({ id }) => id);
  const running = (await lockLivePeriods(trx, ids)).filter(isRunning);
  await updateBudgets(trx, changes, now);
  const after = new Map((await lockBudgets(trx, ids)).map((budget) => [budget.id, budget]));
  const limits = running.map((period) => ({ ...period, isLimited: after.get(period.budgetId)?.limitKind === 'amount' }));
  const entries = limits.flatMap((period): Entry[] => {
    const budget = after.get(period.budgetId);
    const amount = (budget?.amount ?? 0) - period.allocated;
    if (!budget || amount === 0) return [];
    const key = `allocate:${budget.id}:${period.startOn}:v${budget.version}`;
    const about = { budgetId: budget.id, periodId: period.id, at: now, by, reason: `version ${budget.version} of the budget` };
    return [{ ...about, type: 'ALLOCATE', amount, key, over: { by, reason: about.reason } }];
  });
  // A limit that falls away does so before its amount, one that comes after it: in between nothing may be held against it.
  await changePeriods(trx, limits.filter(({ isLimited }) => !isLimited)); // biome-ignore format: one call
  await write(trx, { budgets: after, periods: limits }, entries, now, { isChanged: true });
  await changePeriods(trx, limits.filter(({ isLimited }) => isLimited)); // biome-ignore format: one call
  await goOn(trx, [...after.values()], now);
  const codes = new Set(changes.map(({ code }) => code));
  return { changed: [...codes], unchanged: kept.flatMap(({ before: { code } }) => (codes.has(code) ? [] : code)) };
}

export function isChanged({ before, after }: { before: Budget; after: NewBudget }): boolean {
  return Object.entries(after).some(([field, value]) => !isDeepStrictEqual(before[field as keyof Budget], value));
}

/** A budget that had come to its end, or not begun, goes on where its last period ended, or begins, as its validity and calendar now say. */
export async function goOn(trx: Transaction, budgets: readonly Budget[], now: Date): Promise<void> {
  const last = await listLastPeriods(trx, budgets.map(({ id }) => id)); // biome-ignore format: one call
  const ended = budgets.filter(({ id, nextOpensOn, state }) => state === 'active' && (nextOpensOn === null || !last.has(id)));
  if (ended.length === 0) return;
  await continueAt(trx, ended, last, now);
  await bringUpToDate(trx, ended.map(({ id }) => id), now); // biome-ignore format: one call
}

async function continueAt(trx: Transaction, ended: readonly Budget[], last: ReadonlyMap<string, LedgerPeriod>, now: Date): Promise<void> {
  const ruleOf = await loadRules(trx, ended);
  await setNextOpenings(
    trx,
    ended.map((budget) => {
      const period = last.get(budget.id);
      const next = period ? { nextOpensOn: period.endOn, nextOpensAt: period.endAt } : firstOpening(budget, ruleOf(budget), now);
      const stamps = [next.nextOpensAt, budget.nextDueAt].flatMap((stamp) => (stamp ? Number(stamp) : []));
      return { ...next, id: budget.id, nextDueAt: new Date(Math.min(...stamps)) };
    }),
  );
}

function isRunning({ state }: LedgerPeriod): boolean {
  return state === 'open' || state === 'planned';
}

function shortBy(period: LedgerPeriod, after: Pick<NewBudget, 'limitKind' | 'amount'>): number {
  if (after.limitKind !== 'amount') return 0;
  const would = entitled({ ...period, allocated: after.amount ?? 0 });
  // What is overspent already is not made worse by raising the limit.
  const is = period.isLimited ? entitled(period) : Number.POSITIVE_INFINITY;
  return would >= is ? 0 : Math.max(0, used(period) - would);
}
