/** Domains: prefix operators and leaves, refused where the real one refuses (odoo/osv/expression.py). */
import { valueError } from './failures.ts';
import type { ModelRow } from './store.ts';

type Test = (row: ModelRow) => boolean;

const ARITY: Readonly<Record<string, number>> = { '&': 2, '|': 2, '!': 1 };
const DATETIME = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?)?$/;

/** `knows` says which fields the model has; dotted ones by their first part. */
export function compileDomain(domain: unknown, model: string, types: ReadonlyMap<string, string>): Test {
  if (!Array.isArray(domain)) throw valueError(`Domain ${JSON.stringify(domain)} is not a list`);
  const stack: Test[] = [];
  for (const token of domain.toReversed()) {
    if (typeof token !== 'string') {
      stack.push(leaf(token, model, types));
      continue;
    }
    const operands = stack.splice(-(ARITY[token] ?? 0)).toReversed();
    if (ARITY[token] === undefined || operands.length < (ARITY[token] ?? 0))
      throw valueError(`Invalid leaf ${token} in ${JSON.stringify(domain)}`);
    if (token === '!') stack.push((row) => operands.every((test) => !test(row)));
    else stack.push(token === '&' ? (row) => operands.every((test) => test(row)) : (row) => operands.some((test) => test(row)));
  }
  return (row) => stack.every((test) => test(row));
}

export function names(domain: unknown, field: string): boolean {
  return Array.isArray(domain) && domain.some((token) => Array.isArray(token) && token[0] === field);
}

function leaf(given: unknown, model: string, types: ReadonlyMap<string, string>): Test {
  if (!Array.isArray(given) || given.length !== 3 || typeof given[0] !== 'string')
    throw valueError(`Invalid leaf ${JSON.stringify(given)}`);
  const [field, operator, value] = given as [string, string, unknown];
  const type = types.get(field.split('.')[0] ?? '');
  if (type === undefined) throw valueError(`Invalid field ${model}.${field} in leaf ${JSON.stringify(given)}`);
  if (type === 'datetime' && typeof value === 'string') return compareStamps(field, operator, value);
  if (operator === 'child_of') return childOf(field, value);
  const compare = COMPARE[operator];
  if (!compare) throw valueError(`Invalid operator ${JSON.stringify(operator)} in domain term ${JSON.stringify(given)}`);
  return (row) => compare(heldIn(row, field), value);
}

/** A many2one compares by its id; "none" is false. */
function heldIn({ values, related }: ModelRow, field: string): unknown {
  const value = field.includes('.') ? related?.[field] : values[field];
  return Array.isArray(value) && typeof value[1] === 'string' ? value[0] : value;
}

const COMPARE: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '=': (left, right) => left === right || (right === null && left === false),
  '!=': (left, right) => left !== right,
  in: (left, right) => Array.isArray(right) && right.includes(left),
  'not in': (left, right) => Array.isArray(right) && !right.includes(left),
  '>': (left, right) => isNumber(left) && isNumber(right) && left > right,
  '>=': (left, right) => isNumber(left) && isNumber(right) && left >= right,
  '<': (left, right) => isNumber(left) && isNumber(right) && left < right,
  '<=': (left, right) => isNumber(left) && isNumber(right) && left <= right,
  ilike: (left, right) => typeof left === 'string' && left.toLowerCase().includes(String(right).toLowerCase()),
};

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** Answered in seconds, compared as kept: in microseconds (seen on 16 and 17: `>` the stamp last seen finds the same row again). */
function compareStamps(field: string, operator: string, value: string): Test {
  if (!DATETIME.test(value)) throw valueError(`time data '${value}' does not match format '%Y-%m-%d %H:%M:%S'`);
  const at = Date.parse(`${value.length === 10 ? `${value} 00:00:00` : value}Z`.replace(' ', 'T'));
  const compare = COMPARE[operator];
  if (!compare) throw valueError(`Invalid operator ${JSON.stringify(operator)} in domain`);
  return (row) => {
    if (field === 'write_date') return compare(row.stamp.getTime(), at);
    const kept = heldIn(row, field);
    return typeof kept === 'string' && compare(Date.parse(`${kept.replace(' ', 'T')}Z`), at);
  };
}

function childOf(field: string, value: unknown): Test {
  const wanted: unknown[] = Array.isArray(value) ? value : [value];
  return ({ related }) => {
    const path = related?.[`${field}.path`];
    return Array.isArray(path) && path.some((id) => wanted.includes(id));
  };
}
