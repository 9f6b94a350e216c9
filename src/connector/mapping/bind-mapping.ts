/** Binds a checked mapping to a source: records in, drafts or problems out. */
import { NeedsOperatorError } from '../../errors.ts';
import type { AnySource, DraftValue, Mapped, Mapper, Problem } from '../contract.ts';
import { ENTITIES, type EntityName } from '../entities.ts';
import { type BoundField, bindField } from './bind-field.ts';
import { type Access, bindSource } from './bind-source.ts';
import type { CompiledMapping } from './compile-mapping.ts';
import { nearestName } from './nearest-name.ts';
import type { Rule } from './rule.ts';

export interface BoundMapper<Raw> extends Mapper<Raw> {
  /** Binds to the shape of this record; throws `SOURCE_LAYOUT` when columns are missing. The other methods do it by themselves. */
  bindTo(raw: Raw): void;
}

/** What `access` is asked of; `origin` lets a missing column be told with its file. */
export type MappableSource = Pick<AnySource, 'access'> & Partial<Pick<AnySource, 'origin'>>;

/** What a draft says when the mapping says nothing, or the cell is blank. */
const DEFAULTS: Readonly<Record<EntityName, Readonly<Record<string, (externalId: string) => DraftValue>>>> = {
  account: { number: (externalId) => externalId, status: () => 'active' },
  contact: { status: () => 'active' },
  address: {},
  price: { perQuantity: () => '1' },
  stock: {},
  rate: { perQuantity: () => '1' },
  document: {},
  documentLine: {},
};

interface Bound {
  readonly shape: unknown;
  readonly externalId: BoundField;
  readonly fields: ReadonlyArray<BoundField & { readonly standIn: ((externalId: string) => DraftValue) | undefined }>;
  readonly attributes: readonly BoundField[];
}

export function bindMapping<Raw>(mapping: CompiledMapping, source: MappableSource): BoundMapper<Raw> {
  const { apart } = ENTITIES[mapping.entity];
  let bound: Bound | undefined;

  function bindTo(raw: Raw): Bound {
    const access: Access = source.access(raw);
    if (bound && bound.shape === access.shape) return bound;
    bound = bindAll(mapping, access, place(source, raw));
    return bound;
  }

  return {
    bindTo(raw) {
      bindTo(raw);
    },
    identify(raw) {
      const id = bindTo(raw).externalId.read(raw, null, undefined);
      return typeof id === 'string' ? id : undefined;
    },
    toDraft(raw) {
      return toDraft(bindTo(raw), raw);
    },
  };

  function toDraft({ externalId, fields, attributes }: Bound, raw: Raw): Mapped {
    const problems: Problem[] = [];
    const id = externalId.read(raw, null, problems);
    const values: Record<string, DraftValue> = {};
    for (const { name, read, standIn } of fields) {
      let value = read(raw, values.currency, problems);
      if (standIn && (value === undefined || value === null) && typeof id === 'string') value = standIn(id);
      if (value !== undefined) values[name] = value;
    }
    if (attributes.length > 0) values.attributes = attributesOf(attributes, raw, problems);
    if (apart) problems.push(...sameness(apart, values));
    if (problems.length > 0 || typeof id !== 'string') return { problems };
    return { draft: { externalId: id, values } };
  }
}

function bindAll(mapping: CompiledMapping, access: Access, place: string): Bound {
  const missing = new Map<string, string[]>();
  const bind = (rule: Rule): BoundField[] => {
    const absent = new Set<string>();
    const source = bindSource(rule.from, rule, access, absent);
    if (source) return [bindField(rule, source)];
    if (!rule.optional) for (const column of absent) missing.set(column, [...(missing.get(column) ?? []), rule.field]);
    return [];
  };
  const [externalId] = bind(mapping.externalId);
  const standIns = DEFAULTS[mapping.entity];
  const fields = Object.keys(ENTITIES[mapping.entity].fields).flatMap((name) => {
    const rule = mapping.fields.find(({ field }) => field === name);
    const standIn = Object.hasOwn(standIns, name) ? standIns[name] : undefined;
    const field = (rule && bind(rule)[0]) ?? (standIn && { name, read: () => undefined });
    return field ? [{ ...field, standIn }] : [];
  });
  const attributes = mapping.attributes.flatMap(bind);
  if (missing.size > 0 || !externalId) throw layoutError(missing, access.names, place);
  return { shape: access.shape, externalId, fields, attributes };
}

function layoutError(missing: ReadonlyMap<string, readonly string[]>, names: readonly string[], place: string): NeedsOperatorError {
  const lines = [...missing].map(([column, fields]) => {
    const near = nearestName(column, names);
    return `column "${column}" (for ${fields.join(', ')}) is missing${near === undefined ? '' : `; did you mean "${near}"?`}`;
  });
  const there = names.length > 0 ? `there are: ${names.map((name) => `"${name}"`).join(', ')}` : 'there are no columns';
  return new NeedsOperatorError(
    'SOURCE_LAYOUT',
    `${place}${lines.join('; ')}; ${there}. Correct the file or the mapping, or mark the field \`optional: true\``,
    { details: { missing: [...missing.keys()].join(', ') } },
  );
}

function place<Raw>(source: MappableSource, raw: Raw): string {
  const { file, sheet } = source.origin?.(raw) ?? {};
  const parts = [file, sheet === undefined ? undefined : `sheet "${sheet}"`].filter((part) => part !== undefined);
  return parts.length > 0 ? `${parts.join(', ')}: ` : '';
}

function sameness([one, other]: readonly [string, string], values: Readonly<Record<string, DraftValue>>): Problem[] {
  const said = values[other];
  if (typeof said !== 'string' || said !== values[one]) return [];
  return [{ code: 'RECORD_INVALID', field: other, reason: `is ${said}, like ${one}; name two` }];
}

/** Blank attributes are left out: the set as a whole says what there is. */
function attributesOf(attributes: readonly BoundField[], raw: unknown, problems: Problem[]): Record<string, DraftValue> {
  const values: Record<string, DraftValue> = {};
  for (const { name, read } of attributes) {
    const value = read(raw, undefined, problems);
    if (value !== undefined && value !== null) values[name.slice('attributes.'.length)] = value;
  }
  return values;
}
