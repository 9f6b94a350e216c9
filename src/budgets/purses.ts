/** Periods of budgets that give or get money, opened with what is charged together with them, and what is asked of them. */
import { mayDispose } from '../domain/budgets/authority.ts';
import { available } from '../domain/budgets/balance.ts';
import { type Budget, isActive } from '../domain/budgets/budget.ts';
import type { ChargeDay } from '../domain/budgets/charge-day.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { chargedWith } from '../domain/budgets/spread.ts';
import { decimalOfMinor } from '../domain/orders/money.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadPeople, loadUnits } from '../store/approvals/directory.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
import { loadBudgets, loadWithAncestors } from '../store/budgets/budgets.ts';
import { lockReference } from '../store/budgets/movements.ts';
import type { Transaction } from '../store/database.ts';
import { openDays } from './open-days.ts';

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

export interface Transfer extends MoneyMove {
  readonly from: Purse;
  /** By period, what the order that it is for has taken there already. */
  readonly held?: ReadonlyMap<string, number>;
}

export interface MovedMoney {
  readonly amount: number;
  readonly currency: string;
  readonly to: { readonly code: string; readonly period: string; readonly available: number };
  readonly from: { readonly code: string; readonly period: string; readonly available: number } | null;
}

export interface OpenPurse {
  readonly budget: Budget;
  readonly period: LedgerPeriod;
}

export interface ChargedPurse extends OpenPurse {
  /** Itself, and those above that whatever is spent here is charged to as well. */
  readonly charged: readonly OpenPurse[];
}

/**
 * Orders of their companies are kept apart from the move, as open-days.ts asks; and two moves from each other. By its reference, too: one
 * told for two companies at once is known to the later.
 */
export async function lockMove(trx: Transaction, key: string, purses: readonly Purse[]): Promise<void> {
  await lockReference(trx, key);
  const budgets = await loadBudgets(trx, purses.map(({ budgetId }) => budgetId)); // biome-ignore format: one call
  await lockSpends(trx, [...budgets.values()].map(({ companyId }) => companyId)); // biome-ignore format: one call
}

/** Under the locks of their companies. What is closed above them is not charged any more. Throws BUDGET_INVALID. */
export async function openPurses(trx: Transaction, purses: readonly Purse[], now: Date): Promise<ChargedPurse[]> {
  const tree = await loadWithAncestors(trx, purses.map(({ budgetId }) => budgetId)); // biome-ignore format: one call
  const chain = ({ budgetId, day }: Purse) => chargedWith(budgetId, tree).map((id) => ({ budgetId: id, day }));
  const books = await openDays(trx, purses.flatMap(chain), [], now);
  return purses.map((purse) => {
    const charged = chain(purse).flatMap((one): OpenPurse[] => {
      const [budget, period] = [books.budgets.get(one.budgetId), books.periodOn(one)];
      return budget && period ? [{ budget, period }] : [];
    });
    const [own] = charged;
    if (own?.budget.id === purse.budgetId) return { ...own, charged: [own, ...charged.slice(1).filter(({ budget }) => isActive(budget))] };
    const { code } = tree.get(purse.budgetId) ?? { code: purse.budgetId };
    throw invalid(`${code} has no period on that day; \`kontor budgets show ${code}\` lists those it has`);
  });
}

export async function requirePerson(trx: Transaction, personId: string) {
  const person = (await loadPeople(trx, [personId])).get(personId);
  if (!person) throw new NeedsOperatorError('NOT_FOUND', `there is no person ${personId}`);
  return person;
}

/** Throws NOT_ALLOWED, naming the first of them that the person has no authority over. */
export async function requireAuthority(trx: Transaction, purses: readonly OpenPurse[], personId: string): Promise<void> {
  const person = await requirePerson(trx, personId);
  const owners = await loadPeople(trx, purses.flatMap(({ budget: { ownerKind, ownerId } }) => (ownerKind === 'person' && ownerId !== null ? ownerId : []))); // biome-ignore format: one call
  for (const { budget } of purses) {
    const units = await loadUnits(trx, budget.companyId);
    if (mayDispose(budget, person, units, owners.get(budget.ownerId ?? '')?.accountId ?? null)) continue;
    throw refused(`${person.name} has no authority over ${budget.code}; its owner may do this, or an administrator of its unit or above`);
  }
}

/** Throws BUDGET_CLOSED. */
export function requireActive({ budget }: OpenPurse): void {
  if (!isActive(budget)) throw closed(budget, 'nothing moves into it or out of it');
}

/** What a closed period had left was carried over or has lapsed; and of those to come only the next gives, so that no year is spent at once. */
export function requireGiving({ budget, period }: OpenPurse): void {
  if (period.state === 'open' || (period.state === 'planned' && period.startOn === budget.nextOpensOn)) return;
  const why = period.state === 'planned' ? 'is further ahead than the next one' : 'is closed';
  throw invalid(`period ${period.key} of ${budget.code} ${why}; only the running period and the next one give money`);
}

export function requireLimited({ budget, period }: OpenPurse): void {
  if (period.isLimited) return;
  throw invalid(
    `${budget.code} has no amount of its own (limit ${budget.limitKind}), so nothing can move to or from it; name the budget that has`,
  );
}

/** `more`: what counts as free beside what is. */
export function requireFree({ budget, period }: OpenPurse, amount: number, more = 0): void {
  const free = available(period) + more;
  if (amount <= free) return;
  const message = `${budget.code} has ${sayMinor(Math.max(0, free), budget)} free in ${period.key}, which is less than ${sayMinor(amount, budget)}; take less, or from another budget`;
  throw new NeedsOperatorError('BUDGET_EXCEEDED', message, { details: { budget: budget.code, period: period.key, free, amount } });
}

export function sayMinor(minor: number, { currency }: Pick<Budget, 'currency'>): string {
  return `${decimalOfMinor(minor, currency)} ${currency}`;
}

export function closed({ code }: Pick<Budget, 'code'>, what: string): NeedsOperatorError {
  return new NeedsOperatorError('BUDGET_CLOSED', `budget ${code} is closed: ${what}; \`kontor budgets reopen ${code}\` opens it again`, {
    details: { budget: code },
  });
}

export function invalid(message: string): NeedsOperatorError {
  return new NeedsOperatorError('BUDGET_INVALID', message);
}

export function refused(message: string): NeedsOperatorError {
  return new NeedsOperatorError('NOT_ALLOWED', message);
}
