/** What a system has no field for goes into its note, a line each, for people. */
import type { OrderToPlace } from './orders.ts';

/** Name of a field -> the words before its value. */
const LABELS = {
  purchaseOrderNumber: 'Purchase order number',
  costCentre: 'Cost centre',
  contact: 'Contact',
  requestedDeliveryOn: 'Requested delivery',
  paymentTerms: 'Payment terms',
  paymentMethod: 'Payment method',
} as const;

export type NotedField = keyof typeof LABELS | 'note' | 'approvals' | 'shippingCost' | 'sites';

/** Lines in the order of `fields`; [] when the order has none of them. */
export function noteLines(order: OrderToPlace, fields: readonly NotedField[]): string[] {
  return fields.flatMap((field) => linesOf(order, field)).filter((line) => line.trim() !== '');
}

/** `undefined` when the order has none of them. */
export function noteOf(order: OrderToPlace, fields: readonly NotedField[]): string | undefined {
  return noteLines(order, fields).join('\n') || undefined;
}

function linesOf(order: OrderToPlace, field: NotedField): readonly string[] {
  switch (field) {
    case 'note':
      return order.note?.split(/\r?\n/) ?? [];
    case 'approvals':
      return order.approvals ?? [];
    case 'shippingCost':
      return isNothing(order.shippingCost) ? [] : [`Shipping cost: ${order.shippingCost} ${order.currency}`];
    case 'sites':
      return order.lines.flatMap(({ product, quantity, site }) =>
        site === undefined ? [] : [`Proposed: ${quantity} of ${product} from ${site}`],
      );
    default:
      return order[field] === undefined ? [] : [`${LABELS[field]}: ${order[field]}`];
  }
}

function isNothing(amount: string | undefined): boolean {
  return amount === undefined || /^[0.]*$/.test(amount);
}
