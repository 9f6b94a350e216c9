/** Digests of what was sent and of what the ERP confirms, taken of the same shape, so that equal content has equal digests. */
import { createHash } from 'node:crypto';
import { plainDecimal } from '../connector/decimals.ts';
import type { OrderToPlace, PlacedOrder } from '../connector/orders.ts';

export function digestOfOrder({ soldTo, currency, lines }: OrderToPlace): string {
  return digest(
    soldTo,
    currency,
    lines.map(({ product, quantity, unitPrice }) => ({ product, quantity, unitPrice })),
  );
}

export function digestOfPlaced({ soldTo, currency, lines }: PlacedOrder): string {
  return digest(soldTo, currency, lines);
}

function digest(
  soldTo: string | null,
  currency: string | null,
  lines: ReadonlyArray<{ product: string | null; quantity: string; unitPrice: string | null }>,
): string {
  const rows = lines.map(({ product, quantity, unitPrice }) =>
    JSON.stringify([product, plainDecimal(quantity), unitPrice === null ? null : plainDecimal(unitPrice)]),
  );
  return createHash('sha256')
    .update(JSON.stringify([soldTo, currency, rows.sort()]))
    .digest('hex');
}
