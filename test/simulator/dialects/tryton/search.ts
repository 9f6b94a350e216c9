/** Tryton's `search_read`: domains in prefix notation with dotted paths, order, limit, fields of related records. */
import type { World } from '../../world.ts';
import { keyError, userError } from './failures.ts';
import type { Context, Field, Model } from './model.ts';
import { models } from './models.ts';
import { Dec, Stamp } from './typed.ts';

interface Seen {
  readonly world: World;
  readonly context: Context;
  /** Rows by id, made once per request: some are made of others. */
  readonly tables: Map<string, ReadonlyMap<number, object>>;
}

export function searchRead(name: string, params: readonly unknown[], context: Context, world: World): object[] {
  const [domain = [], offset = 0, limit = null, order = null, fields = null] = params;
  const seen: Seen = { world, context, tables: new Map() };
  const model = modelOf(name);
  const isWanted = condition(name, domain, seen);
  const hidesArchived = 'active' in model.fields && context.active_test !== false && !JSON.stringify(domain).includes('"active"');
  const rows = [...tableOf(name, seen).values()].filter(
    (row) => (!hidesArchived || readField(name, 'active', row, seen) === true) && isWanted(row),
  );
  const sorted = sort(name, rows, order, seen);
  const end = limit === null ? undefined : Number(offset) + Number(limit);
  const names = Array.isArray(fields) ? fields.map(String) : ['id'];
  for (const field of names) fieldOf(name, field.split('.')[0] ?? '');
  return sorted.slice(Number(offset), end).map((row) => read(name, row, names, seen));
}

export function modelOf(name: string): Model {
  const model = models[name];
  if (!model || name === 'seller') throw keyError(name);
  return model;
}

function tableOf(name: string, seen: Seen): ReadonlyMap<number, object> {
  const known = seen.tables.get(name);
  if (known) return known;
  const model = models[name];
  if (!model) throw keyError(name);
  const table = new Map(model.rows(seen.world).map((row) => [model.id(row as never), row]));
  seen.tables.set(name, table);
  return table;
}

function fieldOf(name: string, field: string): Field {
  const found = models[name]?.fields[field];
  if (!found) throw keyError(field);
  return found;
}

function readField(name: string, field: string, row: object, { world, context }: Seen): unknown {
  return fieldOf(name, field).of(row as never, world, context);
}

/** `lang.code` comes as {"lang.": {"code": ..., "id": ...}}, to many as a list of such. */
function read(name: string, row: object, fields: readonly string[], seen: Seen): Record<string, unknown> {
  const told: Record<string, unknown> = { id: models[name]?.id(row as never) };
  const related = new Map<string, string[]>();
  for (const field of fields) {
    const [first = '', ...rest] = field.split('.');
    if (rest.length === 0) told[first] = readField(name, first, row, seen);
    else related.set(first, [...(related.get(first) ?? []), rest.join('.')]);
  }
  for (const [first, below] of related) {
    const { to, many } = fieldOf(name, first);
    if (to === undefined) throw keyError(first);
    for (const field of below) fieldOf(to, field.split('.')[0] ?? '');
    const rows = relatedRows(name, first, row, seen).map((one) => read(to, one, below, seen));
    told[`${first}.`] = many ? rows : (rows[0] ?? null);
  }
  return told;
}

/** To many hides archived ones unless they are asked for; to one does not. */
function relatedRows(name: string, field: string, row: object, seen: Seen): object[] {
  const { to = '', many } = fieldOf(name, field);
  const table = tableOf(to, seen);
  const rows = [readField(name, field, row, seen)].flat().flatMap((id) => table.get(Number(id)) ?? []);
  if (!many || seen.context.active_test === false || !('active' in (models[to]?.fields ?? {}))) return rows;
  return rows.filter((one) => readField(to, 'active', one, seen) === true);
}

type Condition = (row: object) => boolean;

function condition(name: string, domain: unknown, seen: Seen): Condition {
  if (!Array.isArray(domain)) throw userError('A domain is a list');
  if (isClause(domain)) return clause(name, domain, seen);
  const isOr = domain[0] === 'OR';
  const parts = (domain[0] === 'OR' || domain[0] === 'AND' ? domain.slice(1) : domain).map((part) => condition(name, part, seen));
  if (parts.length === 0) return () => true;
  return isOr ? (row) => parts.some((part) => part(row)) : (row) => parts.every((part) => part(row));
}

function isClause(domain: readonly unknown[]): domain is [string, string, unknown] {
  return typeof domain[0] === 'string' && domain[0] !== 'OR' && domain[0] !== 'AND' && typeof domain[1] === 'string' && domain.length >= 3;
}

function clause(name: string, [path, operator, operand]: [string, string, unknown], seen: Seen): Condition {
  const [first = '', ...rest] = path.split('.');
  const { to } = fieldOf(name, first);
  if (rest.length > 0) {
    if (to === undefined) throw keyError(first);
    const below = clause(to, [rest.join('.'), operator, operand], seen);
    return (row) => relatedRows(name, first, row, seen).some(below);
  }
  const compare = OPERATORS[operator];
  if (!compare) throw keyError(operator);
  return (row) => compare(plain(readField(name, first, row, seen)), plain(operand));
}

const OPERATORS: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  '=': (value, operand) => value === operand,
  '!=': (value, operand) => value !== operand,
  '>': (value, operand) => compared(value, operand, (order) => order > 0),
  '>=': (value, operand) => compared(value, operand, (order) => order >= 0),
  '<': (value, operand) => compared(value, operand, (order) => order < 0),
  '<=': (value, operand) => compared(value, operand, (order) => order <= 0),
  in: (value, operand) => Array.isArray(operand) && operand.map(plain).includes(value),
  'not in': (value, operand) => Array.isArray(operand) && !operand.map(plain).includes(value),
};

/** As in SQL: nothing compares with null. */
function compared(value: unknown, operand: unknown, is: (order: number) => boolean): boolean {
  if (value === null || value === undefined || operand === null || operand === undefined) return false;
  if (typeof value === 'number' && typeof operand === 'number') return is(value - operand);
  if (typeof value === 'string' && typeof operand === 'string') return is(value < operand ? -1 : value > operand ? 1 : 0);
  throw userError('Values of different types do not compare');
}

function plain(value: unknown): unknown {
  return value instanceof Stamp ? value.text : value instanceof Dec ? Number(value.text) : value;
}

/** Without an order rows come as they please. */
function sort(name: string, rows: object[], order: unknown, seen: Seen): object[] {
  if (!Array.isArray(order)) return rows.toReversed();
  return rows.toSorted((a, b) => {
    for (const [field, direction] of order as [string, string][]) {
      const [first, second] = [plain(readField(name, field, a, seen)), plain(readField(name, field, b, seen))];
      const difference = compared(first, second, (way) => way > 0) ? 1 : compared(first, second, (way) => way < 0) ? -1 : 0;
      if (difference !== 0) return direction.toUpperCase().startsWith('DESC') ? -difference : difference;
    }
    return 0;
  });
}
