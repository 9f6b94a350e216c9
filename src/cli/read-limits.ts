/** Limits in a table, a row for each: to buy or to approve, whose, and how much. */
import { resolve } from 'node:path';
import { displayPath } from '../config/problems.ts';
import { Refused } from '../connector/mapping/cell.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { byLine, describeProblem, type OrderProblem } from '../domain/orders/problem.ts';
import { fold } from '../domain/policy/facts.ts';
import { limitsSchema } from '../domain/policy/limit-schema.ts';
import type { LimitEntry } from '../domain/policy/with-limits.ts';
import { NeedsOperatorError } from '../errors.ts';
import { openTable, splitReason } from './open-table.ts';
import { type Columns, columnFinder, type FileFormats, faultOfCell, placeOf, problemsOf, readDecimalText } from './table-rows.ts';

export interface LimitsFile {
  readonly entries: readonly LimitEntry[];
  /** Columns that say nothing about limits, so that a slip in a name is seen. */
  readonly unknown: readonly string[];
}

type Formats = Omit<FileFormats, 'date'>;

/** Throws USAGE if there is no such file, SOURCE_LAYOUT for a table without the columns, RULES_INVALID with every problem. */
export async function readLimits(file: string, cwd: string, formats: Formats, signal: AbortSignal): Promise<LimitsFile> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const places = new Map<string, string>();
  const entries: LimitEntry[] = [];
  const bad: OrderProblem[] = [];
  const unknown = new Set<string>();
  for await (const batch of openTable({ path, name, sheet: formats.sheet }, signal)) {
    bad.push(...problemsOf(batch));
    for (const row of batch.rows) {
      const columns = columnsOf(row);
      for (const one of columns.unknown) unknown.add(one);
      const read = readRow(row, columns, formats);
      if ('reason' in read) {
        bad.push(read);
        continue;
      }
      const key = [read.purpose, read.kind, fold(read.name)].join('\0');
      const first = places.get(key);
      if (first) bad.push({ path: placeOf(row), reason: `says again whose limit stands at ${first}`, cure: 'leave one of them' });
      places.set(key, first ?? placeOf(row));
      entries.push(read);
    }
  }
  if (bad.length === 0) return { entries, unknown: [...unknown] };
  bad.sort((a, b) => byLine(a.path, b.path));
  throw new NeedsOperatorError('RULES_INVALID', `${name} cannot be stored\n${bad.map(describeProblem).join('\n')}`, {
    details: { problems: bad.length },
  });
}

const FIELDS = ['purpose', 'person', 'role', 'amount', 'currency', 'per', 'shipping'] as const;
type Field = (typeof FIELDS)[number];

const columnsOf = columnFinder(
  FIELDS,
  (has) => (['purpose', 'amount'] as const).filter((field) => !has(field)),
  `Name the columns ${FIELDS.join(', ')} (docs/approvals.md)`,
);

function readRow(row: Row, { places }: Columns<Field>, { decimal }: Formats): LimitEntry | OrderProblem {
  const path = placeOf(row);
  const cells = new Map<Field, string>();
  for (const [field, at] of places) {
    const text = (row.cells[at] ?? '').trim();
    const wrong = faultOfCell(text, row.kinds?.[at]);
    if (wrong) return { path: `${path}, column "${row.header.names[at]}"`, ...splitReason(wrong.reason) };
    cells.set(field, text);
  }
  const cell = (field: Field) => cells.get(field) ?? '';
  const purpose = fold(cell('purpose'));
  if (purpose !== 'buy' && purpose !== 'approve')
    return { path, reason: 'does not say what the limit is for', cure: 'write buy or approve into purpose' };
  const [person, role] = [cell('person'), cell('role')];
  if (person !== '' && role !== '') return { path, reason: 'names a person and a role', cure: 'give each a row of its own' };
  const isTyped = row.kinds?.[places.get('amount') ?? -1] === KIND.number;
  const limit = readLimit(cell, purpose, isTyped ? '.' : decimal);
  if (limit instanceof Refused) return { path, ...splitReason(limit.reason) };
  const parsed = limitsSchema.safeParse({ [purpose]: { default: limit } });
  const issue = parsed.error?.issues[0];
  if (issue) return { path, reason: `${issue.path.slice(2).join('.')} ${issue.message}`.trim(), cure: 'correct it' };
  return { purpose, kind: person !== '' ? 'people' : role !== '' ? 'roles' : 'default', name: person || role, limit };
}

function readLimit(cell: (field: Field) => string, purpose: 'buy' | 'approve', sign: FileFormats['decimal']): unknown {
  const text = cell('amount');
  if (text === '') return new Refused('has no amount; write a number, unlimited or inherit');
  const word = fold(text);
  if (word === 'unlimited' || word === 'inherit') return word;
  const amount = readDecimalText(text, sign);
  if (amount instanceof Refused) return amount;
  const shipping = fold(cell('shipping'));
  if (!['', 'included', 'excluded'].includes(shipping)) return new Refused(`shipping is "${shipping}"; write included or excluded`);
  const per = fold(cell('per')) || (purpose === 'approve' ? 'order' : undefined);
  const currency = cell('currency').toUpperCase() || undefined;
  return { amount, ...(currency && { currency }), ...(per && { per }), ...(shipping === 'excluded' && { includesShipping: false }) };
}
