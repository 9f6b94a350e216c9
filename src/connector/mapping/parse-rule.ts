/** Reads the mapping of one field as written in kontor.yaml, with every fault named by its path. */
import type { FieldSpec, FieldType } from '../entities.ts';
import { type Cell, Refused, toCell } from './cell.ts';
import { fieldReader, type Words } from './field-reader.ts';
import { type Formats, formatFaults } from './formats.ts';
import { didYouMean } from './nearest-name.ts';
import { type Complain, isObject, parseFrom, SOURCES } from './parse-from.ts';
import { refine } from './refine.ts';
import type { Lookup, Rule } from './rule.ts';
import { isTransformName, makeTransform, TRANSFORM_NAMES, type Transform } from './transforms.ts';

/** Options beside the source word -> the field types they make sense for (all, if none are named). */
export const OPTIONS: Readonly<Record<string, readonly FieldType[]>> = {
  with: [],
  transform: [],
  lookup: [],
  else: [],
  optional: [],
  split: ['list'],
  decimal: ['money', 'number', 'decimal'],
  group: ['money', 'number', 'decimal'],
  date: ['date'],
  zone: ['date'],
  true: ['boolean'],
  false: ['boolean'],
};

type Options = Readonly<Record<string, unknown>>;

export function parseRule(
  field: string,
  spec: FieldSpec,
  given: unknown,
  formats: Formats,
  path: string,
  report: Complain,
): Rule | undefined {
  let sound = true;
  const complain: Complain = (where, message) => {
    sound = false;
    report(where, message);
  };
  const options = isObject(given) ? given : {};
  checkOptions(options, spec.type, path, complain);
  const from = parseFrom(given, path, spec.type, complain);
  const reading = readingOf(spec, options, formats, path, complain);
  const steps = {
    field,
    spec,
    optional: flag(options, 'optional', path, complain),
    split: splitOf(options, path, complain),
    transforms: transformsOf(options, path, complain),
    lookup: lookupOf(options, path, complain),
  };
  if (!from || !reading || !sound) return undefined;
  const rule: Rule = { ...steps, ...reading, from };
  checkConstants(rule, path, complain);
  return sound ? rule : undefined;
}

function checkOptions(options: Options, type: FieldType, path: string, complain: Complain): void {
  for (const key of Object.keys(options)) {
    if ((SOURCES as readonly string[]).includes(key)) continue;
    const known = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (!known) {
      const words = [...SOURCES, ...Object.keys(OPTIONS)];
      complain(`${path}.${key}`, `is not known${didYouMean(key, words)}; known: ${words.join(', ')}`);
    } else if (known.length > 0 && !known.includes(type)) {
      complain(`${path}.${key}`, `is for fields that hold ${known.join(' or ')}; this one holds ${type}`);
    }
  }
  if ('with' in options && !('concat' in options)) complain(`${path}.with`, 'belongs to concat');
  if ('else' in options && !('lookup' in options))
    complain(`${path}.else`, 'belongs to lookup; for a blank, use transform: { default: ... }');
}

function flag(options: Options, key: string, path: string, complain: Complain): boolean {
  const value = options[key] ?? false;
  if (typeof value !== 'boolean') complain(`${path}.${key}`, `expected true or false, found ${JSON.stringify(value)}`);
  return value === true;
}

function splitOf({ split }: Options, path: string, complain: Complain): string | undefined {
  if (split === undefined || (typeof split === 'string' && split !== '')) return split;
  complain(`${path}.split`, `expected the text between two entries, such as ';', found ${JSON.stringify(split)}`);
  return undefined;
}

function transformsOf({ transform }: Options, path: string, complain: Complain): Transform[] {
  if (transform === undefined) return [];
  const steps: readonly unknown[] = Array.isArray(transform) ? transform : [transform];
  return steps.flatMap((step, index) => {
    const at = `${path}.transform${Array.isArray(transform) ? `.${index}` : ''}`;
    const [[name, argument] = ['', undefined], ...more] = isObject(step) ? Object.entries(step) : [[String(step), undefined] as const];
    if (more.length > 0) complain(at, `names several steps at once; write a list: [${Object.keys(step as object).join(', ')}]`);
    if (!isTransformName(name)) {
      complain(at, `${JSON.stringify(name)} is not a transform${didYouMean(name, TRANSFORM_NAMES)}; known: ${TRANSFORM_NAMES.join(', ')}`);
      return [];
    }
    const made = makeTransform(name, argument);
    if (typeof made === 'function') return [made];
    for (const [below, message] of made) complain([at, name, below].filter(Boolean).join('.'), message);
    return [];
  });
}

function lookupOf({ lookup, else: otherwise }: Options, path: string, complain: Complain): Lookup | undefined {
  if (lookup === undefined) return undefined;
  if (!isObject(lookup) || Object.keys(lookup).length === 0) {
    complain(`${path}.lookup`, 'expected a table such as { A: active, X: blocked }');
    return undefined;
  }
  const table = new Map<string, Cell>();
  for (const [key, value] of Object.entries(lookup)) {
    const cell = scalar(value);
    if (cell === undefined) complain(`${path}.lookup.${key}`, 'expected a text, number, yes/no or null');
    else table.set(key.trim(), cell);
  }
  const cell = otherwise === undefined ? undefined : scalar(otherwise);
  if (otherwise !== undefined && cell === undefined) complain(`${path}.else`, 'expected a text, number, yes/no or null');
  return { table, otherwise: cell };
}

function scalar(value: unknown): Cell | undefined {
  return typeof value === 'object' && value !== null ? undefined : toCell(value);
}

/** How the field's text is read; `undefined` after complaining. */
function readingOf(spec: FieldSpec, options: Options, formats: Formats, path: string, complain: Complain) {
  const declared = { ...formats, ...pick(options, ['decimal', 'group', 'date', 'zone']) };
  // A field that turns the decimal sign around has no use for the connection's separator if it is the same sign.
  if (declared.group === declared.decimal && !('group' in options)) declared.group = '';
  const faults = formatFaults(declared);
  for (const [key, message] of faults) complain(`${path}.${key}`, message);
  if (faults.length > 0) return undefined;
  const words: Words = { yes: wordsOf(options, 'true', path, complain), no: wordsOf(options, 'false', path, complain) };
  const both = words.yes?.find((word) => words.no?.includes(word));
  if (both !== undefined) complain(`${path}.false`, `${JSON.stringify(both)} is listed under true as well`);
  const blankMeans = words.yes?.includes('') ? true : words.no?.includes('') ? false : undefined;
  return { read: fieldReader(spec, declared as Formats, words), blankMeans };
}

function wordsOf(options: Options, key: 'true' | 'false', path: string, complain: Complain): string[] | undefined {
  const value = options[key];
  if (value === undefined) return undefined;
  const words: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (words.every((word) => word === null || ['string', 'number', 'boolean'].includes(typeof word)))
    return words.map((word) => String(word ?? '').trim());
  complain(`${path}.${key}`, `expected a list of words such as [ja, x, 1], found ${JSON.stringify(value)}`);
  return undefined;
}

function pick(from: Options, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]));
}

/** Constants and lookup results are known now, so a slip in them is told now. Money waits for its currency. */
function checkConstants(rule: Rule, path: string, complain: Complain): void {
  const tell = (cell: Cell | undefined, where: string) => {
    const entries = Array.isArray(cell) ? cell.map(toCell) : [cell];
    for (const entry of entries) {
      const value = entry === undefined || entry === '' ? null : rule.read(entry, 'EUR');
      if (value instanceof Refused) complain(where, value.reason);
    }
  };
  if (rule.spec.type === 'money') return;
  for (const [key, cell] of rule.lookup?.table ?? []) tell(cell, `${path}.lookup.${key}`);
  tell(rule.lookup?.otherwise, `${path}.else`);
  if (rule.from.kind === 'value' && !Array.isArray(rule.from.cell)) tell(refine(rule)(rule.from.cell), `${path}.value`);
}
