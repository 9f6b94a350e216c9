/** Values that come from a closed set of words: booleans, enums, countries, currencies. */
import { createRequire } from 'node:module';
import * as currencies from 'dinero.js/currencies';
import type { LocaleData } from 'i18n-iso-countries';
import { Refused, show } from './cell.ts';
import { didYouMean } from './nearest-name.ts';

export const TRUE_WORDS: readonly string[] = ['true', 'yes', 'y', 'ja', 'x', '1', 'wahr'];
export const FALSE_WORDS: readonly string[] = ['false', 'no', 'n', 'nein', '0', 'falsch'];

export function booleanReader(yes: readonly string[], no: readonly string[]): (text: string) => boolean | Refused {
  const words = new Map<string, boolean>();
  for (const word of yes) words.set(word.toLowerCase(), true);
  for (const word of no) words.set(word.toLowerCase(), false);
  const known = `for yes: ${list(yes)}; for no: ${list(no)}`;
  return (text) => words.get(text) ?? words.get(text.toLowerCase()) ?? new Refused(`${show(text)} is neither yes nor no (${known})`);
}

/** Case, blanks and hyphens do not matter: "Bill-to" is bill_to. */
export function enumReader(values: readonly string[]): (text: string) => string | Refused {
  const words = new Map(values.map((value) => [value, value]));
  return (text) =>
    words.get(text) ??
    words.get(text.toLowerCase().replace(/[\s_-]+/g, '_')) ??
    new Refused(`${show(text)} is not one of ${values.join(', ')}${didYouMean(text, values)}; correct it, or translate it with \`lookup\``);
}

/** ISO 4217 code -> decimals. dinero.js counts the khoums and iraimbilanja in fifths; ISO gives both currencies two decimals. */
const EXPONENTS: ReadonlyMap<string, number> = new Map(
  Object.values(currencies).map(({ code, base, exponent }) => [code, base === 10 ? exponent : 2]),
);

export function currencyOf(text: string): string | Refused {
  if (EXPONENTS.has(text)) return text;
  const code = text.toUpperCase();
  if (EXPONENTS.has(code)) return code;
  return new Refused(`${show(text)} is not a currency code; use three letters of ISO 4217 such as EUR, or translate it with \`lookup\``);
}

export function exponentOf(currency: string): number {
  return EXPONENTS.get(currency) ?? 2;
}

export function countryOf(text: string): string | Refused {
  countryNames ??= readCountryNames();
  const code = countryNames.get(text) ?? countryNames.get(foldName(text));
  if (code !== undefined) return code;
  return new Refused(
    `${show(text)} is not a country; use ISO 3166-1 codes (DE, DEU) or English or German names, or translate it with \`lookup\``,
  );
}

/** Alpha-2, alpha-3 and names -> alpha-2. Read when the first country is seen. */
let countryNames: Map<string, string> | undefined;

function readCountryNames(): Map<string, string> {
  // Asked for file by file: the package's main entry loads some eighty languages.
  const require = createRequire(import.meta.url);
  const iso = require('i18n-iso-countries/index.js') as typeof import('i18n-iso-countries');
  const names = new Map<string, string>();
  for (const language of ['en', 'de']) {
    const { countries } = require(`i18n-iso-countries/langs/${language}.json`) as LocaleData;
    for (const [code, given] of Object.entries(countries)) for (const name of [given].flat()) names.set(foldName(name), code);
  }
  for (const [alpha2, alpha3] of Object.entries(iso.getAlpha2Codes())) {
    for (const code of [alpha2, alpha3]) {
      names.set(code, alpha2);
      names.set(foldName(code), alpha2);
    }
  }
  return names;
}

function foldName(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function list(words: readonly string[]): string {
  return words.map((word) => (word === '' ? 'blank' : word)).join(', ') || 'none';
}
