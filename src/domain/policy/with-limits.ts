/** Limits of a table, put into the rules of an account as they were written. */
import { fold } from './facts.ts';
import type { LimitPurpose } from './limit-schema.ts';

export interface LimitEntry {
  readonly purpose: LimitPurpose;
  /** Whose: somebody's, those with a role, or everybody else's. */
  readonly kind: 'people' | 'roles' | 'default';
  /** External id or role; '' for everybody else. */
  readonly name: string;
  /** As the rules write it: `unlimited`, `inherit`, or a block. */
  readonly limit: unknown;
}

interface WrittenPurpose {
  default?: unknown;
  roles?: Record<string, unknown>;
  people?: Record<string, unknown>;
}
export type WrittenRules = Readonly<Record<string, unknown>> & { readonly limits?: Partial<Record<LimitPurpose, WrittenPurpose>> };

/** For an account that has no rules: what stands above goes on to hold. */
export const NO_RULES: WrittenRules = { mode: 'own_plus_parent' };

/**
 * Sets what the table names and leaves the rest; with `replace` a table that has people, or roles, is the list of all there are, for what
 * it has them for. Names compare without case, as where limits are asked.
 */
export function withLimits(rules: WrittenRules, entries: readonly LimitEntry[], replace: boolean): WrittenRules {
  const limits: Partial<Record<LimitPurpose, WrittenPurpose>> = { ...rules.limits };
  for (const purpose of new Set(entries.map((entry) => entry.purpose))) {
    const ofPurpose = entries.filter((entry) => entry.purpose === purpose);
    const merged: WrittenPurpose = { ...limits[purpose] };
    for (const kind of ['people', 'roles'] as const) {
      const named = ofPurpose.filter((entry) => entry.kind === kind);
      if (named.length > 0) merged[kind] = mergeNamed(replace ? {} : (merged[kind] ?? {}), named);
    }
    const rest = ofPurpose.find((entry) => entry.kind === 'default');
    if (rest) merged.default = rest.limit;
    limits[purpose] = merged;
  }
  return { ...rules, limits };
}

function mergeNamed(there: Readonly<Record<string, unknown>>, named: readonly LimitEntry[]): Record<string, unknown> {
  const told = new Set(named.map(({ name }) => fold(name)));
  const kept = Object.entries(there).filter(([name]) => !told.has(fold(name)));
  return Object.fromEntries([...kept, ...named.map(({ name, limit }) => [name, limit] as const)]);
}
