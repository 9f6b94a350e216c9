/** Exchange rates in a csv or workbook. */
import { resolve } from 'node:path';
import { displayPath } from '../config/problems.ts';
import { Refused } from '../connector/mapping/cell.ts';
import { canonicalDecimal, readTypedDecimal } from '../connector/mapping/decimal.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { byLine, describeProblem, type OrderProblem } from '../domain/orders/problem.ts';
import type { Rate } from '../domain/rates/rate.ts';
import { findRateColumns, type RateField, type RateRow, readRateRows } from '../domain/rates/rate-rows.ts';
import { NeedsOperatorError } from '../errors.ts';
import { openTable } from './open-table.ts';
import { dayReader, type FileFormats, lacksColumns, placeOf, problemsOf, readDecimalText } from './table-rows.ts';

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
  const readDate = dayReader(formats.date);
  for await (const batch of openTable({ name, path, sheet: formats.sheet }, signal)) {
    bad.push(...problemsOf(batch));
    for (const row of batch.rows) rows.push(toRateRow(row, formats, readDate));
  }
  const { rates, problems } = readRateRows(rows, formats.source ?? null);
  const all = [...bad, ...problems].sort((a, b) => byLine(a.path, b.path));
  if (all.length === 0) return rates;
  throw new NeedsOperatorError('RATES_INVALID', `${name} cannot be imported\n${all.map(describeProblem).join('\n')}`, {
    details: { problems: all.length },
  });
}

function toRateRow(row: Row, { decimal }: RateFormats, readDate: (text: string) => string | Refused): RateRow {
  const { places, missing } = findRateColumns(row.header.names);
  if (missing.length > 0) throw lacksColumns(row, missing, 'Name the columns date, from, to, rate, per and source (docs/budgets.md)');
  const text = (field: RateField) => (row.cells[places.get(field) ?? -1] ?? '').trim();
  const readNumber = (field: RateField) => {
    const isTyped = row.kinds?.[places.get(field) ?? -1] === KIND.number;
    return isTyped ? readTyped(text(field)) : readDecimalText(text(field), decimal);
  };
  const read = (field: RateField, how: (given: string) => string | Refused) =>
    text(field) === '' ? new Refused('is blank; fill it') : how(text(field));
  return {
    place: placeOf(row),
    date: read('date', readDate),
    from: text('from'),
    to: text('to'),
    rate: read('rate', () => readNumber('rate')),
    per: text('per') === '' ? '1' : readNumber('per'),
    source: text('source'),
  };
}

/** A number as a workbook holds it. */
function readTyped(text: string): string | Refused {
  const read = readTypedDecimal(text);
  return read ? canonicalDecimal(read, text) : new Refused(`"${text}" is no number; correct it`);
}
