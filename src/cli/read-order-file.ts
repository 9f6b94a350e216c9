/** Orders in a file: JSON, YAML, or a table with a row for each line. */
import { extname, resolve } from 'node:path';
import { displayPath } from '../config/problems.ts';
import type { Refused } from '../connector/mapping/cell.ts';
import { KIND } from '../connector/tabular/cell.ts';
import type { Row } from '../connector/tabular/row.ts';
import { findColumns, groupRows, type OrderRow, type RowsOfOrder } from '../domain/orders/order-rows.ts';
import { byLine, OrderInvalid, type OrderProblem } from '../domain/orders/problem.ts';
import { NeedsOperatorError } from '../errors.ts';
import { openTable, splitReason } from './open-table.ts';
import { parseDocument, readText } from './read-checked-file.ts';
import { dayReader, type FileFormats, faultOfCell, lacksColumns, placeOf, problemsOf, readDecimalText } from './table-rows.ts';

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
  const given: unknown =
    kind === '.json' ? parseJson(name, await readText(path, name)) : (await parseDocument(path, name, 'ORDER_INVALID')).value;
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

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NeedsOperatorError('ORDER_INVALID', `${name} is no JSON: ${(cause as Error).message}; correct it`, { cause });
  }
}

async function readRows(path: string, name: string, formats: FileFormats, signal: AbortSignal): Promise<OrderFile> {
  const rows: OrderRow[] = [];
  const bad: OrderProblem[] = [];
  const unknown = new Set<string>();
  for await (const batch of openTable({ path, name, sheet: formats.sheet }, signal)) {
    bad.push(...problemsOf(batch));
    for (const row of batch.rows) rows.push(toOrderRow(row, formats, bad, unknown));
  }
  if (bad.length > 0)
    throw new OrderInvalid(
      name,
      bad.sort((a, b) => byLine(a.path, b.path)),
    );
  return { orders: groupRows(rows), unknown: [...unknown] };
}

const seen = new WeakMap<object, ReturnType<typeof findColumns>>();

function toOrderRow(row: Row, formats: FileFormats, bad: OrderProblem[], unknown: Set<string>): OrderRow {
  const { header } = row;
  const columns = seen.get(header) ?? findColumns(header.names);
  if (!seen.has(header)) {
    seen.set(header, columns);
    for (const name of columns.unknown) unknown.add(name);
    if (columns.missing.length > 0)
      throw lacksColumns(row, columns.missing, 'Name the columns like the fields of an order (docs/orders.md)');
  }
  const place = placeOf(row);
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
  const fault = faultOfCell(text, kind);
  if (fault) return fault;
  if (text.trim() === '') return '';
  if (field === 'requestedDeliveryOn') return dayReader(date)(text.trim());
  return DECIMALS.has(field) && kind !== KIND.number ? readDecimalText(text, decimal) : text;
}
