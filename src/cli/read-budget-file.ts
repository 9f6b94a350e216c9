/** Budgets in a file: YAML, JSON, or a table with a row for each. Every problem is told with its place. */
import { extname, resolve } from 'node:path';
import type { GivenBudget } from '../budgets/name-owners.ts';
import { explainIssues } from '../config/explain-issues.ts';
import { displayPath } from '../config/problems.ts';
import type { Path } from '../config/yaml-document.ts';
import { Refused } from '../connector/mapping/cell.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { budgetSchema } from '../domain/budgets/definition.ts';
import { type BudgetColumns, budgetOfRow, columnOf, columnType, findBudgetColumns } from '../domain/budgets/definition-rows.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import { NeedsOperatorError } from '../errors.ts';
import { openTable, splitReason } from './open-table.ts';
import { parseDocument } from './read-checked-file.ts';
import { dayReader, type FileFormats, faultOfCell, lacksColumns, placeOf, problemsOf, readDecimalText } from './table-rows.ts';

export interface BudgetFile {
  readonly name: string;
  readonly given: readonly GivenBudget[];
  readonly bad: readonly OrderProblem[];
  /** Codes of those that have such problems, where they tell one. */
  readonly unread: readonly string[];
  /** Columns that are no fields, so that a slip in a name is seen. */
  readonly unknown: readonly string[];
}

/** Throws USAGE if there is no such file, SOURCE_LAYOUT for a table without the columns, BUDGET_INVALID for text that is no YAML or JSON. */
export async function readBudgetFile(file: string, cwd: string, formats: FileFormats, signal: AbortSignal): Promise<BudgetFile> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const isText = ['.json', '.yaml', '.yml'].includes(extname(path).toLowerCase());
  return isText ? readDocument(path, name) : readRows(path, name, formats, signal);
}

async function readDocument(path: string, name: string): Promise<BudgetFile> {
  const { value, place } = await parseDocument(path, name, 'BUDGET_INVALID');
  const base: Path = isList(value) ? ['budgets'] : [];
  const items: readonly unknown[] = isList(value) ? value.budgets : Array.isArray(value) ? value : [value];
  if (!items.some(saysAnything) || (isBlock(value) && !isList(value)))
    throw new NeedsOperatorError('BUDGET_INVALID', `${name} holds no budgets; write each below \`budgets:\` (docs/budgets.md)`);
  const isSingle = !isList(value) && !Array.isArray(value);
  const given: GivenBudget[] = [];
  const bad: OrderProblem[] = [];
  const unread: string[] = [];
  for (const [n, item] of items.entries()) {
    const at = isSingle ? base : [...base, n];
    const parsed = budgetSchema.safeParse(item);
    if (parsed.success) {
      given.push({ place: `${name}:${place(at).line}`, definition: parsed.data });
      continue;
    }
    unread.push(...codeOf(item));
    for (const { path: where, key, message } of explainIssues(parsed.error.issues, budgetSchema, item, []))
      bad.push({ path: `${name}:${place([...at, ...where], key).line}`, ...splitReason(message) });
  }
  return { name, given, bad, unread, unknown: [] };
}

function codeOf(item: unknown): string[] {
  return typeof item === 'object' && item !== null && 'code' in item && typeof item.code === 'string' ? [item.code.trim()] : [];
}

function saysAnything(item: unknown): boolean {
  return typeof item === 'object' && item !== null && Object.keys(item).length > 0;
}

/** Says `budgets`, whatever it is. */
function isBlock(value: unknown): value is { budgets: unknown } {
  return typeof value === 'object' && value !== null && 'budgets' in value;
}

function isList(value: unknown): value is { budgets: unknown[] } {
  return isBlock(value) && Array.isArray(value.budgets);
}

async function readRows(path: string, name: string, formats: FileFormats, signal: AbortSignal): Promise<BudgetFile> {
  const given: GivenBudget[] = [];
  const bad: OrderProblem[] = [];
  const unread: string[] = [];
  const unknown = new Set<string>();
  for await (const batch of openTable({ path, name, sheet: formats.sheet }, signal)) {
    bad.push(...problemsOf(batch));
    for (const row of batch.rows) {
      const columns = columnsOf(row);
      for (const one of columns.unknown) unknown.add(one);
      const read = readRow(row, columns, formats);
      bad.push(...read.bad);
      if (read.given) given.push(read.given);
      else unread.push(...codeOf({ code: row.cells[columns.places.get('code') ?? -1] }));
    }
  }
  return { name, given, bad, unread, unknown: [...unknown] };
}

function readRow(row: Row, { places }: BudgetColumns, formats: FileFormats): { given: GivenBudget | null; bad: OrderProblem[] } {
  const place = placeOf(row);
  const cells = new Map<string, string>();
  const bad: OrderProblem[] = [];
  for (const [field, at] of places) {
    const text = (row.cells[at] ?? '').trim();
    if (text === '') continue;
    const cell = readCell(field, text, row.kinds?.[at], formats);
    if (typeof cell === 'string') cells.set(field, cell);
    else bad.push({ path: `${place}, column "${row.header.names[at]}"`, ...splitReason(cell.reason) });
  }
  if (bad.length > 0) return { given: null, bad };
  const written = budgetOfRow(cells);
  const parsed = budgetSchema.safeParse(written);
  if (parsed.success) return { given: { place, definition: parsed.data }, bad };
  const told = explainIssues(parsed.error.issues, budgetSchema, written, []).map(({ path, message }) => {
    const field = columnOf(path);
    if (field === undefined || !places.has(field)) return { path: place, ...splitReason(message) };
    const column = row.header.names[places.get(field) ?? -1];
    return { path: `${place}, column "${column}"`, ...splitReason(message.replace(path.join('.'), field)) };
  });
  return { given: null, bad: told };
}

function readCell(field: string, text: string, kind: string | undefined, { decimal, date }: FileFormats): string | Refused {
  const fault = faultOfCell(text, kind);
  if (fault) return fault;
  const type = columnType(field);
  if (type === 'date') return dayReader(date)(text);
  if (type === 'number') return /^\d{1,4}$/.test(text) ? text : new Refused(`"${text}" is no whole number; correct it`);
  if (type !== 'decimal' || kind === KIND.number || /^[a-z]+$/i.test(text)) return type === 'decimal' ? text.toLowerCase() : text;
  return readDecimalText(text, decimal);
}

const seen = new WeakMap<object, BudgetColumns>();

function columnsOf(row: Row): BudgetColumns {
  const { header } = row;
  const columns = seen.get(header) ?? findBudgetColumns(header.names);
  seen.set(header, columns);
  if (columns.missing.length === 0) return columns;
  throw lacksColumns(row, columns.missing, 'Name the columns like the fields of a budget (docs/budgets.md)');
}
