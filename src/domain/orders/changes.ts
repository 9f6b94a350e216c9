/** What became different between two versions of an order, and whether it matters to those who approved it. */
import { daysBetween } from './civil-day.ts';
import { decimalOfMinor } from './money.ts';
import type { OrderContent, OrderContentLine } from './order.ts';

const FIELDS = {
  shipTo: 'ship-to',
  billTo: 'bill-to',
  currency: 'currency',
  requestedDeliveryOn: 'requested delivery',
  purchaseOrderNumber: 'purchase order number',
  costCentre: 'cost centre',
  project: 'project',
  paymentTerms: 'payment terms',
  paymentMethod: 'payment method',
  note: 'note',
} as const;
const LINE_FIELDS = ['product', 'quantity', 'unit', 'unitPrice', 'text', 'category', 'supplier'] as const;

export type ChangedField = keyof typeof FIELDS;
export type ChangedLineField = (typeof LINE_FIELDS)[number];

/** Money is minor units of the currency beside it. */
export type Change =
  | { readonly kind: 'field'; readonly field: ChangedField; readonly was: string | null; readonly is: string | null }
  /** `null`: not known, which only taxes are. */
  | { readonly kind: 'money'; readonly field: 'shipping' | 'tax' | 'total'; readonly was: Money | null; readonly is: Money | null }
  | { readonly kind: 'lineGone' | 'lineNew'; readonly line: OrderContentLine }
  | {
      readonly kind: 'line';
      readonly line: OrderContentLine;
      readonly field: ChangedLineField;
      readonly was: string | null;
      readonly is: string | null;
    };

export interface Money {
  readonly minor: number;
  readonly currency: string;
}

export interface Version {
  readonly content: OrderContent;
  readonly materialHash: string;
  readonly total: number;
}

/**
 * A date moved within the tolerance is a detail; one that is new, gone or farther off is not. `asked` is the version that was asked
 * about: measured from the one before, many small steps would go any way.
 */
export function isMaterial(asked: Version, after: Version, dateToleranceDays: number): boolean {
  if (asked.materialHash !== after.materialHash) return true;
  const [was, is] = [asked.content.requestedDeliveryOn, after.content.requestedDeliveryOn];
  if (was === is) return false;
  return was === null || is === null || daysBetween(was, is) > dateToleranceDays;
}

/** In the order in which people read an order. */
export function listChanges(before: Omit<Version, 'materialHash'>, after: Omit<Version, 'materialHash'>): Change[] {
  const [was, is] = [before.content, after.content];
  const fields = (Object.keys(FIELDS) as ChangedField[])
    .filter((field) => (was[field] ?? null) !== (is[field] ?? null))
    .map((field): Change => ({ kind: 'field', field, was: was[field] ?? null, is: is[field] ?? null }));
  const money = (field: 'shipping' | 'tax' | 'total', old: number | null, now: number | null): Change[] => {
    const of = (minor: number | null, { currency }: OrderContent) => (minor === null ? null : { minor, currency });
    return old === now ? [] : [{ kind: 'money', field, was: of(old, was), is: of(now, is) }];
  };
  return [
    ...fields,
    ...money('shipping', was.shippingCost, is.shippingCost),
    ...money('tax', was.tax ?? null, is.tax ?? null),
    ...listLineChanges(was.lines, is.lines),
    ...money('total', before.total, after.total),
  ];
}

function listLineChanges(before: readonly OrderContentLine[], after: readonly OrderContentLine[]): Change[] {
  const was = new Map(before.map((line) => [line.reference, line]));
  const is = new Map(after.map((line) => [line.reference, line]));
  const gone = before.filter(({ reference }) => !is.has(reference)).map((line): Change => ({ kind: 'lineGone', line }));
  return [
    ...gone,
    ...after.flatMap((line): Change[] => {
      const old = was.get(line.reference);
      if (!old) return [{ kind: 'lineNew', line }];
      const changed = LINE_FIELDS.filter((field) => old[field] !== line[field]);
      return changed.map((field) => ({ kind: 'line', line, field, was: old[field], is: line[field] }));
    }),
  ];
}

/** In words, for operators and logs. */
export function describeChanges(before: Version, after: Version): string[] {
  return listChanges(before, after).map(describe);
}

function describe(change: Change): string {
  const money = ({ minor, currency }: Money) => `${decimalOfMinor(minor, currency)} ${currency}`;
  switch (change.kind) {
    case 'field':
      return `${FIELDS[change.field]}: ${say(change.was)} → ${say(change.is)}`;
    case 'money':
      return `${change.field}: ${change.was ? money(change.was) : 'unknown'} → ${change.is ? money(change.is) : 'unknown'}`;
    case 'lineGone':
      return `line ${change.line.reference}: ${change.line.product} is gone`;
    case 'lineNew':
      return `line ${change.line.reference}: ${change.line.quantity} × ${change.line.product} at ${change.line.unitPrice} is new`;
    case 'line':
      return `line ${change.line.reference}: ${change.field} ${say(change.was)} → ${say(change.is)}`;
  }
}

function say(value: string | null): string {
  return value ?? 'none';
}
