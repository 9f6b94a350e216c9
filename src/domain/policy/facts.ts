/** What rules may ask about an order. Loaded before rules are tried, so that trying them needs no clock and no database. */
import { type RateBook, sumIn } from '../rates/rate.ts';
import type { BudgetFact } from './budget-facts.ts';
import type { SpendPer } from './spend-period.ts';

/** Whose spend, whose first order: the requester's, that of the account the order is for, that of its whole company. */
export const WHOSE = ['person', 'unit', 'company'] as const;
export type Whose = (typeof WHOSE)[number];

/** Money in minor units of `currency`, net. */
export interface Facts {
  readonly currency: string;
  readonly goods: number;
  readonly shippingCost: number;
  /** Of the whole order; `null`: unknown. */
  readonly tax: number | null;
  readonly lines: readonly FactLine[];
  readonly costCentre: string | null;
  /** Folded names the address goes by: external ids, and `id:17`. */
  readonly shipTo: readonly string[] | null;
  readonly isNewShipTo: boolean;
  readonly isFirstOrder: Readonly<Record<Whose, boolean>>;
  readonly requester: { readonly names: readonly string[]; readonly roles: readonly string[] };
  /** What the other orders of the period come to, by `spendKey`. */
  readonly spend: ReadonlyMap<string, readonly Spend[]>;
  /** Of the day the order came in, between its currencies and those of rules, limits and budgets. */
  readonly rates: RateBook;
  /** That it would be charged to. */
  readonly budgets: readonly BudgetFact[];
}

export interface FactLine {
  readonly product: string;
  readonly quantity: string;
  readonly category: string | null;
  readonly supplier: string | null;
}

/** One currency's share. */
export interface Spend {
  readonly currency: string;
  readonly total: number;
  readonly goods: number;
}

export interface SpendNeed {
  readonly per: SpendPer;
  readonly whose: Whose;
}

export function spendKey({ per, whose }: SpendNeed): string {
  return `${whose} ${per}`;
}

/** Words of people and of systems compare without case and outer blanks. */
export function fold(text: string): string {
  return text.trim().toLowerCase();
}

/** What this order adds. */
export function orderAmount({ goods, shippingCost }: Pick<Facts, 'goods' | 'shippingCost'>, includesShipping: boolean): number {
  return includesShipping ? goods + shippingCost : goods;
}

/** In minor units of a currency, or why nobody can say. */
export type Sum = { readonly minor: number } | { readonly lack: string };

export type Money = Pick<Facts, 'currency' | 'goods' | 'shippingCost' | 'rates'>;

/** What this order adds, in another currency if need be. */
export function amountIn(facts: Money, { currency, includesShipping }: { currency: string; includesShipping: boolean }): Sum {
  return sumIn(currency, [{ minor: orderAmount(facts, includesShipping), currency: facts.currency }], facts.rates);
}

export interface PeriodSum {
  /** The others of the period, and this order. */
  readonly all: Sum;
  readonly before: Sum;
}

export function spendWith(
  facts: Facts,
  need: SpendNeed,
  { currency, includesShipping }: { currency: string; includesShipping: boolean },
): PeriodSum {
  const others = (facts.spend.get(spendKey(need)) ?? []).map((one) => ({
    currency: one.currency,
    minor: includesShipping ? one.total : one.goods,
  }));
  const own = { minor: orderAmount(facts, includesShipping), currency: facts.currency };
  return { all: sumIn(currency, [...others, own], facts.rates), before: sumIn(currency, others, facts.rates) };
}
