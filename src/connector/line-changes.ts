/** What must be done to the lines of an order there, line by line, so that it holds what it should. */
import { plainDecimal } from './decimals.ts';
import type { OrderLine, PlacedLine } from './orders.ts';

export interface LineChanges<There> {
  /** Of the same product, with another quantity or price. */
  readonly changed: ReadonlyArray<{ readonly line: OrderLine; readonly there: There }>;
  readonly missing: readonly OrderLine[];
  readonly surplus: readonly There[];
}

/** Lines that are as they should be are left alone, wherever they stand; the others of a product are changed rather than replaced. */
export function lineChanges<There extends PlacedLine>(wanted: readonly OrderLine[], there: readonly There[]): LineChanges<There> {
  const left = [...there];
  const take = (fits: (other: There) => boolean): There | undefined => {
    const at = left.findIndex(fits);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };
  const others = wanted.filter((line) => take((other) => textOf(other) === textOf(line)) === undefined);
  const changed: Array<{ line: OrderLine; there: There }> = [];
  const missing: OrderLine[] = [];
  for (const line of others) {
    const found = take(({ product }) => product === line.product);
    if (found) changed.push({ line, there: found });
    else missing.push(line);
  }
  return { changed, missing, surplus: left };
}

function textOf({ product, quantity, unitPrice }: PlacedLine): string {
  return JSON.stringify([product, plainDecimal(quantity), unitPrice === null ? null : plainDecimal(unitPrice)]);
}
