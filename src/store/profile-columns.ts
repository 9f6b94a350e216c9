/** The only border between the fields of src/connector/entities.ts and the columns of their tables. */
import type { DraftValue } from '../connector/contract.ts';
import { ENTITIES, type EntityName, type FieldSpec, type FieldType } from '../connector/entities.ts';

/** Fields of src/connector/entities.ts by their own names; ids, money and decimals as text, because they may exceed a double. */
export type Profile = Record<string, DraftValue>;

export interface ProfileColumn {
  readonly field: string;
  readonly column: string;
  /** SQL that reads the value out of the jsonb expression `draft`. References are read from `links` instead. */
  readonly value: (draft: string) => string;
  readonly reference: boolean;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function sqlValue(field: string, { type }: FieldSpec): (draft: string) => string {
  switch (type) {
    case 'money':
      return (draft) => `(${draft} ->> '${field}')::bigint`;
    case 'decimal':
      return (draft) => `(${draft} ->> '${field}')::numeric`;
    case 'number':
      return (draft) => `(${draft} ->> '${field}')::double precision`;
    case 'date':
      return (draft) => `(${draft} ->> '${field}')::date`;
    case 'boolean':
      return (draft) => `(${draft} ->> '${field}')::boolean`;
    case 'list':
      return (draft) =>
        `case when jsonb_typeof(${draft} -> '${field}') = 'array' then array(select jsonb_array_elements_text(${draft} -> '${field}')) end`;
    case 'attributes':
      return (draft) => `nullif(${draft} -> '${field}', 'null')`;
    default:
      return (draft) => `${draft} ->> '${field}'`;
  }
}

export function profileColumns(entity: EntityName): readonly ProfileColumn[] {
  const kept = Object.entries(ENTITIES[entity].fields).filter(([, { isPartOf }]) => isPartOf === undefined);
  return kept.map(([field, spec]) => ({
    field,
    column: spec.type === 'reference' ? `${snake(field)}_id` : snake(field),
    value: sqlValue(field, spec),
    reference: spec.type === 'reference',
  }));
}

/** What a new profile gets where the draft is silent. */
export const COLUMN_DEFAULTS: Readonly<Partial<Record<EntityName, Readonly<Record<string, string>>>>> = {
  account: { number: 'b.external_id', status: `'active'` },
  contact: { status: `'active'` },
  price: { perQuantity: '1' },
};

/** SQL that makes a `Profile` of a row. */
export function profileJson(entity: EntityName, alias: string): string {
  const { fields } = ENTITIES[entity];
  const pairs = profileColumns(entity).map(({ field, column }) => {
    const isText = EXACT.has(fields[field]?.type ?? 'text');
    return `'${field}', ${alias}.${column}${isText ? '::text' : ''}`;
  });
  return `jsonb_build_object(${pairs.join(', ')})`;
}

const EXACT: ReadonlySet<FieldType> = new Set(['reference', 'money', 'decimal']);
