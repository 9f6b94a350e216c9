/** Amounts of lines, exact until they are rounded once, to what the currency counts in. */
import { Decimal } from 'decimal.js';
import { exponentOf } from '../../connector/mapping/words.ts';

/** Wide enough for the product of the two longest numbers that a submission may hold. */
const Exact = Decimal.clone({ precision: 200, toExpNeg: -9e15, toExpPos: 9e15 });

/** Decimals of the price of one unit where a price is for several, such as 10.00 for 3. */
const UNIT_PRICE_DECIMALS = 12;

/** Minor units of `quantity` at `unitPrice`, rounded half up; `null` when no safe integer holds them. */
export function lineAmount(quantity: string, unitPrice: string, currency: string): number | null {
  const minor = new Exact(quantity)
    .times(unitPrice)
    .times(new Exact(10).pow(exponentOf(currency)))
    .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
    .toNumber();
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Minor units of a canonical decimal; `null` when it has more decimals than the currency, or is too large. */
export function minorOf(decimal: string, currency: string): number | null {
  const minor = new Exact(decimal).times(new Exact(10).pow(exponentOf(currency)));
  return minor.isInteger() && Number.isSafeInteger(minor.toNumber()) ? minor.toNumber() : null;
}

/** The price of one unit where `price` buys `perQuantity` of them. */
export function pricePerUnit(price: string, perQuantity: string): string {
  return new Exact(price).div(perQuantity).toDecimalPlaces(UNIT_PRICE_DECIMALS, Decimal.ROUND_HALF_UP).toString();
}

/** Whether `given` lies within a share of `agreed`; equal ones always do. */
export function isWithin(given: string, agreed: string, tolerance: number): boolean {
  const apart = new Exact(given).minus(agreed).abs();
  return apart.lte(new Exact(agreed).abs().times(tolerance));
}
