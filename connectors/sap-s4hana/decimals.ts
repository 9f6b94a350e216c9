/** Sums of decimal texts, exact. */

/** Texts that are no decimals count as nothing: the record's schema has told of them. */
export function sumOf(decimals: readonly string[]): string {
  const parts = decimals.flatMap((decimal) => {
    const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
    return found ? [{ sign: found[1] ?? '', whole: found[2] ?? '0', fraction: found[3] ?? '' }] : [];
  });
  const places = Math.max(0, ...parts.map(({ fraction }) => fraction.length));
  const total = parts.reduce((sum, { sign, whole, fraction }) => sum + BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`), 0n);
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0');
  const [whole, fraction] = [digits.slice(0, digits.length - places), digits.slice(digits.length - places).replace(/0+$/, '')];
  return `${total < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** "3.000" -> "3"; anything else comes back as it is. */
export function plainDecimal(text: string): string {
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? sumOf([text]) : text;
}
