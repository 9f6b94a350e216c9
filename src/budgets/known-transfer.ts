/** A transfer that is told again under its reference: the same is answered, another one is refused. */
import { available } from '../domain/budgets/balance.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { type LedgerLine, linesByKey } from '../store/budgets/movements.ts';
import { lockPeriods } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { type MovedMoney, type OpenPurse, type Purse, sayMinor, type Transfer } from './purses.ts';

export function transferKeys(key: string): { out: string; in: string } {
  return { out: `transfer:${key}:out`, in: `transfer:${key}:in` };
}

/** Under the locks of the companies. `null`: it is new. Throws TRANSFER_CONFLICT. */
export async function knownTransfer(trx: Transaction, move: Transfer): Promise<MovedMoney | null> {
  const keys = transferKeys(move.key);
  const lines = new Map((await linesByKey(trx, [keys.out, keys.in])).map((line) => [line.key, line]));
  const [out, into] = [lines.get(keys.out), lines.get(keys.in)];
  if (!out || !into) return null;
  const budgets = await loadBudgets(trx, [out.budgetId, into.budgetId]);
  const periods = new Map((await lockPeriods(trx, [out.periodId, into.periodId])).map((period) => [period.id, period]));
  const purse = ({ budgetId, periodId }: LedgerLine): OpenPurse => {
    const [budget, period] = [budgets.get(budgetId), periods.get(periodId)];
    if (!budget || !period) throw new Error(`budget ${budgetId} or its period ${periodId} is gone`);
    return { budget, period };
  };
  const [source, target] = [purse(out), purse(into)];
  // What is charged with both sides has an amount of zero, and a reason that says more.
  const { amount, reason, by } = out.amount === 0 ? into : out;
  const isSame = Math.abs(amount) === move.amount && reason === move.reason && by === `person:${move.personId}`;
  if (!isSame || !isOf(move.from, source) || !isOf(move.to, target)) throw conflict(move, Math.abs(amount), source, target);
  return { amount: move.amount, currency: source.budget.currency, to: left(target), from: left(source) };
}

/** A day that was not told is that of the first telling. */
function isOf({ budgetId, day }: Purse, { budget, period }: OpenPurse): boolean {
  return budgetId === budget.id && ('at' in day || (period.startOn <= day.on && day.on < period.endOn));
}

function left({ budget, period }: OpenPurse) {
  return { code: budget.code, period: period.key, available: available(period) };
}

function conflict({ key }: Transfer, amount: number, source: OpenPurse, target: OpenPurse): NeedsOperatorError {
  const say = ({ budget, period }: OpenPurse) => `${budget.code} ${period.key}`;
  return new NeedsOperatorError(
    'TRANSFER_CONFLICT',
    `reference "${key}" belongs to another transfer: ${sayMinor(amount, source.budget)} from ${say(source)} to ${say(target)}; use a new reference for a new one`,
    { details: { from: source.budget.code, to: target.budget.code, amount } },
  );
}
