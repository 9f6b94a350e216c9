/** Orders from the rows of a table, one row a line, told apart by their reference. Every value remembers where it stood. */
import type { OrderProblem } from './problem.ts';

/** Column names as people may write them: case, blanks, hyphens and underscores do not matter. */
const ORDER_FIELDS = [
  'reference',
  'account',
  'orderedBy',
  'onBehalfOf',
  'currency',
  'purchaseOrderNumber',
  'costCentre',
  'project',
  'shipTo',
  'billTo',
  'requestedDeliveryOn',
  'paymentTerms',
  'paymentMethod',
  'note',
  'shippingCost',
  'tax',
] as const;
const LINE_FIELDS = ['product', 'quantity', 'unit', 'unitPrice', 'text', 'category', 'supplier'] as const;
const NEEDED = ['reference', 'account', 'orderedBy', 'product', 'quantity'] as const;

type Field = (typeof ORDER_FIELDS)[number] | (typeof LINE_FIELDS)[number] | 'line';

const BY_NAME = new Map<string, Field>([...ORDER_FIELDS, ...LINE_FIELDS, 'line' as const].map((field) => [fold(field), field]));
BY_NAME.set('linereference', 'line');

export interface Columns {
  /** Field -> place of its column. */
  readonly places: ReadonlyMap<Field, number>;
  readonly missing: readonly string[];
  /** Columns that are no fields. */
  readonly unknown: readonly string[];
}

export function findColumns(names: readonly string[]): Columns {
  const places = new Map<Field, number>();
  const unknown: string[] = [];
  for (const [index, name] of names.entries()) {
    const field = BY_NAME.get(fold(name));
    if (field === undefined || places.has(field)) unknown.push(name);
    else places.set(field, index);
  }
  return { places, unknown, missing: NEEDED.filter((field) => !places.has(field)) };
}

export interface OrderRow {
  readonly columns: Columns;
  /** Names of the columns, as they stand. */
  readonly names: readonly string[];
  /** Texts; blank for nothing. */
  readonly cells: readonly string[];
  /** `orders.xlsx, sheet "May", row 7`. */
  readonly place: string;
}

export interface RowsOfOrder {
  /** As a storefront would submit it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Where the file contradicts itself. */
  readonly problems: readonly OrderProblem[];
  /** The cell that a path of a problem is about. */
  placeOf(path: string): string;
}

/** In the order in which references first appear. */
export function groupRows(rows: readonly OrderRow[]): RowsOfOrder[] {
  const groups = new Map<string, OrderRow[]>();
  for (const row of rows) {
    const reference = cell(row, 'reference');
    groups.set(reference, [...(groups.get(reference) ?? []), row]);
  }
  return [...groups.values()].map(toOrder);
}

function toOrder(rows: readonly OrderRow[]): RowsOfOrder {
  const input: Record<string, unknown> = {};
  const places = new Map<string, string>();
  const problems: OrderProblem[] = [];
  for (const row of rows) {
    for (const field of ORDER_FIELDS) {
      const said = cell(row, field);
      if (said === '') continue;
      if (input[field] === undefined) {
        input[field] = said;
        places.set(field, placeOf(row, field));
      } else if (input[field] !== said) {
        const reason = `"${said}" is said in ${placeOf(row, field)}, and "${String(input[field])}" in ${places.get(field)}`;
        problems.push({ path: field, reason, cure: 'say the same in all rows of an order, or only in the first' });
      }
    }
  }
  input.lines = rows.map((row) => ({
    reference: cell(row, 'line'),
    ...Object.fromEntries(LINE_FIELDS.map((field) => [field, cell(row, field)])),
  }));
  const [first] = rows;
  return {
    input,
    problems,
    placeOf(path) {
      const [, index, field] = /^lines\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
      if (index === undefined) return places.get(path) ?? first?.place ?? '';
      const row = rows[Number(index)] ?? first;
      return row ? placeOf(row, (field === 'reference' ? 'line' : field) as Field) : '';
    },
  };
}

function cell({ columns, cells }: OrderRow, field: Field): string {
  const at = columns.places.get(field);
  return at === undefined ? '' : (cells[at] ?? '').trim();
}

function placeOf({ columns, names, place }: OrderRow, field: Field): string {
  const at = columns.places.get(field);
  return at === undefined ? place : `${place}, column "${names[at]}"`;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}
