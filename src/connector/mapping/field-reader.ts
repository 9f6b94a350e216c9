/** From a cell to the value of a field, one reader per field type. Readers never throw and never round. */
import type { DraftValue } from '../contract.ts';
import type { FieldSpec, FieldType } from '../entities.ts';
import { type Cell, isTypedCell, Refused, show, textOf } from './cell.ts';
import { dateReader } from './civil-date.ts';
import { cleanCode, cleanText } from './clean-text.ts';
import { CANONICAL, canonicalDecimal, type DecimalFormat, describeFormat, readDecimal, readTypedDecimal, toMinor } from './decimal.ts';
import { type Formats, isZone } from './formats.ts';
import { booleanReader, countryOf, currencyOf, enumReader, exponentOf, FALSE_WORDS, TRUE_WORDS } from './words.ts';

/** The cell is not blank. `currency` is the record's, for money. */
export type FieldReader = (cell: Cell, currency: string | null) => DraftValue | Refused;

export interface Words {
  readonly yes?: readonly string[] | undefined;
  readonly no?: readonly string[] | undefined;
}

const LONGEST_ID = 200;

export function fieldReader(spec: FieldSpec, formats: Formats, words: Words = {}): FieldReader {
  if (spec.type === 'money') return moneyReader(formats);
  if (spec.type === 'number') return numberReader(formats);
  if (spec.type === 'decimal') return decimalReader(formats, spec.positive === true);
  if (spec.type === 'boolean') return onTyped('boolean', (text) => text === 'true', booleanWords(words));
  return onText(textReader(spec, formats));
}

type TextReader = (text: string) => DraftValue | Refused;

function textReader(spec: FieldSpec, formats: Formats): TextReader {
  const readers: Record<Exclude<FieldType, 'money' | 'number' | 'decimal' | 'boolean'>, () => TextReader> = {
    text: () => cleanText,
    list: () => cleanText,
    attributes: () => cleanText,
    code: () => cleanCode,
    reference: () => externalIdOf,
    email: () => emailOf,
    enum: () => enumReader(spec.values ?? []),
    country: () => countryOf,
    currency: () => currencyOf,
    zone: () => zoneReader(),
    date: () => dateReader(formats.date, formats.zone),
  };
  return readers[spec.type as keyof typeof readers]();
}

function onText(read: TextReader): FieldReader {
  return (cell) => {
    if (typeof cell === 'string') return read(cell);
    const text = textOf(cell);
    return typeof text === 'string' ? read(text) : text;
  };
}

/** A typed cell of this kind says what it means; the declared words and signs are for texts. */
function onTyped(kind: 'boolean' | 'number', typed: TextReader, read: TextReader): FieldReader {
  const plain = onText(read);
  return (cell, currency) =>
    typeof cell !== 'string' && isTypedCell(cell) && cell.kind === kind ? typed(cell.text) : plain(cell, currency);
}

/** Words declared for one side leave the other side its usual ones. */
function booleanWords({ yes, no }: Words): TextReader {
  const without = (usual: readonly string[], taken: readonly string[] = []) => usual.filter((word) => !taken.includes(word));
  return booleanReader(yes ?? without(TRUE_WORDS, no), no ?? without(FALSE_WORDS, yes));
}

function moneyReader(format: DecimalFormat): FieldReader {
  return (cell, currency) => {
    const text = textOf(cell);
    if (typeof text !== 'string') return text;
    const decimal = readDecimal(text, isNumber(cell) ? CANONICAL : format);
    if (!decimal) return notANumber(text, format);
    if (currency === null)
      return new Refused(`${show(text)} has no currency, which is blank here; fill it, or map \`currency: { value: EUR }\``);
    return toMinor(decimal, exponentOf(currency), currency, text);
  };
}

function numberReader(format: DecimalFormat): FieldReader {
  return onTyped('number', finite, (text) => {
    const decimal = readDecimal(text, format);
    return decimal ? finite(`${decimal.negative ? '-' : ''}${decimal.whole || '0'}.${decimal.fraction || '0'}`) : notANumber(text, format);
  });
}

/** Digits go from text to text: a double would make 0.1 of what is not. */
function decimalReader(format: DecimalFormat, positive: boolean): FieldReader {
  return (cell) => {
    const text = textOf(cell);
    if (typeof text !== 'string') return text;
    const decimal = isNumber(cell) ? readTypedDecimal(text) : readDecimal(text, format);
    if (!decimal) return notANumber(text, format);
    const value = canonicalDecimal(decimal, text);
    if (!positive || typeof value !== 'string' || (value !== '0' && !value.startsWith('-'))) return value;
    return new Refused(`${show(text)} is not more than zero; correct it, or take it for blank with \`transform: { blank: ... }\``);
  };
}

function finite(text: string): number | Refused {
  const number = Number(text);
  return Number.isFinite(number) && text.trim() !== '' ? number + 0 : new Refused(`${show(text)} is not a number`);
}

function isNumber(cell: Cell): boolean {
  return typeof cell !== 'string' && isTypedCell(cell) && cell.kind === 'number';
}

function notANumber(text: string, format: DecimalFormat): Refused {
  return new Refused(`${show(text)} is not a number with ${describeFormat(format)}; correct it, or declare \`decimal\` and \`group\``);
}

function externalIdOf(text: string): string | Refused {
  if (text.length > LONGEST_ID) return new Refused(`${show(text)} is longer than the ${LONGEST_ID} characters an external id may have`);
  return cleanCode(text);
}

/** As much as can be said without sending a mail: one @, something on both sides, no blanks or lists. */
function emailOf(text: string): string | Refused {
  const at = text.indexOf('@');
  const isAddress = at > 0 && at === text.lastIndexOf('@') && at < text.length - 1 && text.length <= 254 && !/[\s,;<>"]/.test(text);
  return isAddress
    ? cleanCode(text)
    : new Refused(`${show(text)} is not one mail address; correct it, or take one of several with \`split\``);
}

function zoneReader(): TextReader {
  const seen = new Map<string, string | Refused>();
  return (text) => {
    let known = seen.get(text);
    if (known === undefined) {
      known = isZone(text) ? text : new Refused(`${show(text)} is not a time zone; use an IANA name such as Europe/Berlin`);
      if (seen.size < 1_000) seen.set(text, known);
    }
    return known;
  };
}
