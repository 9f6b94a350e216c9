/** Find the money: from another budget or a later period of the same one, by somebody with authority over that; or from outside. */

import { mayDispose, mayTopUp } from '../domain/budgets/authority.ts';
import { available } from '../domain/budgets/balance.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import type { ChargeDay } from '../domain/budgets/charge-day.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import type { Entry } from '../domain/budgets/post.ts';
import { decimalOfMinor } from '../domain/orders/money.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadPeople, loadUnits } from '../store/approvals/directory.ts';
import type { Transaction } from '../store/database.ts';
import { openDays } from './open-days.ts';
import { write } from './write.ts';

export interface Purse {
  readonly budgetId: string;
  /** Its period that holds this day. */
  readonly day: ChargeDay;
}

export interface MoneyMove {
  readonly to: Purse;
  /** Minor units of the currency of both. */
  readonly amount: number;
  readonly personId: string;
  readonly reason: string;
  /** Says which move it is, so that the same one told twice happens once. */
  readonly key: string;
}

export interface MovedMoney {
  readonly amount: number;
  readonly currency: string;
  readonly to: { readonly code: string; readonly period: string; readonly available: number };
  readonly from: { readonly code: string; readonly period: string; readonly available: number } | null;
}

/** Never more than is free there. Throws NOT_ALLOWED, BUDGET_EXCEEDED, BUDGET_INVALID. */
export async function transfer(trx: Transaction, move: MoneyMove & { readonly from: Purse }, now: Date): Promise<MovedMoney> {
  const { from, to, amount } = move;
  const [source, target] = await openPurses(trx, [from, to], now);
  if (!source || !target) throw new RangeError('two purses were asked for');
  if (source.budget.currency !== target.budget.currency)
    throw invalid(
      `${source.budget.code} is in ${source.budget.currency}, ${target.budget.code} in ${target.budget.currency}; transfer within one currency`,
    );
  if (source.period.id === target.period.id) throw invalid(`${source.budget.code} would give to itself; name another budget or period`);
  await requireAuthority(trx, source, target, move.personId);
  requireGiving(source);
  requireLimited(source);
  requireLimited(target);
  const free = available(source.period);
  const told = {
    at: now,
    by: `person:${move.personId}`,
    reason: move.reason,
    over: { by: `person:${move.personId}`, reason: move.reason },
  };
  const keys = { out: `transfer:${move.key}:out`, in: `transfer:${move.key}:in` };
  const entries: Entry[] = [
    { ...told, ...placed(source), type: 'TRANSFER_OUT', amount: -amount, key: keys.out, counterpart: keys.in },
    { ...told, ...placed(target), type: 'TRANSFER_IN', amount, key: keys.in, counterpart: keys.out },
  ];
  const posting = await write(trx, booksOf([source, target]), entries, now);
  if (posting.movements.length > 0 && amount > free) throw exceeded(source, amount, free);
  return { amount, currency: source.budget.currency, to: after(target, posting), from: after(source, posting) };
}

/** Money from outside, by an administrator of the company. Below zero takes back what is free. */
export async function topUp(trx: Transaction, move: MoneyMove, now: Date): Promise<MovedMoney> {
  const [target] = await openPurses(trx, [move.to], now);
  if (!target) throw new RangeError('a purse was asked for');
  const person = await requirePerson(trx, move.personId);
  if (!mayTopUp(target.budget, person))
    throw refused(
      `${person.name} may not bring money into ${target.budget.code}; an administrator of the company may, or transfer from another budget`,
    );
  if (move.amount < 0) requireGiving(target);
  requireLimited(target);
  const free = available(target.period);
  const by = `person:${move.personId}`;
  const entry: Entry = {
    ...{ ...placed(target), type: 'TOP_UP', amount: move.amount, key: `top-up:${move.key}`, at: now, by, reason: move.reason },
    over: { by, reason: move.reason },
  };
  const posting = await write(trx, booksOf([target]), [entry], now);
  if (posting.movements.length > 0 && move.amount < 0 && -move.amount > free) throw exceeded(target, -move.amount, free);
  return { amount: move.amount, currency: target.budget.currency, to: after(target, posting), from: null };
}

interface OpenPurse {
  readonly budget: Budget;
  readonly period: LedgerPeriod;
}

async function openPurses(trx: Transaction, purses: readonly Purse[], now: Date): Promise<OpenPurse[]> {
  const books = await openDays(trx, purses, [], now);
  return purses.map((purse) => {
    const budget = books.budgets.get(purse.budgetId);
    if (!budget) throw invalid(`there is no budget ${purse.budgetId}`);
    const period = books.periodOn(purse);
    if (!period) throw invalid(`${budget.code} has no period on that day; \`kontor budgets show ${budget.code}\` lists those it has`);
    return { budget, period };
  });
}

async function requirePerson(trx: Transaction, personId: string) {
  const person = (await loadPeople(trx, [personId])).get(personId);
  if (!person) throw new NeedsOperatorError('NOT_FOUND', `there is no person ${personId}`);
  return person;
}

async function requireAuthority(trx: Transaction, { budget }: OpenPurse, target: OpenPurse, personId: string): Promise<void> {
  const person = await requirePerson(trx, personId);
  // What a person has each month is no allowance for the year.
  if (budget.ownerKind === 'person' && budget.id === target.budget.id && budget.ownerId === personId)
    throw refused(`${person.name} may not move ${budget.code} from one period to another, for it is their own; an administrator may`);
  const units = await loadUnits(trx, budget.companyId);
  const owner = budget.ownerKind === 'person' && budget.ownerId ? (await loadPeople(trx, [budget.ownerId])).get(budget.ownerId) : undefined;
  if (mayDispose(budget, person, units, owner?.accountId ?? null)) return;
  throw refused(`${person.name} has no authority over ${budget.code}; its owner may do this, or an administrator of its unit or above`);
}

/** What a closed period had left was carried over or has lapsed; and of those to come only the next gives, so that no year is spent at once. */
function requireGiving({ budget, period }: OpenPurse): void {
  if (period.state === 'open' || (period.state === 'planned' && period.startOn === budget.nextOpensOn)) return;
  const why = period.state === 'planned' ? 'is further ahead than the next one' : 'is closed';
  throw invalid(`period ${period.key} of ${budget.code} ${why}; only the running period and the next one give money`);
}

function requireLimited({ budget, period }: OpenPurse): void {
  if (period.isLimited) return;
  throw invalid(
    `${budget.code} has no amount of its own (limit ${budget.limitKind}), so nothing can move to or from it; name the budget that has`,
  );
}

const placed = ({ budget, period }: OpenPurse) => ({ budgetId: budget.id, periodId: period.id });
const booksOf = (purses: readonly OpenPurse[]) => ({
  budgets: new Map(purses.map(({ budget }) => [budget.id, budget])),
  periods: purses.map(({ period }) => period),
});

function after({ budget, period }: OpenPurse, { periods }: Awaited<ReturnType<typeof write>>) {
  return { code: budget.code, period: period.key, available: available(periods.get(period.id)?.after ?? period) };
}

function exceeded({ budget, period }: OpenPurse, amount: number, free: number): NeedsOperatorError {
  const say = (minor: number) => `${decimalOfMinor(minor, budget.currency)} ${budget.currency}`;
  const message = `${budget.code} has ${say(Math.max(0, free))} free in ${period.key}, which is less than ${say(amount)}; take less, or from another budget`;
  return new NeedsOperatorError('BUDGET_EXCEEDED', message, { details: { budget: budget.code, period: period.key, free, amount } });
}

function invalid(message: string): NeedsOperatorError {
  return new NeedsOperatorError('BUDGET_INVALID', message);
}

function refused(message: string): NeedsOperatorError {
  return new NeedsOperatorError('NOT_ALLOWED', message);
}
