/** Money that is told to move again under a reference: the same is answered, another move is refused. */
import { available } from '../domain/budgets/balance.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { type LedgerLine, linesByKey } from '../store/budgets/movements.ts';
import { lockPeriods } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { type MoneyMove, type MovedMoney, type OpenPurse, type Purse, sayMinor, type Transfer } from './purses.ts';

export function transferKeys(key: string): { out: string; in: string } {
  return { out: `transfer:${key}:out`, in: `transfer:${key}:in` };
}

export function topUpKey(key: string): string {
  return `top-up:${key}`;
}

interface KnownLine extends OpenPurse {
  readonly line: LedgerLine;
}

/** Under the locks of the reference and the companies. `null`: it is new. Throws TRANSFER_CONFLICT. */
export async function knownTransfer(trx: Transaction, move: Transfer): Promise<MovedMoney | null> {
  const keys = transferKeys(move.key);
  const [out, into] = await findLines(trx, [keys.out, keys.in]);
  if (!out || !into) return null;
  // What is charged with both sides has an amount of zero, and a reason that says more.
  const { line } = out.line.amount === 0 ? into : out;
  const moved = { ...line, amount: Math.abs(line.amount) };
  if (isToldOf(move, moved) && isOf(move.from, out) && isOf(move.to, into)) return answer(move, into, out);
  throw await conflict(trx, move, `transfer: ${sayMinor(moved.amount, out.budget)} from ${say(out)} to ${say(into)}`, moved, {
    from: out.budget.code,
    to: into.budget.code,
  });
}

/** The same for money from outside. */
export async function knownTopUp(trx: Transaction, move: MoneyMove): Promise<MovedMoney | null> {
  const [into] = await findLines(trx, [topUpKey(move.key)]);
  if (!into) return null;
  if (isToldOf(move, into.line) && isOf(move.to, into)) return answer(move, into, null);
  throw await conflict(trx, move, `top-up: ${sayMinor(into.line.amount, into.budget)} into ${say(into)}`, into.line, {
    to: into.budget.code,
  });
}

/** In the order of the keys, each with its budget and its period, which are locked. */
async function findLines(trx: Transaction, keys: readonly string[]): Promise<KnownLine[]> {
  const lines = await linesByKey(trx, keys);
  if (lines.length === 0) return [];
  const budgets = await loadBudgets(trx, lines.map(({ budgetId }) => budgetId)); // biome-ignore format: one call
  const periods = new Map((await lockPeriods(trx, lines.map(({ periodId }) => periodId))).map((period) => [period.id, period])); // biome-ignore format: one call
  const found = new Map(
    lines.map((line) => {
      const [budget, period] = [budgets.get(line.budgetId), periods.get(line.periodId)];
      if (!budget || !period) throw new Error(`budget ${line.budgetId} or its period ${line.periodId} is gone`);
      return [line.key, { line, budget, period }] as const;
    }),
  );
  return keys.flatMap((key) => found.get(key) ?? []);
}

type Moved = Pick<LedgerLine, 'amount' | 'reason' | 'by'>;

function isToldOf({ amount, reason, personId }: MoneyMove, moved: Moved): boolean {
  return moved.amount === amount && moved.reason === reason && moved.by === `person:${personId}`;
}

/** A day that was not told is that of the first telling. */
function isOf({ budgetId, day }: Purse, { budget, period }: OpenPurse): boolean {
  return budgetId === budget.id && ('at' in day || (period.startOn <= day.on && day.on < period.endOn));
}

function answer({ amount }: MoneyMove, into: OpenPurse, out: OpenPurse | null): MovedMoney {
  return { amount, currency: into.budget.currency, to: left(into), from: out && left(out) };
}

function left({ budget, period }: OpenPurse) {
  return { code: budget.code, period: period.key, available: available(period) };
}

const say = ({ budget, period }: OpenPurse) => `${budget.code} ${period.key}`;
const sayBy = ({ reason, by }: Pick<Moved, 'reason' | 'by'>) => `"${reason}" by ${by}`;

async function conflict(
  trx: Transaction,
  move: MoneyMove | Transfer,
  stands: string,
  moved: Moved,
  codes: Readonly<Record<string, string>>,
): Promise<NeedsOperatorError> {
  const { key, to, amount, reason, personId } = move;
  const from = 'from' in move ? move.from : null;
  const budgets = await loadBudgets(trx, [to.budgetId, ...(from ? [from.budgetId] : [])]);
  const codeOf = ({ budgetId, day }: Purse) => `${budgets.get(budgetId)?.code ?? budgetId}${'on' in day ? ` on ${day.on}` : ''}`;
  const way = from ? `from ${codeOf(from)} to ${codeOf(to)}` : `into ${codeOf(to)}`;
  const asked = `${sayMinor(amount, { currency: budgets.get(to.budgetId)?.currency ?? '' })} ${way}, ${sayBy({ reason, by: `person:${personId}` })}`;
  return new NeedsOperatorError(
    'TRANSFER_CONFLICT',
    `reference "${key}" belongs to another ${stands}, ${sayBy(moved)}; asked was ${asked}; use a new reference for a new one`,
    { details: { ...codes, amount: moved.amount } },
  );
}
