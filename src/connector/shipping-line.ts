/** Shipping cost in systems that know it as one more line of an order, of an item that is used for nothing else. */
import { plainDecimal, sumOf } from './decimals.ts';
import type { OrderToPlace, PlacedLine } from './orders.ts';

const REFERENCE = 'shipping';

/** The order with its shipping cost as its last line; as it is where there is none, or no item for it. */
export function withShippingLine(order: OrderToPlace, item: string | undefined): OrderToPlace {
  const { shippingCost = '0', lines } = order;
  if (item === undefined || plainDecimal(shippingCost) === '0') return order;
  return { ...order, lines: [...lines, { reference: REFERENCE, product: item, quantity: '1', unitPrice: shippingCost }] };
}

/** The lines without it, and what it costs. */
export function withoutShippingLine<Line extends PlacedLine>(
  lines: readonly Line[],
  item: string | undefined,
): { readonly lines: readonly Line[]; readonly shippingCost?: string } {
  if (item === undefined) return { lines };
  const isShipping = ({ product, quantity, unitPrice }: PlacedLine) =>
    product === item && plainDecimal(quantity) === '1' && unitPrice !== null;
  return {
    lines: lines.filter((line) => !isShipping(line)),
    shippingCost: sumOf(lines.filter(isShipping).map(({ unitPrice }) => unitPrice ?? '0')),
  };
}
