/** Reads where a value comes from: a column, the first of several, several joined or listed, a constant, an expression. */
import type { FieldType } from '../entities.ts';
import { type Cell, toCell } from './cell.ts';
import { parseExpression } from './expression.ts';
import type { From } from './rule.ts';

/** Collects what is wrong, each with its path. */
export type Complain = (path: string, message: string) => void;

export const SOURCES = ['column', 'first', 'concat', 'columns', 'value', 'expr'] as const;
type SourceWord = (typeof SOURCES)[number];

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The place a value comes from, or `undefined` after complaining. */
export function parseFrom(given: unknown, path: string, type: FieldType, complain: Complain): From | undefined {
  if (typeof given === 'string') return columnFrom(given, path, complain);
  if (Array.isArray(given)) return severalFrom('first', given, path, type, complain);
  if (!isObject(given)) {
    complain(
      path,
      `${JSON.stringify(given)} is not a column; quote the column's name, or write { value: ${JSON.stringify(given)} } for a constant`,
    );
    return undefined;
  }
  const words = SOURCES.filter((word) => Object.hasOwn(given, word));
  const [word] = words;
  if (word === undefined || words.length > 1) {
    const found = words.length > 1 ? `has ${words.join(' and ')}` : 'does not say where the value comes from';
    complain(path, `${found}; write one of ${SOURCES.join(', ')}`);
    return undefined;
  }
  return fromWord(word, given, path, type, complain);
}

function fromWord(
  word: SourceWord,
  given: Readonly<Record<string, unknown>>,
  path: string,
  type: FieldType,
  complain: Complain,
): From | undefined {
  const value = given[word];
  const below = `${path}.${word}`;
  if (word === 'value') return constantFrom(value, below, complain);
  if (word === 'expr') return expressionFrom(value, below, type, complain);
  if (word === 'column') return columnFrom(value, below, complain);
  if (!Array.isArray(value)) {
    complain(below, `expected a list such as [Street, House no.], found ${JSON.stringify(value)}`);
    return undefined;
  }
  return severalFrom(word, value, below, type, complain, given.with);
}

function columnFrom(value: unknown, path: string, complain: Complain): From | undefined {
  if (typeof value === 'string' && value.trim() !== '') return { kind: 'column', name: value };
  complain(path, `${JSON.stringify(value)} is not a column; ${typeof value === 'number' ? 'put its name in quotes' : 'write its name'}`);
  return undefined;
}

function severalFrom(
  word: 'first' | 'concat' | 'columns',
  parts: readonly unknown[],
  path: string,
  type: FieldType,
  complain: Complain,
  joint: unknown = '',
): From | undefined {
  if (parts.length === 0) complain(path, 'is empty; name at least one column');
  if (word === 'columns' && type !== 'list') complain(path, `makes a list, and this field holds one ${type}; use concat or first`);
  if (typeof joint !== 'string') complain(path.replace(/concat$/, 'with'), `expected a text, found ${JSON.stringify(joint)}`);
  const of = parts.map((part, index) => partFrom(part, `${path}.${index}`, type, complain)).filter((from) => from !== undefined);
  if (of.length !== parts.length || of.length === 0) return undefined;
  return word === 'concat' ? { kind: word, of, with: String(joint) } : { kind: word, of };
}

/** Inside a list only the place may be said; steps such as `transform` belong to the whole field. */
function partFrom(part: unknown, path: string, type: FieldType, complain: Complain): From | undefined {
  if (Array.isArray(part)) complain(path, 'is a list within a list; write { first: [...] } or { concat: [...] }');
  if (isObject(part)) {
    const stray = Object.keys(part).find((key) => key !== 'with' && !SOURCES.includes(key as SourceWord));
    if (stray !== undefined)
      complain(`${path}.${stray}`, 'cannot stand here; it belongs to the whole field, beside `first`, `concat` or `columns`');
  }
  return parseFrom(part, path, type, complain);
}

function constantFrom(value: unknown, path: string, complain: Complain): From | undefined {
  const cell: Cell | undefined = toCell(value);
  if (isObject(value) || cell === undefined) {
    complain(path, 'is not a constant; write a text, number, yes/no, null, or a list of texts');
    return undefined;
  }
  return { kind: 'value', cell };
}

function expressionFrom(value: unknown, path: string, type: FieldType, complain: Complain): From | undefined {
  const expression =
    typeof value === 'string' ? parseExpression(value) : `expected an expression in quotes, found ${JSON.stringify(value)}`;
  const fault = typeof expression === 'string' ? expression : resultFault(expression.type, type);
  if (fault !== undefined || typeof expression === 'string') {
    complain(path, fault ?? String(expression));
    return undefined;
  }
  return { kind: 'expr', expression };
}

function resultFault(result: string, type: FieldType): string | undefined {
  if (/^(map|bytes|type|google\.protobuf\.Duration)/.test(result))
    return `gives a ${result}, which no field holds; give a text, number or yes/no`;
  if (result.startsWith('list') && type !== 'list')
    return `gives a ${result}, and this field holds one ${type}; join it, or take one entry`;
  if (result === 'bool' && !['boolean', 'text', 'attributes'].includes(type))
    return `gives yes/no, and this field holds a ${type}; write CONDITION ? "this" : "that"`;
  return undefined;
}
