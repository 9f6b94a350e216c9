/** Orders in a file: JSON, YAML, or a table with a row for each line. */
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { displayPath } from '../config/problems.ts';
import { parseYaml } from '../config/yaml-document.ts';
import { Refused } from '../connector/mapping/cell.ts';
import { dateReader } from '../connector/mapping/civil-date.ts';
import { CANONICAL, canonicalDecimal, type DecimalFormat, readDecimal } from '../connector/mapping/decimal.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { findColumns, groupRows, type OrderRow, type RowsOfOrder } from '../domain/orders/order-rows.ts';
import { OrderInvalid, type OrderProblem } from '../domain/orders/problem.ts';
import { KontorError, NeedsOperatorError } from '../errors.ts';
import { formatOrigin } from './format.ts';
import { openTable, splitReason, unreadable } from './open-table.ts';

export interface FileFormats {
  /** How texts hold numbers; typed cells of workbooks need no telling. */
  readonly decimal: '.' | ',';
  /** How texts hold dates, in luxon tokens. */
  readonly date: string;
  /** Of a workbook; the first if not named. */
  readonly sheet?: string | undefined;
}

export interface OrderFile {
  readonly orders: ReadonlyArray<Pick<RowsOfOrder, 'input' | 'problems' | 'placeOf'>>;
  /** Columns that are no fields, so that a slip in a name is seen. */
  readonly unknown: readonly string[];
}

/** Throws USAGE if there is no such file, ORDER_INVALID for rows that cannot be read: an order without one of its lines is another order. */
export async function readOrderFile(file: string, cwd: string, formats: FileFormats, signal: AbortSignal): Promise<OrderFile> {
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const kind = extname(path).toLowerCase();
  if (kind !== '.json' && kind !== '.yaml' && kind !== '.yml') return readRows(path, name, formats, signal);
  const text = await readText(path, name);
  const given = kind === '.json' ? parseJson(name, text) : parseYamlFile(name, text);
  const inputs = Array.isArray(given) ? given : isList(given) ? given.orders : [given];
  return {
    unknown: [],
    orders: inputs.map((input, index) => ({
      input,
      problems: [],
      placeOf: (at) => (inputs.length > 1 ? `${name}, order ${index + 1}${at && `, ${at}`}` : `${name}${at && `, ${at}`}`),
    })),
  };
}

function isList(given: unknown): given is { orders: Array<Record<string, unknown>> } {
  return typeof given === 'object' && given !== null && 'orders' in given && Array.isArray(given.orders);
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NeedsOperatorError('ORDER_INVALID', `${name} is no JSON: ${(cause as Error).message}; correct it`, { cause });
  }
}

function parseYamlFile(name: string, text: string): unknown {
  try {
    return parseYaml(name, text).value;
  } catch (cause) {
    if (!(cause instanceof KontorError)) throw cause;
    throw new NeedsOperatorError('ORDER_INVALID', cause.message, { cause });
  }
}

async function readRows(path: string, name: string, formats: FileFormats, signal: AbortSignal): Promise<OrderFile> {
  const rows: OrderRow[] = [];
  const bad: OrderProblem[] = [];
  const unknown = new Set<string>();
  for await (const batch of openTable({ path, name, sheet: formats.sheet }, signal)) {
    for (const { origin, problems } of batch.unreadable)
      bad.push(...problems.map(({ reason }) => ({ path: formatOrigin(origin), ...splitReason(reason) })));
    bad.push(...batch.faults.map(({ origin, message }) => ({ path: formatOrigin(origin), ...splitReason(message) })));
    for (const row of batch.rows) rows.push(toOrderRow(row, formats, bad, unknown));
  }
  if (bad.length > 0) throw new OrderInvalid(name, bad);
  return { orders: groupRows(rows), unknown: [...unknown] };
}

const seen = new WeakMap<object, ReturnType<typeof findColumns>>();

function toOrderRow(row: Row, formats: FileFormats, bad: OrderProblem[], unknown: Set<string>): OrderRow {
  const { header } = row;
  const columns = seen.get(header) ?? findColumns(header.names);
  if (!seen.has(header)) {
    seen.set(header, columns);
    for (const name of columns.unknown) unknown.add(name);
    if (columns.missing.length > 0) throw lacksColumns(row, columns.missing);
  }
  const place = formatOrigin({ file: header.file, row: row.row, ...(header.sheet !== undefined && { sheet: header.sheet }) });
  const cells = [...row.cells];
  for (const [field, at] of columns.places) {
    const column = `${place}, column "${header.names[at]}"`;
    const cell = readCell(field, cells[at] ?? '', row.kinds?.[at], formats);
    if (typeof cell === 'string') cells[at] = cell;
    else bad.push({ path: column, ...splitReason(cell.reason) });
  }
  if ((cells[columns.places.get('reference') ?? -1] ?? '').trim() === '')
    bad.push({ path: place, reason: 'the row names no order', cure: 'fill its reference, the same for all lines of an order' });
  return { columns, names: header.names, cells, place };
}

const DECIMALS: ReadonlySet<string> = new Set(['quantity', 'unitPrice', 'shippingCost', 'tax']);

function readCell(field: string, text: string, kind: string | undefined, { decimal, date }: FileFormats): string | Refused {
  if (kind === KIND.error) return new Refused(`the cell shows ${text}; correct its formula, or calculate and save the workbook`);
  if (text.trim() === '') return '';
  if (field === 'requestedDeliveryOn') return dateReader(date, 'UTC')(text.trim());
  if (!DECIMALS.has(field) || kind === KIND.number) return text;
  const format: DecimalFormat = decimal === '.' ? CANONICAL : { decimal: ',', group: '.' };
  const read = readDecimal(text.trim(), format);
  return read
    ? canonicalDecimal(read, text)
    : new Refused(`"${text}" is no number with the decimal sign "${decimal}"; correct it, or tell with --decimal`);
}

function lacksColumns({ header }: Row, missing: readonly string[]): NeedsOperatorError {
  const where = header.sheet === undefined ? header.file : `sheet "${header.sheet}" of ${header.file}`;
  return new NeedsOperatorError(
    'SOURCE_LAYOUT',
    `${where} has no column ${missing.join(', ')}; it has: ${header.names.join(', ')}. Name the columns like the fields of an order (docs/orders.md)`,
  );
}
