/** Minor units as people and other systems write them. */
import { Decimal } from 'decimal.js';
import { exponentOf } from '../../connector/mapping/words.ts';

/** 123450 EUR -> "1234.50", 1234 JPY -> "1234". */
export function decimalOfMinor(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  return new Decimal(minor).div(new Decimal(10).pow(exponent)).toFixed(exponent);
}

/** "1234.50" EUR -> 123450; what is less than a minor unit is rounded up. */
export function minorOfDecimal(decimal: string, currency: string): number {
  return new Decimal(decimal)
    .times(new Decimal(10).pow(exponentOf(currency)))
    .ceil()
    .toNumber();
}
