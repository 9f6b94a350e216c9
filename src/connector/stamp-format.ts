/** Instants the way another system writes them: ISO 8601, seconds or milliseconds since 1970, or a pattern in a declared zone. */
import { DateTime } from 'luxon';

export interface StampFormat {
  /** `iso`, `iso-seconds`, `seconds`, `milliseconds`, or luxon tokens such as `yyyy-MM-dd HH:mm:ss`. */
  readonly format: string;
  /** IANA zone of what carries none of its own. */
  readonly zone: string;
}

const COUNTED: Readonly<Record<string, number>> = { seconds: 1_000, milliseconds: 1 };
const LATEST_MS = 8.64e15;

/** Never later than `at`: what the format cannot say is cut off. */
export function writeStamp(at: Date, { format, zone }: StampFormat): string {
  const unit = COUNTED[format];
  if (unit !== undefined) return String(Math.floor(at.getTime() / unit));
  if (format === 'iso') return at.toISOString();
  if (format === 'iso-seconds') return `${at.toISOString().slice(0, 19)}Z`;
  return DateTime.fromJSDate(at, { zone }).toFormat(format, { locale: 'en' });
}

/** `null` for what is no stamp: the record's own fault, not the reading's. ISO 8601 is understood beside a pattern. */
export function readStamp(value: unknown, { format, zone }: StampFormat): Date | null {
  const unit = COUNTED[format];
  if (unit !== undefined) {
    const count =
      typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    return Math.abs(count * unit) <= LATEST_MS ? new Date(Math.floor(count * unit)) : null;
  }
  if (typeof value !== 'string') return null;
  const options = { zone, locale: 'en' };
  const isIso = /^\d{4}-\d\d-\d\d(?:$|[T ])/.test(value);
  const at = isIso
    ? DateTime.fromISO(
        value
          .trim()
          .replace(' ', 'T')
          .replace(/ (?=[+-]\d)/, ''),
        options,
      )
    : DateTime.fromFormat(value, format, options);
  return at.isValid ? at.toJSDate() : null;
}

/** The finest step the format can say, in milliseconds. */
export function grainOf(format: string): number {
  const unit = COUNTED[format];
  if (unit !== undefined) return unit;
  if (format === 'iso') return 1;
  if (format === 'iso-seconds') return 1_000;
  const tokens = format.replace(/'[^']*'/g, '');
  if (/[Su]/.test(tokens)) return 1;
  if (/s/.test(tokens)) return 1_000;
  if (/m/.test(tokens)) return 60_000;
  return /[hH]/.test(tokens) ? 3_600_000 : 86_400_000;
}

/** How far a stamp may be off because a civil time comes twice when clocks are put back. */
export function zoneSlackOf({ format, zone }: StampFormat): number {
  const isCivil = !(format in COUNTED) && !format.startsWith('iso') && !/Z/.test(format.replace(/'[^']*'/g, ''));
  return isCivil && zone !== 'UTC' ? 3_600_000 : 0;
}

/** What is wrong with a format, or `undefined`. */
export function stampFormatFault(format: string): string | undefined {
  if (format in COUNTED || format === 'iso' || format === 'iso-seconds') return undefined;
  const probe = DateTime.fromObject({ year: 2001, month: 2, day: 3 }, { zone: 'UTC', locale: 'en' });
  const back = DateTime.fromFormat(probe.toFormat(format), format, { zone: 'UTC', locale: 'en' });
  return back.isValid && back.toISODate() === '2001-02-03'
    ? undefined
    : 'must be iso, iso-seconds, seconds, milliseconds, or tokens such as yyyy-MM-dd HH:mm:ss';
}
