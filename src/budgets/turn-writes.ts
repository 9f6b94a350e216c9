/** What the turns of a batch write, with the sums their movements come to, and which running periods they take somewhere. Pure. */
import { type Balance, EMPTY } from '../domain/budgets/balance.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { type PostedTo, post } from '../domain/budgets/post.ts';
import { NEW, type Turn } from '../domain/budgets/turn.ts';
import type { TurnWrites } from '../store/budgets/apply-turns.ts';
import type { PassedPeriod } from './raise-alerts.ts';

export function writesOf(turns: readonly Turn[], live: readonly LedgerPeriod[]): { writes: TurnWrites; passed: PassedPeriod[] } {
  const created = turns.flatMap((each) => each.created ?? []);
  const periods = new Map<string, PostedTo>(live.map((period) => [period.id, period]));
  for (const { budgetId, isLimited } of created) periods.set(newIn(budgetId), { ...EMPTY, isLimited });
  const entries = turns.flatMap((each) =>
    each.entries.map((entry) => (entry.periodId === NEW ? { ...entry, periodId: newIn(entry.budgetId) } : entry)),
  );
  const posting = post(periods, entries, new Set());
  const changes = new Map(turns.flatMap((each) => each.changed.map((change) => [change.id, change] as const)));
  const touched = live.filter(({ id }) => changes.has(id) || posting.periods.has(id));
  const after = (period: LedgerPeriod) => posting.periods.get(period.id)?.after ?? period;
  const writes = {
    created: created.map((period) => ({ ...period, ...sumsOf(posting.periods.get(newIn(period.budgetId))?.after ?? EMPTY) })),
    changed: touched.map((period) => {
      const { id, state, closesAt, carryExpiresAt, openedAt, openedLate, isLimited } = changes.get(period.id) ?? period;
      return { ...sumsOf(after(period)), id, state, closesAt, carryExpiresAt, openedAt, openedLate, isLimited };
    }),
    movements: posting.movements.map((one) => (one.periodId === newIn(one.budgetId) ? { ...one, periodId: null } : one)),
    openings: turns.map(({ opening }) => opening),
  };
  const running = touched.filter(({ id, state }) => (changes.get(id)?.state ?? state) === 'open');
  const passed = running.map((period) => ({ period, before: period.state === 'open' ? period : null, after: after(period) }));
  return { writes, passed };
}

function newIn(budgetId: string): string {
  return `${NEW} ${budgetId}`;
}

function sumsOf({ allocated, carriedIn, carriedOut, overridden }: Balance) {
  return { allocated, carriedIn, carriedOut, overridden };
}
