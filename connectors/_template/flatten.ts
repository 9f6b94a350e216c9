/** What the mapping language cannot say, said before it. Pure; whatever is not as expected is left for the record's schema to tell. */
import { isJsonObject } from '../../src/connector/json.ts';

/** They keep one address with the roles it is used in; we keep one address per role. */
export function flattenAddress(given: unknown): unknown[] {
  if (!isJsonObject(given) || !Array.isArray(given.roles)) return [given];
  return given.roles.map((role) => ({ ...given, role }));
}

/** Their last day of validity is valid; ours is the first that is not. */
export function flattenPrice(given: unknown): unknown[] {
  if (!isJsonObject(given) || typeof given.validTo !== 'string') return [given];
  const last = Date.parse(`${given.validTo}T00:00:00Z`);
  return [Number.isNaN(last) ? given : { ...given, validTo: new Date(last + 86_400_000).toISOString().slice(0, 10) }];
}
