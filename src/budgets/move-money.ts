/** Find the money: from another budget or the next period of the same one, by somebody with authority over that; or from outside. */

import { mayTopUp } from '../domain/budgets/authority.ts';
import { available } from '../domain/budgets/balance.ts';
import type { Entry } from '../domain/budgets/post.ts';
import type { Transaction } from '../store/database.ts';
import { knownTopUp, knownTransfer, topUpKey, transferKeys } from './known-moves.ts';
import {
  type ChargedPurse,
  invalid,
  lockMove,
  type MoneyMove,
  type MovedMoney,
  type OpenPurse,
  openPurses,
  refused,
  requireActive,
  requireAuthority,
  requireFree,
  requireGiving,
  requireLimited,
  requirePerson,
  sayMinor,
  type Transfer,
} from './purses.ts';
import { write } from './write.ts';

/**
 * Never more than is free there. What is charged with both sides keeps what it has, what is charged with one side gives or gets as much
 * as that side: so what can be spent in all is the same before and after. Told again it is answered and not done again. Throws NOT_ALLOWED,
 * BUDGET_CLOSED, BUDGET_EXCEEDED, BUDGET_INVALID, TRANSFER_CONFLICT.
 */
export async function transfer(trx: Transaction, move: Transfer, now: Date): Promise<MovedMoney> {
  const { from, to, amount, held } = move;
  await lockMove(trx, move.key, [from, to]);
  const known = await knownTransfer(trx, move);
  if (known) return known;
  const [source, target] = await openPurses(trx, [from, to], now);
  if (!source || !target) throw new RangeError('two purses were asked for');
  for (const one of [source, target]) requireActive(one);
  requirePair(source, target);
  const [gives, gets] = [without(source, target), without(target, source)];
  await requireMayMove(trx, source, target, move.personId);
  await requireAuthority(trx, [source, ...gives], move.personId);
  for (const one of [source, ...gives]) requireGiving(one);
  for (const one of [source, target]) requireLimited(one);
  const entries = entriesOf(move, { source, target, gives, gets }, now);
  for (const one of gives) requireFree(one, amount);
  // What is charged here with the target is not taken out; the order's own is what it will be spent on.
  if (!gives.includes(source)) requireFree(source, amount, held?.get(source.period.id));
  const posting = await write(trx, booksOf([source, target, ...gives, ...gets]), entries, now);
  return { amount, currency: source.budget.currency, to: after(target, posting), from: after(source, posting) };
}

/** Money from outside, by an administrator of the company. Below zero takes back what is free. Told again and refused as a transfer is. */
export async function topUp(trx: Transaction, move: MoneyMove, now: Date): Promise<MovedMoney> {
  await lockMove(trx, move.key, [move.to]);
  const known = await knownTopUp(trx, move);
  if (known) return known;
  const [target] = await openPurses(trx, [move.to], now);
  if (!target) throw new RangeError('a purse was asked for');
  requireActive(target);
  const person = await requirePerson(trx, move.personId);
  if (!mayTopUp(target.budget, person))
    throw refused(
      `${person.name} may not bring money into ${target.budget.code}; an administrator of the company may, or transfer from another budget`,
    );
  if (move.amount < 0) requireGiving(target);
  requireLimited(target);
  const entry: Entry = { ...told(move, now), ...placed(target), type: 'TOP_UP', amount: move.amount, key: topUpKey(move.key) };
  const posting = await write(trx, booksOf([target]), [entry], now);
  if (move.amount < 0) requireFree(target, -move.amount);
  return { amount: move.amount, currency: target.budget.currency, to: after(target, posting), from: null };
}

function requirePair({ budget: from, period }: OpenPurse, { budget: to, period: other }: OpenPurse): void {
  if (from.companyId !== to.companyId) throw invalid(`${from.code} and ${to.code} belong to two companies; transfer within one`);
  if (from.currency !== to.currency)
    throw invalid(`${from.code} is in ${from.currency}, ${to.code} in ${to.currency}; transfer within one currency`);
  if (period.id === other.id) throw invalid(`${from.code} would give to itself; name another budget or period`);
}

/** What a person has each month is no allowance for the year. */
async function requireMayMove(trx: Transaction, { budget }: OpenPurse, target: OpenPurse, personId: string): Promise<void> {
  if (budget.ownerKind !== 'person' || budget.id !== target.budget.id || budget.ownerId !== personId) return;
  const { name } = await requirePerson(trx, personId);
  throw refused(`${name} may not move ${budget.code} from one period to another, for it is their own; an administrator may`);
}

function without({ charged }: ChargedPurse, other: ChargedPurse): OpenPurse[] {
  return charged.filter(({ period }) => period.isLimited && !other.charged.some((one) => one.period.id === period.id));
}

interface Parties {
  readonly source: ChargedPurse;
  readonly target: ChargedPurse;
  readonly gives: readonly OpenPurse[];
  readonly gets: readonly OpenPurse[];
}

/** Of both sides always, of what is charged with both with an amount of zero: its statement tells of it all the same. */
function entriesOf(move: Transfer, { source, target, gives, gets }: Parties, now: Date): Entry[] {
  const keys = transferKeys(move.key);
  const out = { ...told(move, now), type: 'TRANSFER_OUT' as const, counterpart: keys.in };
  const into = { ...told(move, now), type: 'TRANSFER_IN' as const, counterpart: keys.out };
  const isWithBoth = (side: ChargedPurse, moved: readonly OpenPurse[]) => !moved.some(({ period }) => period.id === side.period.id);
  const noted = (other: OpenPurse) =>
    `${move.reason}; ${sayMinor(move.amount, other.budget)} stay here, where ${other.budget.code} is charged as well`;
  return [
    isWithBoth(source, gives)
      ? { ...out, ...placed(source), amount: 0, key: keys.out, reason: noted(target) }
      : { ...out, ...placed(source), amount: -move.amount, key: keys.out },
    isWithBoth(target, gets)
      ? { ...into, ...placed(target), amount: 0, key: keys.in, reason: noted(source) }
      : { ...into, ...placed(target), amount: move.amount, key: keys.in },
    ...gives
      .filter(({ period }) => period.id !== source.period.id)
      .map((one) => ({ ...out, ...placed(one), amount: -move.amount, key: `${keys.out}:${one.period.id}` })),
    ...gets
      .filter(({ period }) => period.id !== target.period.id)
      .map((one) => ({ ...into, ...placed(one), amount: move.amount, key: `${keys.in}:${one.period.id}` })),
  ];
}

function told({ personId, reason }: MoneyMove, now: Date): Pick<Entry, 'at' | 'by' | 'reason' | 'over'> {
  const by = `person:${personId}`;
  return { at: now, by, reason, over: { by, reason } };
}

const placed = ({ budget, period }: OpenPurse) => ({ budgetId: budget.id, periodId: period.id });
const booksOf = (purses: readonly OpenPurse[]) => ({
  budgets: new Map(purses.map(({ budget }) => [budget.id, budget])),
  periods: [...new Map(purses.map(({ period }) => [period.id, period])).values()],
});

function after({ budget, period }: OpenPurse, { periods }: Awaited<ReturnType<typeof write>>) {
  return { code: budget.code, period: period.key, available: available(periods.get(period.id)?.after ?? period) };
}
