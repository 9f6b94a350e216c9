/** From the mapping in kontor.yaml to checked rules. Pure; every fault is named, not only the first. */
import { createHash } from 'node:crypto';
import { NeedsOperatorError } from '../../errors.ts';
import type { Json, MappingSpec } from '../contract.ts';
import { ENTITIES, type EntityName, type FieldSpec } from '../entities.ts';
import { sortKeys } from '../sort-keys.ts';
import { type Formats, formatFaults } from './formats.ts';
import { didYouMean } from './nearest-name.ts';
import { type Complain, isObject } from './parse-from.ts';
import { parseRule } from './parse-rule.ts';
import { columnsOf, type Rule } from './rule.ts';

/** One fault of a mapping: where (`mapping.creditLimit.decimal`), and a sentence with the cure. */
export interface MappingProblem {
  readonly path: string;
  readonly message: string;
}

/** A column or path that a mapping names, and the fields it feeds. */
export interface ColumnUse {
  readonly name: string;
  readonly fields: readonly string[];
}

export interface CompiledMapping {
  readonly entity: EntityName;
  readonly digest: string;
  readonly columns: readonly ColumnUse[];
  readonly externalId: Rule;
  /** In the order of the entity's fields, so that money follows its currency. */
  readonly fields: readonly Rule[];
  readonly attributes: readonly Rule[];
}

/** Raised when the same mapping begins to give other drafts, so that every record is mapped anew. */
const LANGUAGE_REVISION = 1;

const EXTERNAL_ID: FieldSpec = { type: 'reference', required: true, about: 'what the other system calls the record' };

export function checkMapping(entity: EntityName, spec: MappingSpec, formats: Formats): MappingProblem[] {
  return parseMapping(entity, spec, formats).problems;
}

/** Throws `CONFIG_INVALID` with every fault of the mapping. */
export function compileMapping(entity: EntityName, spec: MappingSpec, formats: Formats): CompiledMapping {
  const { problems, externalId, fields, attributes } = parseMapping(entity, spec, formats);
  if (problems.length > 0 || !externalId) {
    const lines = problems.map(({ path, message }) => `${path}: ${message}`);
    throw new NeedsOperatorError('CONFIG_INVALID', `the mapping of ${entity} cannot be used\n${lines.join('\n')}`, { details: { entity } });
  }
  const columns = columnUse([externalId, ...fields, ...attributes]);
  return { entity, digest: mappingDigest(spec, formats), columns, externalId, fields, attributes };
}

/** Equal for mappings that give equal drafts; order of keys does not count. */
export function mappingDigest(spec: MappingSpec, formats: Formats): string {
  const { decimal, group, date, zone } = formats;
  return createHash('sha256')
    .update(JSON.stringify([LANGUAGE_REVISION, sortKeys(spec as Json), decimal, group, date, zone]))
    .digest('hex');
}

/** The connector's own mapping, overridden field by field; a field set to null is not mapped at all. */
export function overlayMapping(base: MappingSpec | undefined, own: MappingSpec): MappingSpec {
  return Object.fromEntries(Object.entries({ ...base, ...own }).filter(([, given]) => given !== null));
}

function parseMapping(entity: EntityName, spec: MappingSpec, formats: Formats) {
  const problems: MappingProblem[] = [];
  const complain: Complain = (path, message) => problems.push({ path, message });
  const { fields: known } = ENTITIES[entity];
  for (const [key, message] of formatFaults(formats)) complain(`formats.${key}`, message);
  if (problems.length > 0) return { problems, externalId: undefined, fields: [], attributes: [] };
  checkNames(entity, spec, complain);
  const rule = (field: string, fieldSpec: FieldSpec, given: unknown) =>
    parseRule(field, fieldSpec, given, formats, `mapping.${field}`, complain);
  const mapped = (name: string) => Object.hasOwn(spec, name) && spec[name] !== null;
  const externalId = mapped('externalId') ? rule('externalId', EXTERNAL_ID, spec.externalId) : undefined;
  const fields = Object.entries(known).flatMap(([name, fieldSpec]) =>
    mapped(name) && fieldSpec.type !== 'attributes' ? [rule(name, fieldSpec, spec[name])] : [],
  );
  const attributes = mapped('attributes') ? attributeRules(spec.attributes, rule, complain) : [];
  return { problems, externalId, fields: fields.filter((one) => one !== undefined), attributes };
}

function checkNames(entity: EntityName, spec: MappingSpec, complain: Complain): void {
  const { fields: known } = ENTITIES[entity];
  const names = ['externalId', ...Object.keys(known)];
  const mapped = Object.keys(spec).filter((name) => spec[name] !== null);
  for (const name of Object.keys(spec)) {
    if (!names.includes(name))
      complain(`mapping.${name}`, `is not a field of ${entity}${didYouMean(name, names)}; known: ${names.join(', ')}`);
  }
  if (!mapped.includes('externalId')) complain('mapping.externalId', `is missing; name the column that tells one ${entity} from another`);
  for (const [name, { required, type, about }] of Object.entries(known)) {
    if (required && !mapped.includes(name)) complain(`mapping.${name}`, `is missing; every ${entity} needs it (${about})`);
    if (type === 'money' && mapped.includes(name) && !mapped.includes('currency')) {
      complain(`mapping.${name}`, 'is money, and no currency is mapped; add `currency: COLUMN`, or `currency: { value: EUR }`');
    }
  }
}

function attributeRules(
  given: unknown,
  rule: (field: string, spec: FieldSpec, given: unknown) => Rule | undefined,
  complain: Complain,
): Rule[] {
  if (!isObject(given)) {
    complain('mapping.attributes', `expected names with their columns, such as { Region: Sales region }, found ${JSON.stringify(given)}`);
    return [];
  }
  const names = Object.keys(given).sort();
  if (names.includes('__proto__')) complain('mapping.attributes.__proto__', 'cannot be the name of an attribute; choose another');
  return names
    .map((name) => rule(`attributes.${name}`, { type: 'text', about: 'a value of your own' }, given[name]))
    .filter((one) => one !== undefined);
}

function columnUse(rules: readonly Rule[]): ColumnUse[] {
  const uses = new Map<string, Set<string>>();
  for (const { field, from } of rules) {
    for (const { name } of columnsOf(from)) uses.set(name, (uses.get(name) ?? new Set()).add(field));
  }
  return [...uses].map(([name, fields]) => ({ name, fields: [...fields] }));
}
