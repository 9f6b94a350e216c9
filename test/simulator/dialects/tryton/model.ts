/** How the ledger is seen as Tryton's models. */
import type { World } from '../../world.ts';

export type Context = Readonly<Record<string, unknown>>;

export interface Field {
  /** Model of what `of` answers ids of. */
  readonly to?: string;
  /** `of` answers several ids. */
  readonly many?: true;
  of(row: never, world: World, context: Context): unknown;
}

export interface Model {
  /** Every row, archived ones too. */
  rows(world: World): readonly object[];
  id(row: never): number;
  readonly fields: Readonly<Record<string, Field>>;
}

/** A model whose rows are of one shape, for the compiler. */
export function model<R extends object>(spec: {
  rows(world: World): readonly R[];
  id(row: R): number;
  fields: Readonly<Record<string, { to?: string; many?: true; of(row: R, world: World, context: Context): unknown }>>;
}): Model {
  return spec as unknown as Model;
}

/** Small tables that exist only as values of others: the place in the list is the id. */
export function listOf(values: Iterable<string | null>): string[] {
  return [...new Set(values)].filter((value) => value !== null).sort();
}

export function idIn(list: readonly string[], value: string | null): number | null {
  return value === null ? null : list.indexOf(value) + 1;
}
