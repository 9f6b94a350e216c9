/** Amounts as they were told, in a currency that is not the budget's, and the rate that a movement was made with and keeps. */
import { pairKey, quoted, type RateBook, type UsableRate, unquoted } from '../rates/rate.ts';
import type { Original } from './post.ts';

/** In one currency; `null`: nobody can say, for some of it does not tell, or tells another one. */
export type Told = Pick<Original, 'amount' | 'currency'> | null;

/** `null` where nothing was converted. */
export function originalOf(from: string, to: string, amount: number, rates: RateBook): Original | null {
  const answer = rates.get(pairKey(from, to));
  if (from === to || !answer || 'lack' in answer) return null;
  const { rate, on, source } = quoted(answer);
  return { amount, currency: from, rate, rateOn: on, rateSource: source };
}

/** Into the currency of its budget. */
export function rateOf({ currency: from, rate, rateOn: on, rateSource: source }: Original, to: string): UsableRate {
  return unquoted({ from, to, rate, on, source });
}

/** `undefined`: nothing was told before. */
export function addTold(before: Told | undefined, more: Told): Told {
  if (before === undefined || more === null) return more;
  return before?.currency === more.currency ? { ...more, amount: before.amount + more.amount } : null;
}

/** What is told on top of what was told before. */
export function toldOnTop(after: Original | null, before: Told | undefined): Original | null {
  if (after === null || before === undefined) return after;
  return before?.currency === after.currency ? { ...after, amount: after.amount - before.amount } : null;
}

export function timesMinusOne(original: Original | null): Original | null {
  return original && { ...original, amount: -original.amount };
}
