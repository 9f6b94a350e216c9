/** Search parameters as PHP and EspoCRM read them: where[0][value][1][type]=..., nested and/or, refusals by name (Select/Where of its source). */
import { Refusal } from '../../dialect.ts';

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;
type Nested = string | { [key: string]: Nested };

/** Reasons stand in a header; the body is empty. */
export function refusal(status: number, reason?: string): Refusal {
  return new Refusal({ status, ...(reason === undefined ? {} : { headers: { 'x-status-reason': reason } }), text: '' });
}

/** Everything below `name` in the query. */
export function nested(query: URLSearchParams, name: string): Nested | undefined {
  const root: { [key: string]: Nested } = {};
  for (const [key, value] of query) {
    const steps = /^(\w+)((?:\[\w*\])*)$/.exec(key);
    if (steps?.[1] !== name) continue;
    const path = Array.from(steps[2]?.matchAll(/\[(\w*)\]/g) ?? [], ([, step = '']) => step);
    put(root, [name, ...path], value);
  }
  return root[name];
}

function put(into: { [key: string]: Nested }, [first = '', ...rest]: string[], value: string): void {
  const key = first === '' ? String(Object.keys(into).length) : first;
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const next = into[key];
  const inner = typeof next === 'object' ? next : {};
  into[key] = inner;
  put(inner, rest, value);
}

export function itemsOf(value: Nested | undefined): Nested[] {
  if (value === undefined) return [];
  if (typeof value === 'string') throw refusal(400, 'Bad where.');
  return Object.values(value);
}

/** `forbidden` attributes may not be searched by. */
export function fits(item: Nested, row: Row, attributes: ReadonlySet<string>, forbidden: ReadonlySet<string>): boolean {
  if (typeof item === 'string') throw refusal(400, 'Bad where item.');
  const { type, attribute, value } = item;
  if (typeof type !== 'string') throw refusal(400, "Bad where item. No 'type'.");
  if (type === 'or' || type === 'and') {
    const all = itemsOf(value).map((one) => fits(one, row, attributes, forbidden));
    return type === 'or' ? all.some(Boolean) : all.every(Boolean);
  }
  if (typeof attribute !== 'string') throw refusal(400, "Bad where item. No 'attribute'.");
  if (!attributes.has(attribute)) throw refusal(400, `Not existing attribute '${attribute}' in where.`);
  if (forbidden.has(attribute)) throw refusal(403, `Forbidden attribute '${attribute}' in where.`);
  const held = row[attribute] ?? null;
  if (type === 'isNull' || type === 'isNotNull') return (held === null) === (type === 'isNull');
  if (type === 'isTrue' || type === 'isFalse') return (held === true) === (type === 'isTrue');
  if (type === 'in' || type === 'notIn') return itemsOf(value).includes(text(held)) === (type === 'in');
  return compares(type, text(held), typeof value === 'string' ? value : '');
}

function text(value: Value): string {
  return value === null ? '' : String(value);
}

/** Texts compare in any case: the database's collation. Stamps are texts that sort. */
function compares(type: string, held: string, value: string): boolean {
  const [a, b] = [held.toLowerCase(), value.toLowerCase()];
  switch (type) {
    case 'equals':
      return a === b;
    case 'notEquals':
      return a !== b;
    case 'greaterThan':
      return a > b;
    case 'greaterThanOrEquals':
      return a >= b;
    case 'lessThan':
      return a < b;
    case 'lessThanOrEquals':
      return a <= b;
    case 'startsWith':
      return a.startsWith(b);
    default:
      throw refusal(400, `Unknown where item type '${type}'.`);
  }
}
