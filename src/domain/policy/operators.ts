/** The operators rules compare with, each written out: gt, gte, lt, lte, eq for numbers; eq, in, notIn for words. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { currencySchema, decimalSchema, readMinor, sayMoney } from './amounts.ts';
import { fold } from './facts.ts';

const NUMBER_OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq'] as const;
export type NumberOperator = (typeof NUMBER_OPERATORS)[number];

/** `value` is a decimal as text; for money in minor units. */
export interface Bound {
  readonly operator: NumberOperator;
  readonly value: string;
}

const SIGNS: Readonly<Record<NumberOperator, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=' };

const COMPARE: Readonly<Record<NumberOperator, (found: Decimal, value: string) => boolean>> = {
  gt: (found, value) => found.gt(value),
  gte: (found, value) => found.gte(value),
  lt: (found, value) => found.lt(value),
  lte: (found, value) => found.lte(value),
  eq: (found, value) => found.eq(value),
};

export function withinBounds(found: string | number, bounds: readonly Bound[]): boolean {
  return bounds.every(({ operator, value }) => COMPARE[operator](new Decimal(found), value));
}

export function sayBounds(bounds: readonly Bound[], say: (value: string) => string = String): string {
  return bounds.map(({ operator, value }) => `${SIGNS[operator]} ${say(value)}`).join(' and ');
}

export const sayMinor = (currency: string) => (minor: string) => sayMoney(Number(minor), currency);

const numbers = {
  gt: decimalSchema.optional(),
  gte: decimalSchema.optional(),
  lt: decimalSchema.optional(),
  lte: decimalSchema.optional(),
  eq: decimalSchema.optional(),
};

type GivenNumbers = Partial<Record<NumberOperator, string | undefined>>;

function boundsOf(given: GivenNumbers, context: z.core.$RefinementCtx): Bound[] {
  const bounds = NUMBER_OPERATORS.flatMap((operator) => {
    const value = given[operator];
    return value === undefined ? [] : [{ operator, value }];
  });
  if (bounds.length === 0) {
    context.issues.push({ code: 'custom', message: `compares with nothing; use one of ${NUMBER_OPERATORS.join(', ')}`, input: given });
  }
  return bounds;
}

export const numberCondition = z.strictObject(numbers).transform((given, context) => ({ bounds: boundsOf(given, context) }));

/** With the keys of `more` beside operators and currency. */
export function moneyCondition<More extends z.ZodRawShape>(more: More) {
  return z.strictObject({ ...numbers, currency: currencySchema, ...more }).transform((given, context) => {
    const { currency } = given as { currency: string };
    const bounds = boundsOf(given as GivenNumbers, context).map(({ operator, value }) => ({
      operator,
      value: String(readMinor(value, currency, [operator], context)),
    }));
    return { ...(given as z.output<z.ZodObject<More>>), currency, bounds };
  });
}

const word = z.string().min(1);
const words = { eq: word.optional(), in: z.array(word).min(1).optional(), notIn: z.array(word).min(1).optional() };

export interface WordTest {
  readonly eq?: string | undefined;
  readonly in?: readonly string[] | undefined;
  readonly notIn?: readonly string[] | undefined;
}

function refuseNoWords({ eq, in: among, notIn }: WordTest, context: z.core.$RefinementCtx): void {
  if (eq !== undefined || among || notIn) return;
  context.issues.push({ code: 'custom', message: 'compares with nothing; use one of eq, in, notIn', input: {} });
}

export const wordCondition = z.strictObject(words).superRefine(refuseNoWords);

/** For what every line has one of: `lines` says whether one of them is enough. */
export const lineCondition = z.strictObject({ ...words, lines: z.enum(['any', 'all']).optional() }).superRefine(refuseNoWords);

/** Whether what goes by these names passes. `*` at the end of a listed word stands for any ending. Nothing is in no list. */
export function passesWords(names: readonly string[], { eq, in: among, notIn }: WordTest): boolean {
  const isOne = (listed: readonly string[]) => listed.some((pattern) => names.some((name) => fits(fold(name), fold(pattern))));
  return (eq === undefined || isOne([eq])) && (among === undefined || isOne(among)) && (notIn === undefined || !isOne(notIn));
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

export function sayWords({ eq, in: among, notIn }: WordTest): string {
  return [eq !== undefined && `= ${eq}`, among && `in ${among.join(', ')}`, notIn && `not in ${notIn.join(', ')}`]
    .filter(Boolean)
    .join(' and ');
}

export const yesNoCondition = z.strictObject({ eq: z.boolean() });
