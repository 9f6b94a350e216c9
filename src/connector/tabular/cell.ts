/**
 * What a cell holds. A csv knows texts only, written in the connection's own formats; a workbook also knows true
 * numbers, dates and booleans, which arrive here in canonical text, so that nobody applies a decimal comma to them.
 */

export type TypedCell =
  /** Plain decimal: `1234.5`, no exponent, no grouping. */
  | { readonly kind: 'number'; readonly text: string }
  /** `2026-01-31`, `2026-01-31T10:00:00`, or a time of day `10:00:00`. Civil: a workbook knows no zone. */
  | { readonly kind: 'date'; readonly text: string }
  | { readonly kind: 'boolean'; readonly text: 'TRUE' | 'FALSE' }
  /** `#REF!`, or a formula that was never calculated. Bad only for those who need the cell. */
  | { readonly kind: 'error'; readonly text: string };

/** As handed to the mapping language: a text exactly as it stood, or a value the file itself declared typed. */
export type CellValue = string | TypedCell;

/** One letter per cell in `Row.kinds`. */
export const KIND = { text: 's', number: 'n', date: 'd', boolean: 'b', error: 'e' } as const;

export function cellValue(text: string, kind: string | undefined): CellValue {
  switch (kind) {
    case KIND.number:
      return { kind: 'number', text };
    case KIND.date:
      return { kind: 'date', text };
    case KIND.boolean:
      return { kind: 'boolean', text: text === 'TRUE' ? 'TRUE' : 'FALSE' };
    case KIND.error:
      return { kind: 'error', text };
    default:
      return text;
  }
}
