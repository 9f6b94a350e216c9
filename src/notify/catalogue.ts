/**
 * Texts by language. A language is a file of messages in ICU syntax; shipped ones are in templates/mail, a company's own lie over them
 * message by message. What a language lacks is said in English rather than not at all.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import { z } from 'zod';

export type MessageValues = Readonly<Record<string, string | number>>;

export interface Catalogue {
  readonly language: string;
  /** Keys said in English for want of a translation. */
  readonly missing: readonly string[];
  say(key: string, values: MessageValues): string;
}

/** Name of a file without `.json` -> its messages, checked by nobody yet. */
export type MessageFiles = ReadonlyMap<string, unknown>;

export const BASE_LANGUAGE = 'en';

const fileSchema = z.record(z.string(), z.string());

/** `problems` gets a sentence for each message that cannot be used. */
export function buildCatalogues(shipped: MessageFiles, own: MessageFiles, problems: string[]): Map<string, Catalogue> {
  const base = parseFile(BASE_LANGUAGE, shipped.get(BASE_LANGUAGE), problems);
  const known = new Map(Object.keys(base).map((key) => [key, new Set(placeholdersOf(base[key] ?? ''))]));
  const languages = new Set([...shipped.keys(), ...own.keys()]);
  return new Map(
    [...languages].sort().map((language) => {
      const given = {
        ...parseFile(language, shipped.get(language) ?? {}, problems),
        ...parseFile(language, own.get(language) ?? {}, problems),
      };
      for (const key of Object.keys(given)) checkMessage(language, key, given[key] ?? '', known, problems);
      return [language, catalogueOf(language, given, base)];
    }),
  );
}

function parseFile(language: string, given: unknown, problems: string[]): Record<string, string> {
  const parsed = fileSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  problems.push(`${language}.json must be an object of texts: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
  return {};
}

function checkMessage(
  language: string,
  key: string,
  message: string,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  problems: string[],
): void {
  const names = known.get(key);
  if (!names) {
    problems.push(`${language}.json: nothing asks for "${key}"; take it out, or correct the name`);
    return;
  }
  try {
    const strange = placeholdersOf(message).filter((name) => !names.has(name));
    if (strange.length === 0) return;
    const usable = names.size === 0 ? 'it has none' : `it has ${[...names].map((name) => `{${name}}`).join(', ')}`;
    problems.push(`${language}.json: "${key}" names {${strange.join('}, {')}}, which it is not given; ${usable}`);
  } catch (error) {
    problems.push(`${language}.json: "${key}" cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Names between braces, those inside of plurals and choices too. */
export function placeholdersOf(message: string): string[] {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    if (typeof node !== 'object' || node === null) return;
    const { type, value, options } = node as { type?: number; value?: unknown; options?: Record<string, { value: unknown }> };
    // 0 is plain text, 7 the # of a plural.
    if (type !== 0 && type !== 7 && typeof value === 'string') names.add(value);
    for (const option of Object.values(options ?? {})) visit(option.value);
  };
  visit(new IntlMessageFormat(message, BASE_LANGUAGE, undefined, { ignoreTag: true }).getAst());
  return [...names];
}

function catalogueOf(language: string, given: Readonly<Record<string, string>>, base: Readonly<Record<string, string>>): Catalogue {
  const formats = new Map<string, IntlMessageFormat>();
  const formatOf = (key: string): IntlMessageFormat => {
    const known = formats.get(key);
    if (known) return known;
    const message = given[key] ?? base[key];
    if (message === undefined) throw new TypeError(`there is no text "${key}"`);
    // The rules of plurals are those of the language the text is in.
    const format = new IntlMessageFormat(message, key in given ? language : BASE_LANGUAGE, undefined, { ignoreTag: true });
    formats.set(key, format);
    return format;
  };
  return {
    language,
    missing: Object.keys(base).filter((key) => !(key in given)),
    say: (key, values) => String(formatOf(key).format({ ...values })),
  };
}

/** The catalogue of the locale, of its language, of the installation's language, or English. */
export function chooseCatalogue(catalogues: ReadonlyMap<string, Catalogue>, locales: ReadonlyArray<string | null>): Catalogue {
  for (const locale of [...locales, BASE_LANGUAGE]) {
    const [canonical] = locale === null ? [] : canonicalLocale(locale);
    if (canonical === undefined) continue;
    const found = catalogues.get(canonical) ?? catalogues.get(canonical.split('-')[0] ?? '');
    if (found) return found;
  }
  throw new TypeError('there is no English catalogue');
}

/** ERPs write de_DE; what is no locale at all is none. */
export function canonicalLocale(locale: string): string[] {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'));
  } catch {
    return [];
  }
}
