/** What became different between two versions of an order, in words, and whether it matters to those who approved it. */
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

export interface Version {
  readonly content: OrderContent;
  readonly materialHash: string;
  readonly total: number;
}

/** A date moved within the tolerance is a detail; one that is new, gone or farther off is not. */
export function isMaterial(before: Version, after: Version, dateToleranceDays: number): boolean {
  if (before.materialHash !== after.materialHash) return true;
  const [was, is] = [before.content.requestedDeliveryOn, after.content.requestedDeliveryOn];
  if (was === is) return false;
  return was === null || is === null || daysBetween(was, is) > dateToleranceDays;
}

export function describeChanges(before: Version, after: Version): string[] {
  const [was, is] = [before.content, after.content];
  const fields = (Object.keys(FIELDS) as Array<keyof typeof FIELDS>)
    .filter((field) => (was[field] ?? null) !== (is[field] ?? null))
    .map((field) => `${FIELDS[field]}: ${say(was[field])} → ${say(is[field])}`);
  const money = (minor: number, { currency }: OrderContent) => `${decimalOfMinor(minor, currency)} ${currency}`;
  const taxOf = (content: OrderContent) => (typeof content.tax === 'number' ? money(content.tax, content) : 'unknown');
  const tax = taxOf(was) === taxOf(is) ? [] : [`tax: ${taxOf(was)} → ${taxOf(is)}`];
  const shipping =
    was.shippingCost === is.shippingCost ? [] : [`shipping: ${money(was.shippingCost, was)} → ${money(is.shippingCost, is)}`];
  const total = before.total === after.total ? [] : [`total: ${money(before.total, was)} → ${money(after.total, is)}`];
  return [...fields, ...shipping, ...tax, ...describeLines(was.lines, is.lines), ...total];
}

function describeLines(before: readonly OrderContentLine[], after: readonly OrderContentLine[]): string[] {
  const was = new Map(before.map((line) => [line.reference, line]));
  const is = new Map(after.map((line) => [line.reference, line]));
  const gone = before
    .filter(({ reference }) => !is.has(reference))
    .map(({ reference, product }) => `line ${reference}: ${product} is gone`);
  return [
    ...gone,
    ...after.flatMap((line) => {
      const old = was.get(line.reference);
      if (!old) return [`line ${line.reference}: ${line.quantity} × ${line.product} at ${line.unitPrice} is new`];
      const changed = LINE_FIELDS.filter((field) => old[field] !== line[field]);
      return changed.map((field) => `line ${line.reference}: ${field} ${say(old[field])} → ${say(line[field])}`);
    }),
  ];
}

function say(value: string | null | undefined): string {
  return value ?? 'none';
}
