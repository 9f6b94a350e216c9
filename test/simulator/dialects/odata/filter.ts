/** Parses `$filter` as OData servers do, and refuses what they refuse: unknown properties, literals of another type, half sentences. */
import { comparable, type EntitySet, type PropertyType, type Row, type Value } from './types.ts';

export class BadQuery extends Error {}

interface Literal {
  readonly kind: 'literal';
  readonly type: PropertyType | 'null';
  readonly value: Value;
}
interface Property {
  readonly kind: 'property';
  readonly name: string;
  readonly type: PropertyType;
}
type Test = (row: Row) => boolean;

const TOKEN =
  /\s*(?:(datetimeoffset|datetime|time|guid)'([^']*)'|'((?:[^']|'')*)'|(\d{4}-\d\d-\d\dT[\d:.]+Z)|(\d{4}-\d\d-\d\d)|(\d\d:\d\d:\d\d)|([0-9a-f]{8}-[0-9a-f-]{27})|(-?\d+(?:\.\d+)?)([MLDF]?)|([A-Za-z_][\w/]*)|([(),]))/giy;

type Token = { readonly text: string; readonly literal?: Literal };

export function parseFilter(text: string, version: 2 | 4, { properties }: EntitySet): Test {
  const tokens = tokensOf(text, version);
  let at = 0;
  const peek = (): string => tokens[at]?.text ?? '';
  const next = (): Token => {
    const token = tokens[at];
    if (!token) throw new BadQuery('The filter ends in the middle');
    at += 1;
    return token;
  };
  const expect = (what: string): void => {
    if (next().text !== what) throw new BadQuery(`Expected ${what}`);
  };

  const or = (): Test => {
    let left = and();
    while (peek() === 'or') {
      next();
      const [first, second] = [left, and()];
      left = (row) => first(row) || second(row);
    }
    return left;
  };
  const and = (): Test => {
    let left = unary();
    while (peek() === 'and') {
      next();
      const [first, second] = [left, unary()];
      left = (row) => first(row) && second(row);
    }
    return left;
  };
  const unary = (): Test => {
    if (peek() === 'not') {
      next();
      const test = unary();
      return (row) => !test(row);
    }
    if (peek() === '(') {
      next();
      const test = or();
      expect(')');
      return test;
    }
    return isFunction(peek()) ? call() : comparison();
  };
  const call = (): Test => {
    const name = next().text;
    expect('(');
    const [first, , second] = [next(), expect(','), next()];
    expect(')');
    const [property, literal] = name === 'substringof' ? [second, first] : [first, second];
    const { name: of } = propertyOf(property);
    const wanted = String(literal.literal?.value ?? '');
    const tests: Record<string, (value: string) => boolean> = {
      startswith: (value) => value.startsWith(wanted),
      endswith: (value) => value.endsWith(wanted),
      contains: (value) => value.includes(wanted),
      substringof: (value) => value.includes(wanted),
    };
    return (row) => tests[name]?.(String(row[of] ?? '')) ?? false;
  };
  const comparison = (): Test => {
    const { name, type } = propertyOf(next());
    const how = next().text;
    const literal = next().literal;
    if (!literal) throw new BadQuery('A literal is missing');
    if (!fits(type, literal.type)) throw new BadQuery(`Incompatible types: ${name} is ${type}, the literal is ${literal.type}`);
    return (row) => compares(how, comparable(type, row[name] ?? null), comparable(type, literal.value));
  };
  const propertyOf = (token: Token): Property => {
    const type = token.literal ? undefined : properties[token.text];
    if (!type) throw new BadQuery(`Property ${token.text} was not found`);
    return { kind: 'property', name: token.text, type };
  };

  const test = or();
  if (at < tokens.length) throw new BadQuery(`Unexpected ${peek()}`);
  return test;
}

function isFunction(name: string): boolean {
  return ['startswith', 'endswith', 'contains', 'substringof'].includes(name);
}

function fits(property: PropertyType, literal: Literal['type']): boolean {
  if (literal === 'null') return true;
  if (property === 'alpha') return literal === 'string';
  if (property === 'decimal') return literal === 'decimal' || literal === 'integer';
  return property === literal;
}

/** Nothing is greater or less than nothing, as in SQL. */
function compares(how: string, left: Value, right: Value): boolean {
  if (how === 'eq') return left === right;
  if (how === 'ne') return left !== right;
  if (left === null || right === null) return false;
  if (how === 'gt') return left > right;
  if (how === 'ge') return left >= right;
  if (how === 'lt') return left < right;
  if (how === 'le') return left <= right;
  throw new BadQuery(`Unknown operator ${how}`);
}

function tokensOf(text: string, version: 2 | 4): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new BadQuery(`Invalid token at position ${from}`);
    tokens.push(tokenOf(found, version));
  }
  return tokens;
}

function tokenOf(found: RegExpExecArray, version: 2 | 4): Token {
  const [whole, prefix, typed, text, instant, date, time, guid, number, , word, sign] = found;
  const literal = (type: Literal['type'], value: Value): Token => ({ text: whole.trim(), literal: { kind: 'literal', type, value } });
  if (prefix !== undefined && typed !== undefined) {
    if (version === 4) throw new BadQuery(`Literals with a type such as ${whole.trim()} belong to version 2`);
    return typedLiteral(prefix.toLowerCase(), typed, literal);
  }
  if (text !== undefined) return literal('string', text.replaceAll("''", "'"));
  if (version === 2 && (instant ?? date ?? time ?? guid) !== undefined) throw new BadQuery(`Syntax error at ${whole.trim()}`);
  if (instant !== undefined) return literal('instant', instant);
  if (date !== undefined) return literal('date', date);
  if (time !== undefined) return literal('time', time);
  if (guid !== undefined) return literal('guid', guid);
  if (number !== undefined) return literal(number.includes('.') || /M$/i.test(whole) ? 'decimal' : 'integer', number);
  if (word === 'true' || word === 'false') return literal('boolean', word === 'true');
  if (word === 'null') return literal('null', null);
  return { text: word ?? sign ?? '' };
}

function typedLiteral(prefix: string, value: string, literal: (type: Literal['type'], value: Value) => Token): Token {
  if (prefix === 'guid') return literal('guid', value);
  if (prefix === 'datetimeoffset') return literal('instant', value);
  if (prefix === 'datetime') return literal('date', value.slice(0, 10));
  const [, hours = '00', minutes = '00', seconds = '00'] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(value) ?? [];
  return literal('time', [hours, minutes, seconds].map((part) => part.padStart(2, '0')).join(':'));
}
