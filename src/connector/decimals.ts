/** Decimals as texts, exact, for connectors that compare them or add them up. */
import { type Decimal, readTypedDecimal } from './mapping/decimal.ts';

/** "3.500", "007", "1e-7" -> "3.5", "7", "0.0000001"; what is no decimal comes back as it is, for the record's schema to tell. */
export function plainDecimal(text: string): string {
  return read(text) ? sumOf([text]) : text;
}

/** Exact; texts that are no decimals count as nothing. */
export function sumOf(texts: readonly string[]): string {
  const decimals = texts.map(read).filter((one) => one !== undefined);
  const places = Math.max(0, ...decimals.map(({ fraction }) => fraction.length));
  const total = decimals.reduce((sum, one) => sum + scaled(one, places), 0n);
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0');
  const point = digits.length - places;
  const fraction = digits.slice(point).replace(/0+$/, '');
  return `${total < 0n ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
}

function read(text: string): Decimal | undefined {
  return readTypedDecimal(text.trim());
}

function scaled({ negative, whole, fraction }: Decimal, places: number): bigint {
  const amount = BigInt(whole + fraction.padEnd(places, '0'));
  return negative ? -amount : amount;
}
