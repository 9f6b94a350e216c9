/** How numbers and dates are written in a system: the defaults of its mapping, overridable field by field. */
import { DateTime, IANAZone } from 'luxon';

export interface Formats {
  /** Decimal sign of texts that hold numbers. */
  readonly decimal: '.' | ',';
  /** Thousands separator, '' for none. */
  readonly group: '' | '.' | ',' | ' ' | "'";
  /** Date format in luxon tokens (dd.MM.yyyy); ISO 8601 is always understood. */
  readonly date: string;
  /** IANA zone in which instants become civil dates. */
  readonly zone: string;
}

const DECIMAL_SIGNS: readonly string[] = ['.', ','];
const GROUP_SIGNS: readonly string[] = ['', '.', ',', ' ', "'"];

/** What is wrong with a field's formats (`decimal`, `group`, `date`, `zone`), by key. Empty when all is well. */
export function formatFaults(formats: { [K in keyof Formats]: unknown }): Array<[keyof Formats, string]> {
  const faults: Array<[keyof Formats, string]> = [];
  const { decimal, group, date, zone } = formats;
  if (!DECIMAL_SIGNS.includes(decimal as string)) faults.push(['decimal', `${quote(decimal)} is not a decimal sign; use "." or ","`]);
  if (!GROUP_SIGNS.includes(group as string)) {
    faults.push(['group', `${quote(group)} is not a thousands separator; use "", ".", ",", " " or "'"`]);
  } else if (group === decimal) faults.push(['group', `${quote(group)} is the decimal sign already; name the other one, or "" for none`]);
  if (typeof zone !== 'string' || !isZone(zone))
    faults.push(['zone', `${quote(zone)} is not a time zone; use an IANA name such as Europe/Berlin`]);
  const fault = typeof date === 'string' ? dateFormatFault(date) : 'is not a text';
  if (fault) faults.push(['date', `${quote(date)} ${fault}`]);
  return faults;
}

/** Offsets such as +01:00 are not zones: they know no summer time. */
export function isZone(name: string): boolean {
  return !/^[+-]/.test(name) && IANAZone.isValidZone(name);
}

function dateFormatFault(format: string): string | undefined {
  const cure = 'use luxon tokens such as dd.MM.yyyy, d/M/yy or yyyyMMdd';
  if (/[YD]/.test(format.replace(/'[^']*'/g, ''))) return `is not a date format; years are yyyy and days dd, in small letters: ${cure}`;
  const options = { locale: 'en', zone: 'UTC' } as const;
  const probe = DateTime.fromObject({ year: 2001, month: 2, day: 3 }, options);
  try {
    const back = DateTime.fromFormat(probe.toFormat(format), format, options);
    if (back.toISODate() !== '2001-02-03') return `does not hold day, month and year; ${cure}`;
    const iso = DateTime.fromFormat('2001-02-03', format, options);
    if (iso.isValid && iso.toISODate() !== '2001-02-03') return 'reads ISO dates in another order; write yyyy-MM-dd';
    return undefined;
  } catch {
    return `is not a date format; ${cure}`;
  }
}

function quote(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
