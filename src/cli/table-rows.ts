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
