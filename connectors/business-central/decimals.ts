/** Decimals between texts and the JSON numbers Business Central speaks. */
import { NeedsOperatorError } from '../../src/errors.ts';

/** Throws ERP_REFUSED for what a JSON number cannot hold exactly. */
export function exactNumber(decimal: string, what: string): number {
  const value = Number(decimal);
  if (Number.isFinite(value) && plain(String(value)) === plain(decimal)) return value;
  throw new NeedsOperatorError('ERP_REFUSED', `${what} ${decimal} has more digits than Business Central's interface can carry; round it`);
}

/** "" for what is no number. */
export function textOf(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? plain(String(value)) : '';
}

/** Exact; texts that are no decimals count as nothing. */
export function sumOf(decimals: readonly string[]): string {
  const found = decimals.map((decimal) => /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal)).filter((one) => one !== null);
  const places = Math.max(0, ...found.map(([, , , fraction = '']) => fraction.length));
  const total = found.reduce(
    (sum, [, sign = '', whole = '0', fraction = '']) => sum + BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`),
    0n,
  );
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0');
  const cut = digits.length - places;
  return `${total < 0n ? '-' : ''}${plain(places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`)}`;
}

/** "3.500" -> "3.5", "007" -> "7". */
function plain(decimal: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [];
  if (whole === '' && fraction === '' && !/^-?0*(?:\.0*)?$/.test(decimal)) return decimal;
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return digits === '0' ? '0' : `${sign}${digits}`;
}
