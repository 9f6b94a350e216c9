/** A fiscal calendar in a file: a rule in YAML or JSON, or the list of an ERP, a table with a row for each period. */
import { extname, resolve } from 'node:path';
import { displayPath } from '../config/problems.ts';
import { Refused } from '../connector/mapping/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { type PeriodRule, periodRuleSchema } from '../domain/budgets/period-rule.ts';
import { byLine, describeProblem, type OrderProblem } from '../domain/orders/problem.ts';
import { NeedsOperatorError } from '../errors.ts';
import { openTable, splitReason } from './open-table.ts';
import { readCheckedFile } from './read-checked-file.ts';
import { type Columns, columnFinder, dayReader, type FileFormats, faultOfCell, placeOf, problemsOf } from './table-rows.ts';

export interface CalendarFile {
  readonly rule: PeriodRule;
  /** Columns that say nothing about periods, so that a slip in a name is seen. */
  readonly unknown: readonly string[];
}

type Formats = Omit<FileFormats, 'decimal'>;

/** Throws USAGE if there is no such file, SOURCE_LAYOUT for a table without the columns, BUDGET_INVALID with every problem. */
export async function readFiscalCalendar(file: string, cwd: string, formats: Formats, signal: AbortSignal): Promise<CalendarFile> {
  if (!['.json', '.yaml', '.yml'].includes(extname(file).toLowerCase())) return readList(file, cwd, formats, signal);
  return { rule: (await readCheckedFile(file, cwd, { schema: periodRuleSchema, code: 'BUDGET_INVALID' })).document, unknown: [] };
}

async function readList(file: string, cwd: string, formats: Formats, signal: AbortSignal): Promise<CalendarFile> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const dates: Period[] = [];
  const bad: OrderProblem[] = [];
  const unknown = new Set<string>();
  for await (const batch of openTable({ path, name, sheet: formats.sheet }, signal)) {
    bad.push(...problemsOf(batch));
    for (const row of batch.rows) {
      const columns = columnsOf(row);
      for (const one of columns.unknown) unknown.add(one);
      const read = readRow(row, columns, formats);
      bad.push(...read.bad);
      dates.push(read.period);
    }
  }
  // Of a list with holes nobody can say where it overlaps.
  const parsed = bad.length > 0 ? null : periodRuleSchema.safeParse({ dates });
  if (parsed?.success) return { rule: parsed.data, unknown: [...unknown] };
  for (const { message } of parsed?.error?.issues ?? []) bad.push({ path: name, ...splitReason(message) });
  bad.sort((a, b) => byLine(a.path, b.path));
  throw new NeedsOperatorError('BUDGET_INVALID', `${name} cannot be stored\n${bad.map(describeProblem).join('\n')}`, {
    details: { problems: bad.length },
  });
}

const FIELDS = ['key', 'from', 'to', 'until'] as const;
type Field = (typeof FIELDS)[number];
type Period = Partial<Record<Field, string>>;

const columnsOf = columnFinder(
  FIELDS,
  (has) => [...(has('from') ? [] : ['from']), ...(has('to') || has('until') ? [] : ['to (last day) or until (first day after)'])],
  'Name the columns from, to or until, and, if you like, key (docs/budgets.md)',
);

function readRow(row: Row, { places }: Columns<Field>, { date }: Formats): { period: Period; bad: OrderProblem[] } {
  const place = placeOf(row);
  const readDay = dayReader(date);
  const bad: OrderProblem[] = [];
  const period: Period = {};
  for (const [field, at] of places) {
    const text = (row.cells[at] ?? '').trim();
    if (text === '') continue;
    const cell = faultOfCell(text, row.kinds?.[at]) ?? (field === 'key' ? text : readDay(text));
    if (cell instanceof Refused) bad.push({ path: `${place}, column "${row.header.names[at]}"`, ...splitReason(cell.reason) });
    else period[field] = cell;
  }
  if (bad.length > 0) return { period, bad };
  if (period.from === undefined) return { period, bad: [{ path: place, reason: 'does not say when it begins', cure: 'fill from' }] };
  const parsed = periodRuleSchema.safeParse({ dates: [period] });
  return { period, bad: (parsed.error?.issues ?? []).map(({ message }) => ({ path: place, ...splitReason(message) })) };
}
