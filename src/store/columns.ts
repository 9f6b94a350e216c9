/**
 * Many rows for one statement, a column at a time: `rows from (unnest(...), string_to_table(...))`. Each column is one text: PostgreSQL
 * reads it in half the time of JSON, in which every row repeats the names of its columns, and no driver looks at every value on the way.
 */

/** As PostgreSQL writes an array, to be cast to one. */
export function column(values: ReadonlyArray<string | number | boolean | Date | null | undefined>): string {
  return `{${values.map(asElement).join()}}`;
}

/** A column of JSON, a line for each row, since JSON escapes what would break one: for `string_to_table(:name, chr(10))`. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value ?? null)).join('\n');
}

function asElement(value: string | number | boolean | Date | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Needs no quotes; a word might be taken for null. */
const PLAIN = /^[\d:.+-][\w:.+-]*$/;
