/** Exchange rates in a csv or workbook. */
import { resolve } from 'node:path';
import { displayPath } from '../config/problems.ts';
import { Refused } from '../connector/mapping/cell.ts';
import { dateReader } from '../connector/mapping/civil-date.ts';
import { canonicalDecimal, readDecimal, readTypedDecimal } from '../connector/mapping/decimal.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { describeProblem, type OrderProblem } from '../domain/orders/problem.ts';
import type { Rate } from '../domain/rates/rate.ts';
import { findRateColumns, type RateField, type RateRow, readRateRows } from '../domain/rates/rate-rows.ts';
import { NeedsOperatorError } from '../errors.ts';
import { formatOrigin } from './format.ts';
import { openTable, splitReason } from './open-table.ts';
import type { FileFormats } from './read-order-file.ts';

export interface RateFormats extends FileFormats {
  /** Of rows that name none. */
  readonly source?: string | undefined;
}

/** Throws USAGE without such a file, SOURCE_LAYOUT without the columns, RATES_INVALID with every problem; then nothing is imported. */
export async function readRates(file: string, cwd: string, formats: RateFormats, signal: AbortSignal): Promise<readonly Rate[]> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const rows: RateRow[] = [];
  const bad: OrderProblem[] = [];
  const readDate = dateReader(formats.date, 'UTC');
  for await (const batch of openTable({ name, path, sheet: formats.sheet }, signal)) {
    for (const { origin, problems } of batch.unreadable)
      bad.push(...problems.map(({ reason }) => ({ path: formatOrigin(origin), ...splitReason(reason) })));
    bad.push(...batch.faults.map(({ origin, message }) => ({ path: formatOrigin(origin), ...splitReason(message) })));
    for (const row of batch.rows) rows.push(toRateRow(row, formats, readDate));
  }
  const { rates, problems } = readRateRows(rows, formats.source ?? null);
  const all = [...bad, ...problems];
  if (all.length === 0) return rates;
  throw new NeedsOperatorError('RATES_INVALID', `${name} cannot be imported\n${all.map(describeProblem).join('\n')}`, {
    details: { problems: all.length },
  });
}

function toRateRow(row: Row, { decimal }: RateFormats, readDate: (text: string) => string | Refused): RateRow {
  const { places, missing } = findRateColumns(row.header.names);
  if (missing.length > 0) {
    const { file, sheet } = row.header;
    const told = `${sheet === undefined ? file : `sheet "${sheet}" of ${file}`} has no column ${missing.join(', ')}; it has: ${row.header.names.join(', ')}`;
    throw new NeedsOperatorError('SOURCE_LAYOUT', `${told}. Name the columns date, from, to, rate and source (docs/budgets.md)`);
  }
  const text = (field: RateField) => (row.cells[places.get(field) ?? -1] ?? '').trim();
  const isTyped = row.kinds?.[places.get('rate') ?? -1] === KIND.number;
  const read = (field: RateField, how: (given: string) => string | Refused) =>
    text(field) === '' ? new Refused('is blank; fill it') : how(text(field));
  return {
    place: formatOrigin({ file: row.header.file, row: row.row, ...(row.header.sheet !== undefined && { sheet: row.header.sheet }) }),
    date: read('date', readDate),
    from: text('from'),
    to: text('to'),
    rate: read('rate', (given) => readNumber(given, isTyped ? null : decimal)),
    source: text('source'),
  };
}

/** `null`: a number as a workbook holds it. */
function readNumber(text: string, sign: '.' | ',' | null): string | Refused {
  const read = sign === null ? readTypedDecimal(text) : readDecimal(text, { decimal: sign, group: sign === ',' ? '.' : '' });
  if (read) return canonicalDecimal(read, text);
  return new Refused(`"${text}" is no number with the decimal sign "${sign ?? '.'}"; correct it, or tell with --decimal`);
}
