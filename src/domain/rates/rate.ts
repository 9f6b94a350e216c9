/**
 * Dated exchange rates: the newest on or before a day, as it is quoted or the other way round, never by way of a third currency, and
 * never one that is too old. What has no rate has none: nothing is ever taken for 1 (SEMANTICS 2.7).
 */
import { Decimal } from 'decimal.js';
import { exponentOf } from '../../connector/mapping/words.ts';
import { daysBetween } from '../orders/civil-day.ts';

/** One unit of `from` is `rate` units of `to`. */
export interface Rate {
  readonly from: string;
  readonly to: string;
  /** Civil date. */
  readonly on: string;
  /** Exact decimal. */
  readonly rate: string;
  readonly source: string;
}

/** Decimals of a rate that was quoted for several units and does not come out even. */
const MOST_DECIMALS = 80;

/** What one unit is, where so many are quoted together, as yen are by the hundred. Both are exact decimals above zero. */
export function forOne(rate: string, units: string): string {
  return units === '1' ? rate : new Exact(rate).div(units).toDecimalPlaces(MOST_DECIMALS).toFixed();
}

/** The newest quotation there is, however old. */
export interface Quotation extends Omit<Rate, 'from' | 'to'> {
  /** It says what one unit of `to` is in `from`. */
  readonly isInverse: boolean;
}

export interface UsableRate extends Quotation {
  readonly from: string;
  readonly to: string;
}

export interface MissingRate {
  readonly from: string;
  readonly to: string;
  /** Why there is none, as people read it. */
  readonly lack: string;
}

export type RateAnswer = UsableRate | MissingRate;

/** By `pairKey`. What is not in it was not asked for. */
export type RateBook = ReadonlyMap<string, RateAnswer>;

export const NO_RATES: RateBook = new Map();

export function pairKey(from: string, to: string): string {
  return `${from} ${to}`;
}

export function bookOf(answers: readonly RateAnswer[]): RateBook {
  return new Map(answers.map((answer) => [pairKey(answer.from, answer.to), answer]));
}

export function answerFor(
  { from, to, day }: { from: string; to: string; day: string },
  newest: Quotation | undefined,
  maxAgeDays: number,
): RateAnswer {
  if (!newest) return { from, to, lack: `no rate ${from}/${to} on or before ${day}` };
  const age = daysBetween(newest.on, day);
  if (age <= maxAgeDays) return { from, to, ...newest };
  return {
    from,
    to,
    lack: `the newest rate ${from}/${to} is of ${newest.on}, ${age} day${age === 1 ? '' : 's'} before ${day}; at most ${maxAgeDays} are allowed`,
  };
}

/** Wide enough for every amount times every rate; only the end is rounded. */
const Exact = Decimal.clone({ precision: 120, toExpNeg: -9e15, toExpPos: 9e15 });

export interface Part {
  readonly minor: number;
  readonly currency: string;
}

/** What it comes to in one currency, in minor units, rounded half up once; or why nobody can say. */
export function sumIn(currency: string, parts: readonly Part[], rates: RateBook): { minor: number } | { lack: string } {
  let sum = new Exact(0);
  for (const part of parts) {
    if (part.minor === 0) continue;
    const there = part.currency === currency ? new Exact(part.minor) : converted(part, currency, rates);
    if (typeof there === 'string') return { lack: there };
    sum = sum.plus(there);
  }
  // Away from zero at a half, so that what is taken and what is given back come to nothing.
  const minor = sum.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
  return Number.isSafeInteger(minor) ? { minor } : { lack: `too large to be an amount of ${currency}` };
}

/** In minor units of `currency`, not rounded. */
function converted({ minor, currency: from }: Part, to: string, rates: RateBook): Decimal | string {
  const answer = rates.get(pairKey(from, to)) ?? { lack: `no rate ${from}/${to}` };
  if ('lack' in answer) return answer.lack;
  const shifted = new Exact(minor).times(new Exact(10).pow(exponentOf(to) - exponentOf(from)));
  return answer.isInverse ? shifted.div(answer.rate) : shifted.times(answer.rate);
}

/** As a number to multiply with, for those who read a movement; and where it is from. */
export function quoted(answer: UsableRate): { rate: string; on: string; source: string } {
  const { rate, on, source, isInverse } = answer;
  if (!isInverse) return { rate, on, source };
  return { rate: new Exact(1).div(rate).toSignificantDigits(20).toFixed(), on, source: `${source}, inverse of ${rate}` };
}

/** The answer that `quoted` told of, so that what was converted by it once is converted to the same again. */
export function unquoted({ from, to, rate, on, source }: Rate): UsableRate {
  const [, name, other] = /^(.*), inverse of (\d+(?:\.\d+)?)$/s.exec(source) ?? [];
  if (name === undefined || other === undefined) return { from, to, on, rate, source, isInverse: false };
  return { from, to, on, rate: other, source: name, isInverse: true };
}

/** `1.0825 of 2026-11-23 (ECB)`. */
export function sayRate(answer: RateAnswer): string {
  if ('lack' in answer) return answer.lack;
  const { from, to, rate, on, source, isInverse } = answer;
  return `${isInverse ? `${to}/${from}` : `${from}/${to}`} ${rate} of ${on} (${source})`;
}
