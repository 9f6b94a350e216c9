/** A small OData server's idea of data: entity sets whose rows hold canonical texts. */

/** `alpha`: a text whose numbers SAP keeps with leading zeros, so that "9" comes before "10". */
export type PropertyType = 'string' | 'alpha' | 'date' | 'time' | 'instant' | 'decimal' | 'integer' | 'boolean' | 'guid';

/** Dates "2026-11-10", times "08:09:00", instants in ISO 8601, decimals as text. */
export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

export interface Navigation {
  readonly to: string;
  readonly many: boolean;
  rows(row: Row): readonly Row[];
}

export interface EntitySet {
  readonly properties: Readonly<Record<string, PropertyType>>;
  readonly keys: readonly string[];
  rows(): readonly Row[];
  readonly navigations?: Readonly<Record<string, Navigation>>;
  /** Of sets whose entities may only be changed by who has seen their last state. */
  etag?(row: Row): string;
}

export type Sets = Readonly<Record<string, EntitySet>>;

/** What order and comparison are made by. */
export function comparable(type: PropertyType, value: Value): string | number | boolean | null {
  if (value === null || typeof value !== 'string') return value;
  switch (type) {
    case 'alpha':
      return /^\d+$/.test(value) ? value.padStart(20, '0') : value;
    case 'decimal':
    case 'integer':
      return Number(value);
    case 'instant':
      return Date.parse(value);
    default:
      return value;
  }
}
