/** What the budgets say that an order would be charged to. Each is tried and told; limit L: up to and including L passes (SEMANTICS 2.2). */
import { Decimal } from 'decimal.js';
import { type RateAnswer, sumIn } from '../rates/rate.ts';
import { sayMoney } from './amounts.ts';
import type { BudgetBasis, BudgetFact, BudgetNumbers, Enforcement } from './budget-facts.ts';
import type { Effect } from './effect.ts';
import type { Facts } from './facts.ts';

export interface BudgetTrial {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly enforcement: Enforcement;
  readonly day: string;
  readonly period: string | null;
  readonly isLimited: boolean;
  readonly total: number | null;
  readonly available: number | null;
  /** `null`: nobody can say. */
  readonly takes: number | null;
  /** With this order, as if the others that wait were declined. */
  readonly remaining: number | null;
  /** With this order and all others that wait. Less than zero is beyond the budget. */
  readonly remainingWithPending: number | null;
  readonly effect: Effect;
  readonly because?: string;
}

type OrderMoney = Pick<Facts, 'currency' | 'goods' | 'shippingCost' | 'tax' | 'rates'>;

export type Taking = { readonly minor: number; readonly original: number } | { readonly lack: string };

/** What an order takes from a budget: `minor` in the budget's currency, `original` in the order's. */
export function takingOf(order: OrderMoney, budget: BudgetBasis): Taking {
  const original = countedOf(order, budget);
  if (typeof original === 'string') return { lack: original };
  const sum = sumIn(budget.currency, [{ minor: original, currency: order.currency }], order.rates);
  return 'lack' in sum ? sum : { minor: sum.minor, original };
}

/** A tax is told of the whole order; without shipping it counts by the goods' share. */
function countedOf({ goods, shippingCost, tax }: OrderMoney, { basis, includesShipping }: BudgetBasis): number | string {
  const net = includesShipping ? goods + shippingCost : goods;
  if (basis === 'net') return net;
  if (tax === null) return 'it counts gross, and the tax of the order is unknown';
  const all = goods + shippingCost;
  const share = net === all ? new Decimal(tax) : new Decimal(tax).times(net).div(all);
  return net + share.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
}

const EFFECT_OF: Readonly<Record<Enforcement, Effect>> = { allow: 'allow', warn: 'warn', require_approval: 'require', block: 'deny' };

export function tryBudget(budget: BudgetFact, facts: Facts): BudgetTrial {
  const { id, code, name, currency, enforcement } = budget;
  const told = { id, code, name, currency, enforcement };
  const taking = takingOf(facts, budget);
  if (!('lack' in taking)) return { ...told, ...judged(budget, taking.minor) };
  const { period } = budget;
  return { ...told, ...placed(budget), ...numbersOf(period, null), takes: null, effect: failing(enforcement), because: taking.lack };
}

/** The same money on another day, by the enforcement of that day. */
export function tryAgain({ id, code, name, currency }: BudgetTrial, takes: number, budget: BudgetFact): BudgetTrial {
  return { id, code, name, currency, enforcement: budget.enforcement, ...judged(budget, takes) };
}

type Judged = Omit<BudgetTrial, 'id' | 'code' | 'name' | 'currency' | 'enforcement'>;

function judged(budget: BudgetFact, takes: number): Judged {
  const { enforcement, lack, period } = budget;
  const numbers = numbersOf(period, takes);
  const told = { ...placed(budget), ...numbers, takes };
  const { remainingWithPending: left } = numbers;
  const isWithin = period !== null && (left === null || left >= 0 || takes <= 0);
  if (isWithin) return { ...told, effect: 'allow' };
  return { ...told, effect: EFFECT_OF[enforcement], ...(lack !== null && { because: lack }) };
}

function placed({ day, period }: BudgetFact): Pick<BudgetTrial, 'day' | 'period' | 'isLimited'> {
  return { day, period: period?.key ?? null, isLimited: period?.isLimited ?? true };
}

/** What nobody can judge needs a person (SEMANTICS 2.7); a budget that only counts holds nothing up, and says so. */
function failing(enforcement: Enforcement): Effect {
  return enforcement === 'allow' ? 'warn' : 'require';
}

function numbersOf(
  period: BudgetNumbers | null,
  takes: number | null,
): Pick<BudgetTrial, 'total' | 'available' | 'remaining' | 'remainingWithPending'> {
  if (!period?.isLimited) return { total: null, available: null, remaining: null, remainingWithPending: null };
  const { total, available, pending } = period;
  if (takes === null) return { total, available, remaining: null, remainingWithPending: null };
  return { total, available, remaining: available + pending - takes, remainingWithPending: available - takes };
}

export function sayBudgetTrial({
  code,
  name,
  currency,
  period,
  day,
  available,
  takes,
  isLimited,
  remainingWithPending,
  because,
}: BudgetTrial): string {
  const money = (minor: number | null) => (minor === null ? 'nobody knows how much' : sayMoney(minor, currency));
  const when = period === null ? `on ${day}` : `in ${period}`;
  const what = `budget ${code} (${name}) ${when}`;
  if (because !== undefined) return `${what}: ${because}`;
  if (!isLimited || remainingWithPending === null) return `${what}: ${money(takes)} of a budget without limit`;
  const left = remainingWithPending < 0 ? `${sayMoney(-remainingWithPending, currency)} too much` : `${money(remainingWithPending)} remain`;
  return `${what}: ${money(takes)} of ${money(available)} available, ${left}`;
}

/** Of a budget that is `used`, in percent of its total; a budget of nothing is used up by anything. */
export function usedPercent({ total, remainingWithPending }: BudgetTrial): Decimal | null {
  if (total === null || remainingWithPending === null) return null;
  const used = total - remainingWithPending;
  if (total <= 0) return new Decimal(used > 0 ? Number.POSITIVE_INFINITY : 0);
  return new Decimal(used).times(100).div(total);
}

/** Rates that were asked for, for the trace. */
export function ratesIn({ rates }: Pick<Facts, 'rates'>): RateAnswer[] {
  return [...rates.values()].sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
}
