/** Rows for somebody's spreadsheet. What would run there as a formula is kept a text. */

/** A leading sign that spreadsheets take for the beginning of a formula, also behind blanks. */
const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/;

export function csvLine(cells: ReadonlyArray<string | number | null | undefined>): string {
  return `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;
}

function csvCell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /["\r\n,;\t]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
