/** What databases give, as JSON that loses nothing: whole numbers beyond 2^53 and decimals stay text, NULL stays null, bytes are refused. */
import type { Json } from '../../src/connector/contract.ts';

/** A number whose digits matter; a double could not hold it. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Told by `plainCell` for what cannot be said in JSON. */
export const BYTES = Symbol('bytes');

export function plainCell(value: unknown): Json | typeof BYTES {
  if (value === null || value === undefined) return null;
  if (value instanceof Digits) return value.text;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  switch (typeof value) {
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'string':
    case 'boolean':
      return value;
    default:
      return value as Json;
  }
}

/**
 * One part of an id as the cursor keeps it: `n` for numbers, which stand in the statement as they are, since SQLite and MySQL compare a
 * number with a text by other rules; `s` for everything else.
 */
export type IdPart = { readonly n: string } | { readonly s: string };

export function idPart(value: unknown): IdPart | undefined {
  if (value instanceof Digits) return { n: value.text };
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return { n: String(value) };
  if (typeof value === 'string') return { s: value };
  if (typeof value === 'boolean') return { n: value ? '1' : '0' };
  return undefined;
}

/** "2026-11-10 08:09:00.5" -> "2026-11-10T08:09:00.5", with `Z` where the column counts in UTC. */
export function isoText(text: string, isUtc: boolean): string {
  const iso = text.replace(' ', 'T').replace(/[+-]00(?::?00)?$/, '');
  return isUtc ? `${iso.replace(/Z$/, '')}Z` : iso;
}
