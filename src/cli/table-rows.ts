/** Rows of the tables that people name: where they stand, and cells that all of them write alike. */
import { Refused } from '../connector/mapping/cell.ts';
import { dateReader } from '../connector/mapping/civil-date.ts';
import { CANONICAL, canonicalDecimal, readDecimal } from '../connector/mapping/decimal.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Batch, Row } from '../connector/tabular/row.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import { NeedsOperatorError } from '../errors.ts';
import { formatOrigin } from './format.ts';
import { splitReason } from './open-table.ts';

export interface FileFormats {
  /** How texts hold numbers; typed cells of workbooks need no telling. */
  readonly decimal: '.' | ',';
  /** How texts hold dates, in luxon tokens. */
  readonly date: string;
  /** Of a workbook; the first if not named. */
  readonly sheet?: string | undefined;
}

/** Rows that could not be read, and what is wrong with the file around them. */
export function problemsOf({ unreadable, faults }: Batch): OrderProblem[] {
  return [
    ...unreadable.flatMap(
      ({ origin, problems }) =>
      problems.map(({ reason }) => ({ path: formatOrigin(origin), ...splitReason(reason) })), // biome-ignore format: two of a kind
    ),
    ...faults.map(({ origin, message }) => ({ path: formatOrigin(origin), ...splitReason(message) })),
  ];
}

export function placeOf({ header: { file, sheet }, row }: Row): string {
  return formatOrigin({ file, row, ...(sheet !== undefined && { sheet }) });
}

export interface Columns<Field extends string> {
  readonly places: ReadonlyMap<Field, number>;
  /** Those that are none of the fields, so that a slip in a name is seen. */
  readonly unknown: readonly string[];
}

/**
 * Where the fields stand, looked up once for each header; case and blanks around names do not matter. `lacking` answers what is missing, and
 * `cure` says how the columns are named; then SOURCE_LAYOUT is thrown.
 */
export function columnFinder<Field extends string>(
  fields: readonly Field[],
  lacking: (has: (field: Field) => boolean) => readonly string[],
  cure: string,
): (row: Row) => Columns<Field> {
  const seen = new WeakMap<object, Columns<Field>>();
  return (row) => {
    const { header } = row;
    const known = seen.get(header);
    if (known) return known;
    const names = header.names.map((name) => name.trim().toLowerCase());
    const places = new Map(fields.flatMap((field) => (names.includes(field) ? [[field, names.indexOf(field)] as const] : [])));
    const missing = lacking((field) => places.has(field));
    if (missing.length > 0) throw lacksColumns(row, missing, cure);
    const columns = { places, unknown: header.names.filter((_, at) => ![...places.values()].includes(at)) };
    seen.set(header, columns);
    return columns;
  };
}

/** `cure` says how the columns are named. */
export function lacksColumns({ header: { file, sheet, names } }: Row, missing: readonly string[], cure: string): NeedsOperatorError {
  const where = sheet === undefined ? file : `sheet "${sheet}" of ${file}`;
  return new NeedsOperatorError('SOURCE_LAYOUT', `${where} has no column ${missing.join(', ')}; it has: ${names.join(', ')}. ${cure}`);
}

/** A formula that went wrong shows its fault instead of a value. */
export function faultOfCell(text: string, kind: string | undefined): Refused | null {
  return kind === KIND.error ? new Refused(`the cell shows ${text}; correct its formula, or calculate and save the workbook`) : null;
}

/** From text to `YYYY-MM-DD`. */
export function dayReader(format: string): ReturnType<typeof dateReader> {
  return dateReader(format, 'UTC', 'tell with --date');
}

export function readDecimalText(text: string, sign: FileFormats['decimal']): string | Refused {
  const read = readDecimal(text.trim(), sign === '.' ? CANONICAL : { decimal: ',', group: '.' });
  return read
    ? canonicalDecimal(read, text)
    : new Refused(`"${text}" is no number with the decimal sign "${sign}"; correct it, or tell with --decimal`);
}
