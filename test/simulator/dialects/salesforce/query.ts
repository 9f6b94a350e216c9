/** Runs a query over objects: fields that are not there or not seen, literals of the wrong type, batches and their cursors. */
import type { World } from '../../world.ts';
import type { AccountStamps } from '../crm-addresses.ts';
import { type Field, type FieldType, OBJECTS, type ObjectType, ORGANIZATION_NAME, type Value, type Values } from './objects.ts';
import { type Condition, type Literal, type Query, SoqlError } from './soql.ts';

/** Of the login: what field-level security hides, "Account.Industry". */
export type Hidden = ReadonlySet<string>;

const LITERALS: Readonly<Record<FieldType, Literal['kind']>> = {
  id: 'text',
  string: 'text',
  boolean: 'boolean',
  datetime: 'instant',
  double: 'number',
};

export function typeOf(name: string, hidden: Hidden): ObjectType {
  const type = OBJECTS[name];
  if (!type || hidden.has(name)) throw new SoqlError('INVALID_TYPE', `sObject type '${name}' is not supported.`);
  return { ...type, fields: type.fields.filter((field) => !hidden.has(`${name}.${field.name}`)) };
}

/** Records as JSON, all of them. */
export function run(
  query: Query,
  world: World,
  of: AccountStamps,
  { hidden, withDeleted }: { hidden: Hidden; withDeleted: boolean },
): object[] {
  if (query.from === 'Organization') {
    return [{ attributes: { type: 'Organization' }, Name: ORGANIZATION_NAME, OrganizationType: 'Enterprise Edition', IsSandbox: true }];
  }
  const type = typeOf(query.from, hidden);
  for (const name of query.select) fieldOf(query.from, type, name);
  for (const { field } of query.orderBy) fieldOf(query.from, type, field);
  if (query.where) checkCondition(query.where, query.from, type);
  const rows = type
    .rows(world, of)
    .filter((row) => withDeleted || row.IsDeleted !== true)
    .filter((row) => query.where === undefined || holds(query.where, row))
    .sort((a, b) => compareRows(a, b, query.orderBy));
  return rows.slice(0, query.limit).map((row) => record(query.from, query.select, row));
}

function fieldOf(object: string, type: ObjectType, name: string): Field {
  const [first = '', second] = name.split('.');
  const field = type.fields.find((one) => (second === undefined ? one.name : one.relation) === first);
  if (field) return field;
  const what =
    second === undefined ? `No such column '${name}' on entity '${object}'.` : `Didn't understand relationship '${first}' in field path.`;
  throw new SoqlError(
    'INVALID_FIELD',
    `\nSELECT ${name} FROM ${object}\n       ^\nERROR at Row:1:Column:8\n${what} If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.`,
  );
}

function checkCondition(condition: Condition, object: string, type: ObjectType): void {
  if (condition.kind !== 'compare') {
    for (const one of [condition.of].flat()) checkCondition(one, object, type);
    return;
  }
  const field = fieldOf(object, type, condition.field);
  if (condition.field.includes('.')) return;
  const wanted = LITERALS[field.type];
  for (const { kind } of condition.to) {
    if (kind === wanted || kind === 'null') continue;
    const quotes = wanted === 'text' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
    throw new SoqlError('INVALID_FIELD', `value of filter criterion for field '${field.name}' must be of type ${field.type} and ${quotes}`);
  }
}

function holds(condition: Condition, row: Values): boolean {
  if (condition.kind === 'and') return condition.of.every((one) => holds(one, row));
  if (condition.kind === 'or') return condition.of.some((one) => holds(one, row));
  if (condition.kind === 'not') return !holds(condition.of, row);
  const { field, operator, to } = condition;
  return to.some((literal) => compares(row[field] ?? null, operator, literal));
}

/** Texts compare in any case, ids as they are. */
function compares(value: Value, operator: string, literal: Literal): boolean {
  if (literal.kind === 'null' || value === null) {
    if (operator === '!=') return (value === null) !== (literal.kind === 'null');
    return (operator === '=' || operator === 'IN') && value === null && literal.kind === 'null';
  }
  const [a, b] =
    literal.kind === 'instant'
      ? [Date.parse(String(value)), Math.floor(literal.value / 1000) * 1000]
      : literal.kind === 'text'
        ? [String(value), literal.value]
        : [Number(value), Number(literal.value)];
  const isSame = typeof a === 'string' ? a.toLowerCase() === String(b).toLowerCase() : a === b;
  switch (operator) {
    case '=':
    case 'IN':
      return isSame;
    case '!=':
      return !isSame;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new SoqlError('MALFORMED_QUERY', `unexpected token: '${operator}'`);
  }
}

function compareRows(a: Values, b: Values, orderBy: Query['orderBy']): number {
  for (const { field, isDescending } of orderBy) {
    const [left, right] = [a[field] ?? '', b[field] ?? ''];
    if (left !== right) return (left < right ? -1 : 1) * (isDescending ? -1 : 1);
  }
  return 0;
}

function record(object: string, select: readonly string[], row: Values): object {
  const made: Record<string, unknown> = { attributes: { type: object, url: `/services/data/v62.0/sobjects/${object}/${String(row.Id)}` } };
  for (const name of select) {
    const [relation = '', field] = name.split('.');
    if (field === undefined) made[name] = row[name] ?? null;
    else made[relation] = { ...((made[relation] as object | undefined) ?? { attributes: { type: relation } }), [field]: row[name] ?? null };
  }
  return made;
}
