/** Numbers and amounts as administrators write them: 15000, 0.5 or "15000.00"; never rounded. */
import { z } from 'zod';
import { Refused } from '../../connector/mapping/cell.ts';
import { canonicalDecimal, readTypedDecimal, toMinor } from '../../connector/mapping/decimal.ts';
import { currencyOf, exponentOf } from '../../connector/mapping/words.ts';
import { decimalOfMinor } from '../orders/money.ts';

/** Net, because orders carry net amounts. */
export interface Amount {
  readonly minor: number;
  /** ISO 4217. */
  readonly currency: string;
}

const NUMBER = 'must be a number such as 15000 or "15000.00", zero or more';
const CURRENCY = 'must be a currency code of ISO 4217 in capital letters, such as EUR';

/** Decimal text. Negative numbers are refused: nothing an order has is below zero. */
export const decimalSchema = z.union([z.number(), z.string()], NUMBER).transform((given, context) => {
  const decimal = readTypedDecimal(String(given).trim());
  const text = decimal && canonicalDecimal(decimal, given);
  if (typeof text === 'string' && !text.startsWith('-')) return text;
  context.issues.push({ code: 'custom', message: NUMBER, input: given });
  return z.NEVER;
});

export const currencySchema = z.string(CURRENCY).refine((text) => currencyOf(text) === text, CURRENCY);

/** For transforms that know both; `path` names the amount below the value under way. */
export function readMinor(text: string, currency: string, path: PropertyKey[], context: z.core.$RefinementCtx): number {
  const decimal = readTypedDecimal(text);
  const minor = decimal ? toMinor(decimal, exponentOf(currency), currency, text) : 0;
  if (!(minor instanceof Refused)) return minor;
  context.issues.push({ code: 'custom', message: `has more digits than an amount in ${currency} can have`, path, input: text });
  return 0;
}

export const amountSchema = z
  .strictObject({ amount: decimalSchema, currency: currencySchema })
  .transform(({ amount, currency }, context): Amount => ({ minor: readMinor(amount, currency, ['amount'], context), currency }));

/** `120.00 USD`; in another currency with what it comes to there, or why nobody can say. */
export function sayConverted(
  minor: number,
  currency: string,
  there: { readonly minor: number } | { readonly lack: string },
  wanted: string,
): string {
  const own = sayMoney(minor, currency);
  if (currency === wanted) return own;
  return 'lack' in there ? `${own}, and ${there.lack}` : `${own} = ${sayMoney(there.minor, wanted)}`;
}

export function sayMoney(minor: number, currency: string): string {
  return `${decimalOfMinor(minor, currency)} ${currency}`;
}
