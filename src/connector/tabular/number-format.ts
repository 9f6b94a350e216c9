/** What a workbook's number means, given the number format of its cell. */
import { SSF } from 'xlsx';
import { KIND } from './cell.ts';

export interface FormattedNumber {
  readonly kind: string;
  readonly text: string;
}

/** Reads numbers of one workbook. Formats repeat in every row, so what they mean is decided once. */
export class NumberReader {
  readonly #date1904: boolean;
  readonly #meanings = new Map<string, 'date' | 'shown' | 'number'>();

  constructor(date1904: boolean) {
    this.#date1904 = date1904;
  }

  read(value: number, format: string): FormattedNumber {
    const meaning = this.#meaning(format);
    if (meaning === 'number') return { kind: KIND.number, text: plainDecimal(value) };
    if (meaning === 'shown') return { kind: KIND.text, text: SSF.format(format, value) };
    const text = civilDate(value, this.#date1904);
    return text === undefined ? { kind: KIND.number, text: plainDecimal(value) } : { kind: KIND.date, text };
  }

  #meaning(format: string): 'date' | 'shown' | 'number' {
    let meaning = this.#meanings.get(format);
    if (meaning === undefined) {
      meaning = holdsLeadingZeros(format) || isDuration(format) ? 'shown' : SSF.is_date(format) ? 'date' : 'number';
      this.#meanings.set(format, meaning);
    }
    return meaning;
  }
}

/** `00000` or `"C"000-00`: digits that identify; the text as shown is the value. Not `0`, `#,##0`, `0.00`, `00%`. */
function holdsLeadingZeros(format: string): boolean {
  const [positive = ''] = format.split(';');
  const bare = positive.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '');
  return /^[^0#?.,%E@]*0[^#?.,%E@]*0[^#?.,%E@]*$/i.test(bare) && !/[ymdhs]/i.test(bare);
}

/** `[h]:mm` counts hours past the day; it is no point in time. */
function isDuration(format: string): boolean {
  return /\[(h+|m+|s+)\]/i.test(format);
}

/** A workbook shows 15 significant digits and so do we: 0.1 + 0.2 is stored as 0.30000000000000004. No exponent, no grouping. */
export function plainDecimal(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const text = String(Number(value.toPrecision(15)));
  if (!text.includes('e')) return text;
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** ISO 8601 without a zone; a time of day alone is `10:00:00`. `undefined` for numbers that are no date. */
function civilDate(serial: number, date1904: boolean): string | undefined {
  const code = SSF.parse_date_code(serial, { date1904 });
  if (!code) return undefined;
  const time = `${two(code.H)}:${two(code.M)}:${two(code.S)}`;
  if (serial >= 0 && serial < 1 && !date1904) return time;
  const date = `${String(code.y).padStart(4, '0')}-${two(code.m)}-${two(code.d)}`;
  return time === '00:00:00' ? date : `${date}T${time}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
