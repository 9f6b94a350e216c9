/** What an order there has otherwise than the one that was approved. */
import { plainDecimal } from './decimals.ts';
import type { OrderToPlace, PlacedLine, PlacedOrder } from './orders.ts';

/**
 * A few words for each; [] when both are the same order. Lines may stand in any order, each counts once; decimals are compared exactly. What
 * the system does not tell (currency, customer, price, shipping cost) is no difference.
 */
export function differencesBetween(order: OrderToPlace, placed: PlacedOrder): string[] {
  const { soldTo, currency, shippingCost } = placed;
  return [
    ...(soldTo === null || soldTo === order.soldTo ? [] : [`sold to ${soldTo} there, to ${order.soldTo} here`]),
    ...(currency === null || currency === order.currency ? [] : [`${currency} there, ${order.currency} here`]),
    ...lineDifferences(order, placed.lines),
    ...(shippingCost === undefined || shippingCost === null ? [] : costDifference(shippingCost, order.shippingCost ?? '0')),
  ];
}

/** Of equal products and quantities those with equal prices are paired first, so that a price that is not told goes with what is left. */
function lineDifferences(order: OrderToPlace, placed: readonly PlacedLine[]): string[] {
  const there = placed.map(plain).sort((a, b) => Number(a.unitPrice === null) - Number(b.unitPrice === null));
  const missing = order.lines.map(plain).filter((line) => !took(there, line, (other) => other.unitPrice === line.unitPrice));
  const unmatched = missing.filter((line) => !took(there, line, (other) => other.unitPrice === null));
  const products = [...new Set([...unmatched, ...there].map(({ product }) => product))];
  return products.map((product) => {
    const say = (lines: readonly PlacedLine[]) => lines.filter((line) => line.product === product).map(textOf).join(', ') || 'none'; // biome-ignore format: one chain
    return `${product ?? 'without product'}: ${say(there)} there, ${say(unmatched)} here`;
  });
}

/** Takes the first that fits out of the lines that are left. */
function took(left: PlacedLine[], { product, quantity }: PlacedLine, fits: (other: PlacedLine) => boolean): boolean {
  const at = left.findIndex((other) => other.product === product && other.quantity === quantity && fits(other));
  if (at !== -1) left.splice(at, 1);
  return at !== -1;
}

function plain({ product, quantity, unitPrice }: PlacedLine): PlacedLine {
  return { product, quantity: plainDecimal(quantity), unitPrice: unitPrice === null ? null : plainDecimal(unitPrice) };
}

function textOf({ quantity, unitPrice }: PlacedLine): string {
  return unitPrice === null ? quantity : `${quantity} x ${unitPrice}`;
}

function costDifference(there: string, here: string): string[] {
  const [a, b] = [plainDecimal(there), plainDecimal(here)];
  return a === b ? [] : [`shipping cost ${a} there, ${b} here`];
}
