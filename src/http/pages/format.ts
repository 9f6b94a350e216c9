/** Values as people read them on a page. */
import { decimalOfMinor } from '../../domain/orders/money.ts';

const LANGUAGE = 'en';

/** `EUR 1,234.50` */
export function formatMoney(minor: number, currency: string): string {
  return formatAmount(decimalOfMinor(minor, currency), currency);
}

/** A price of one unit has as many decimals as it was agreed with. */
export function formatAmount(decimal: string, currency: string): string {
  const given = decimal.split('.')[1]?.length ?? 0;
  const format = new Intl.NumberFormat(LANGUAGE, { style: 'currency', currency, currencyDisplay: 'code' });
  const usual = format.resolvedOptions().maximumFractionDigits ?? 2;
  const exact = new Intl.NumberFormat(LANGUAGE, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    maximumFractionDigits: Math.min(20, Math.max(given, usual)),
  });
  return exact.format(decimal as unknown as number).replaceAll('\u00a0', ' ');
}

export function formatQuantity(decimal: string, unit: string | null): string {
  const digits = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 20 }).format(decimal as unknown as number);
  return unit === null ? digits : `${digits} ${unit}`;
}

/** `23 November 2026, 10:00 (Europe/Berlin)` */
export function formatInstant(at: Date | string, zone: string | null): string {
  return `${formatClock(at, zone, 'short')} (${zoneOf(zone)})`;
}

/** `23 November 2026, 10:00:01`, where the zone is told beside it. */
export function formatClock(at: Date | string, zone: string | null, timeStyle: 'short' | 'medium' = 'medium'): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle, timeZone: zoneOf(zone) });
  return format.format(new Date(at)).replace(' at ', ', ');
}

export function zoneOf(zone: string | null): string {
  return zone !== null && isZone(zone) ? zone : 'UTC';
}

/** `23 November 2026` */
export function formatDay(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat(LANGUAGE, { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}
