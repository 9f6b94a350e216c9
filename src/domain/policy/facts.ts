/** What rules may ask about an order. Loaded before rules are tried, so that trying them needs no clock and no database. */
import type { SpendPer } from './spend-period.ts';

/** Whose spend, whose first order: the requester's, that of the account the order is for, that of its whole company. */
export const WHOSE = ['person', 'unit', 'company'] as const;
export type Whose = (typeof WHOSE)[number];

/** Money in minor units of `currency`, net. */
export interface Facts {
  readonly currency: string;
  readonly goods: number;
  readonly shippingCost: number;
  readonly lines: readonly FactLine[];
  readonly costCentre: string | null;
  /** Folded names the address goes by: external ids, and `id:17`. */
  readonly shipTo: readonly string[] | null;
  readonly isNewShipTo: boolean;
  readonly isFirstOrder: Readonly<Record<Whose, boolean>>;
  readonly requester: { readonly names: readonly string[]; readonly roles: readonly string[] };
  /** What the other orders of the period come to, by `spendKey`. */
  readonly spend: ReadonlyMap<string, readonly Spend[]>;
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

/** This order with the others of its period; `null` where one of them is in another currency, since no rate is known. */
export function spendWith(facts: Facts, need: SpendNeed, limit: { currency: string; includesShipping: boolean }): number | null {
  const others = facts.spend.get(spendKey(need)) ?? [];
  if (facts.currency !== limit.currency || others.some(({ currency }) => currency !== limit.currency)) return null;
  const before = others.reduce((sum, { total, goods }) => sum + (limit.includesShipping ? total : goods), 0);
  return before + orderAmount(facts, limit.includesShipping);
}
