/** What the turns of a batch write, with the sums their movements come to, and which running periods they take somewhere. Pure. */
import { EMPTY } from '../domain/budgets/balance.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { type PostedTo, post } from '../domain/budgets/post.ts';
import { newIn, type Turn } from '../domain/budgets/turn.ts';
import type { TurnWrites } from '../store/budgets/apply-turns.ts';
import type { PassedPeriod } from './raise-alerts.ts';

export function writesOf(turns: readonly Turn[], live: readonly LedgerPeriod[]): { writes: TurnWrites; passed: PassedPeriod[] } {
  const created = turns.flatMap((each) => each.created ?? []);
  const periods = new Map<string, PostedTo>(live.map((period) => [period.id, period]));
  for (const { budgetId, isLimited } of created) periods.set(newIn(budgetId), { ...EMPTY, isLimited });
  const posting = post(periods, turns.flatMap(({ entries }) => entries), new Set()); // biome-ignore format: one call
  const changes = new Map(turns.flatMap(({ changed }) => changed.map((change) => [change.id, change] as const)));
  const touched = live.filter(({ id }) => changes.has(id) || posting.periods.has(id));
  const after = (period: LedgerPeriod) => posting.periods.get(period.id)?.after ?? period;
  const writes = {
    created: created.map((period) => ({ period, sums: posting.periods.get(newIn(period.budgetId))?.after ?? EMPTY })),
    changed: touched.map((period) => ({ change: changes.get(period.id) ?? period, sums: after(period) })),
    movements: posting.movements,
    openings: turns.map(({ opening }) => opening),
  };
  const running = touched.filter(({ id, state }) => (changes.get(id)?.state ?? state) === 'open');
  const passed = running.map((period) => ({ period, before: period.state === 'open' ? period : null, after: after(period) }));
  return { writes, passed };
}
