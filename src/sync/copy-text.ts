/** Rows in PostgreSQL's COPY text format, and JSON that PostgreSQL accepts. */

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One row; `null` is SQL null. Texts are escaped, and NUL, which PostgreSQL cannot hold, becomes U+FFFD. */
export function copyLine(cells: ReadonlyArray<string | null>): string {
  let line = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (i > 0) line += '\t';
    if (cell === null || cell === undefined) line += '\\N';
    else line += SPECIAL.test(cell) ? cell.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character) : cell;
  }
  return `${line}\n`;
}

/** Escapes that jsonb refuses (NUL, lone surrogates) become U+FFFD; everything else stays. */
export function jsonCell(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replace(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, (found) => (found === '\\\\' ? found : '\\ufffd'));
}
