/** Decimal numbers written in a declared way, read without rounding. */
import { Refused, show } from './cell.ts';
import type { Formats } from './formats.ts';

export type DecimalFormat = Pick<Formats, 'decimal' | 'group'>;

export interface Decimal {
  readonly negative: boolean;
  /** Digits before the decimal sign, without separators; '' for none. */
  readonly whole: string;
  /** Digits after it; '' for none. */
  readonly fraction: string;
}

/** How typed cells and JSON numbers are written. */
export const CANONICAL: DecimalFormat = { decimal: '.', group: '' };

/** Far more than any price has, and far less than PostgreSQL's `numeric` holds, so that one record cannot stop a batch. */
const MOST_DIGITS = 40;

/** `undefined` when the text is not a number in exactly this format. A sign may stand before or, as SAP writes it, behind. */
export function readDecimal(given: string, { decimal, group }: DecimalFormat): Decimal | undefined {
  const text = group === ' ' || group === "'" ? plainSeparators(given) : given;
  let start = 0;
  let end = text.length;
  const first = text[0];
  let negative = first === '-' || first === '\u2212';
  if (negative || first === '+') start = 1;
  else if (text[end - 1] === '-') {
    negative = true;
    end -= 1;
  }
  const sign = text.indexOf(decimal, start);
  const hasFraction = sign !== -1;
  const fraction = hasFraction ? text.slice(sign + 1, end) : '';
  if (hasFraction && !isDigits(fraction)) return undefined;
  const whole = withoutGroups(text.slice(start, hasFraction ? sign : end), group);
  if (whole === undefined || (whole === '' && !hasFraction)) return undefined;
  return { negative, whole, fraction };
}

/** A number as JSON and workbooks give it; the exponent is a way of writing, so nothing is calculated. */
export function readTypedDecimal(text: string): Decimal | undefined {
  const [, digits = text, exponent = '0'] = /^([^e]*)e([+-]?\d{1,3})$/i.exec(text) ?? [];
  const decimal = readDecimal(digits, CANONICAL);
  const shift = Number(exponent);
  if (!decimal || shift === 0) return decimal;
  const { negative, whole, fraction } = decimal;
  const all = '0'.repeat(Math.max(0, -shift)) + whole + fraction + '0'.repeat(Math.max(0, shift));
  const point = Math.max(0, -shift) + whole.length + shift;
  return { negative, whole: all.slice(0, point), fraction: all.slice(point) };
}

/** The one way to write a number: no idle zeros, no exponent, and zero has no sign. */
export function canonicalDecimal({ negative, whole, fraction }: Decimal, given: unknown): string | Refused {
  const [before, after] = [whole.replace(/^0+/, ''), withoutTrailingZeros(fraction)];
  if (before.length > MOST_DIGITS || after.length > MOST_DIGITS) {
    return new Refused(`${show(given)} has more than ${MOST_DIGITS} digits before or after its decimal sign; correct it at the source`);
  }
  const text = `${before || '0'}${after && `.${after}`}`;
  return negative && text !== '0' ? `-${text}` : text;
}

/** Integer minor units. Never rounds: surplus decimals other than zeros are refused. */
export function toMinor({ negative, whole, fraction }: Decimal, exponent: number, currency: string, given: unknown): number | Refused {
  if (fraction.length > exponent && Number(fraction.slice(exponent)) !== 0) {
    const allowed = exponent === 0 ? 'none' : String(exponent);
    return new Refused(`${show(given)} has more decimals than ${currency} allows (${allowed}); round it at the source`);
  }
  const minor = Number(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (!Number.isSafeInteger(minor)) return new Refused(`${show(given)} is too large to be an amount; correct it at the source`);
  return negative && minor !== 0 ? -minor : minor;
}

export function describeFormat({ decimal, group }: DecimalFormat): string {
  return group === '' ? `decimal sign "${decimal}", no thousands separator` : `decimal sign "${decimal}", thousands separator "${group}"`;
}

/** Groups are all there or none, three digits each, so that 1.23,4 is a slip and not 1234. */
function withoutGroups(text: string, group: string): string | undefined {
  const first = group === '' ? -1 : text.indexOf(group);
  if (first === -1) return text === '' || isDigits(text) ? text : undefined;
  if (first < 1 || first > 3 || (text.length - first) % 4 !== 0) return undefined;
  let whole = text.slice(0, first);
  for (let at = first; at < text.length; at += 4) {
    if (text[at] !== group) return undefined;
    whole += text.slice(at + 1, at + 4);
  }
  return isDigits(whole) ? whole : undefined;
}

/** Typewriters, spreadsheets and the Swiss disagree on which blank and which apostrophe. */
function plainSeparators(text: string): string {
  return text.replace(/[\u00a0\u2009\u202f]/g, ' ').replace(/\u2019/g, "'");
}

/** By hand: the regular expression /0+$/ takes quadratic time on zeros that are not the last. */
function withoutTrailingZeros(text: string): string {
  let end = text.length;
  while (text[end - 1] === '0') end -= 1;
  return text.slice(0, end);
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0;
}
