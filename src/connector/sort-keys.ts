import type { Json } from './contract.ts';

/** The same value with its keys in one order, so that equal values have equal texts; PostgreSQL's jsonb gives keys back in an order of its own. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, sortKeys(value[key] ?? null)]);
}
