/** The mapping of one field, checked and ready to be bound to the columns of a file. */
import type { FieldSpec } from '../entities.ts';
import type { Cell } from './cell.ts';
import type { Expression } from './expression.ts';
import type { FieldReader } from './field-reader.ts';
import type { Transform } from './transforms.ts';

/** Where a value comes from. */
export type From =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'first'; readonly of: readonly From[] }
  | { readonly kind: 'concat'; readonly of: readonly From[]; readonly with: string }
  | { readonly kind: 'columns'; readonly of: readonly From[] }
  | { readonly kind: 'value'; readonly cell: Cell }
  | { readonly kind: 'expr'; readonly expression: Expression };

export interface Lookup {
  readonly table: ReadonlyMap<string, Cell>;
  /** For texts that are not in the table; without it they are a problem. */
  readonly otherwise: Cell | undefined;
}

export interface Rule {
  /** `creditLimit`, `attributes.Region`, `externalId` */
  readonly field: string;
  readonly spec: FieldSpec;
  readonly from: From;
  /** Its columns may be missing; then the field is absent from the draft. */
  readonly optional: boolean;
  readonly split: string | undefined;
  readonly transforms: readonly Transform[];
  readonly lookup: Lookup | undefined;
  /** What a blank means where it is one of the declared words for yes or no. */
  readonly blankMeans: boolean | undefined;
  readonly read: FieldReader;
}

/** Every column a place names; `required` unless an expression only asks whether it is there. */
export function columnsOf(from: From): ReadonlyArray<{ name: string; required: boolean }> {
  if (from.kind === 'column') return [{ name: from.name, required: true }];
  if (from.kind === 'value') return [];
  return from.kind === 'expr' ? from.expression.columns : from.of.flatMap(columnsOf);
}
