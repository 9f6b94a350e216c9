/** How one reader is spoken to: texts of a catalogue, amounts and dates in the reader's locale and zone. */
import { DateTime } from 'luxon';
import { decimalOfMinor } from '../domain/orders/money.ts';
import type { Catalogue, MessageValues } from './catalogue.ts';

export interface Tongue {
  /** Of the texts; the locale may say more (de-AT). */
  readonly language: string;
  readonly locale: string;
  readonly zone: string;
  say(key: string, values?: MessageValues): string;
  money(minor: number, currency: string): string;
  /** A price of one unit has as many decimals as it was agreed with. */
  price(decimal: string, currency: string): string;
  quantity(decimal: string, unit: string | null): string;
  percent(percent: number): string;
  /** A civil date. */
  day(day: string): string;
  instant(at: Date | string): string;
  /** To the second, where the zone is told beside it. */
  second(at: Date | string): string;
  list(names: readonly string[]): string;
}

export function tongueOf(catalogue: Catalogue, { locale, zone }: { locale: string; zone: string }): Tongue {
  // Alone, "en" would write dates as the United States do.
  const dates = locale === 'en' ? 'en-GB' : locale;
  const money = (decimal: string, currency: string) => {
    const given = decimal.split('.')[1]?.length ?? 0;
    const style = { style: 'currency', currency, currencyDisplay: 'code' } as const;
    const usual = new Intl.NumberFormat(locale, style).resolvedOptions().maximumFractionDigits ?? 2;
    const format = new Intl.NumberFormat(locale, { ...style, maximumFractionDigits: Math.min(20, Math.max(given, usual)) });
    return format.format(decimal as unknown as number);
  };
  return {
    language: catalogue.language,
    locale,
    zone,
    say: (key, values = {}) => catalogue.say(key, values),
    money: (minor, currency) => money(decimalOfMinor(minor, currency), currency),
    price: money,
    quantity: (decimal, unit) => {
      const digits = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }).format(decimal as unknown as number);
      return unit === null ? digits : `${digits}\u00a0${unit}`;
    },
    percent: (percent) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(percent / 100),
    day: (day) => DateTime.fromISO(day, { zone: 'UTC' }).setLocale(dates).toLocaleString(DateTime.DATE_FULL),
    instant: (at) =>
      DateTime.fromJSDate(new Date(at), { zone })
        .setLocale(dates)
        .toLocaleString({ ...DateTime.DATE_FULL, weekday: 'long', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }),
    second: (at) => DateTime.fromJSDate(new Date(at), { zone }).setLocale(dates).toLocaleString({ dateStyle: 'long', timeStyle: 'medium' }),
    list: (names) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(names),
  };
}
