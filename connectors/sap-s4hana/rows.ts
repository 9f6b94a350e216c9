/** Looking into rows whose shape only the server knows. */
import type { Json } from '../../src/connector/contract.ts';
import { civilDate, type ODataRow } from '../../src/connector/odata/index.ts';

/** '' for what is absent, null or no text. */
export function textIn(row: ODataRow | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'string' ? value : '';
}

/** An expanded collection; [] when it is not there. */
export function listIn(row: ODataRow | undefined, name: string): ODataRow[] {
  const value = row?.[name];
  return Array.isArray(value) ? value.filter(isRow) : [];
}

/** An expanded entity. */
export function rowIn(row: ODataRow | undefined, name: string): ODataRow | undefined {
  const value = row?.[name];
  return isRow(value) ? value : undefined;
}

/** Without what was expanded. */
export function plainIn(row: ODataRow | undefined): ODataRow {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([, value]) => typeof value !== 'object' || value === null));
}

export function groupedBy(rows: readonly ODataRow[], keyOf: (row: ODataRow) => string): ReadonlyMap<string, ODataRow[]> {
  const groups = new Map<string, ODataRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** First day no longer valid; `null` for "for ever", which SAP writes as the end of the year 9999. Their last day is valid. */
export function dayAfter(last: unknown): string | null {
  const day = civilDate(last);
  return day === null || day.startsWith('9999') ? null : new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function isRow(value: Json | undefined): value is ODataRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
