/** Their orders in our words. Pure. */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import type { OrderState, PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withoutShippingLine } from '../../src/connector/shipping-line.ts';
import { amountOf } from './flatten.ts';
import type { DolibarrSettings } from './settings.ts';

const either = z.union([z.string(), z.number()]);

const line = z.looseObject({
  rang: either.nullish(),
  product_ref: z.string().nullish(),
  ref: z.string().nullish(),
  qty: either.nullish(),
  subprice: either.nullish(),
});

const order = z.looseObject({
  id: either,
  ref: z.string(),
  ref_ext: z.string().nullish(),
  ref_client: z.string().nullish(),
  ref_customer: z.string().nullish(),
  socid: either.nullish(),
  statut: either.nullish(),
  status: either.nullish(),
  billed: either.nullish(),
  facturee: either.nullish(),
  multicurrency_code: z.string().nullish(),
  lines: z.array(line).nullish(),
});
export type DolibarrOrder = z.infer<typeof order>;

/** Status of an order (class Commande). */
const STATES: Readonly<Record<string, readonly [OrderState, string]>> = {
  '-1': ['cancelled', 'cancelled'],
  '0': ['placed', 'draft'],
  '1': ['accepted', 'validated'],
  '2': ['accepted', 'shipment in process'],
  '3': ['shipped', 'delivered'],
};

/** An order that cannot be read must not count as none: another one would be made. */
export function orderOf(row: Json): DolibarrOrder {
  return shaped(order, row, 'orders');
}

/** Ours stands in ref_ext, where no person writes; in ref_client where a person entered the order. */
export function referenceOf({ ref_ext, ref_client, ref_customer }: DolibarrOrder): string {
  return ref_ext || ref_client || ref_customer || '';
}

export function placedOrder(
  given: DolibarrOrder,
  {
    validateOrders,
    currency,
    shippingItem,
  }: Pick<DolibarrSettings, 'validateOrders' | 'currency'> & { shippingItem?: DolibarrSettings['shippingItem'] },
): PlacedOrder {
  const status = String(given.statut ?? given.status);
  const [known, word] = STATES[status] ?? ['placed', `status ${status}`];
  const isBilled = String(given.billed ?? given.facturee ?? 0) === '1';
  const lines = [...(given.lines ?? [])].sort((a, b) => Number(a.rang ?? 0) - Number(b.rang ?? 0));
  return {
    id: String(given.id),
    // "(PROV12)" until it is validated.
    number: given.ref.startsWith('(') ? null : given.ref,
    reference: referenceOf(given),
    soldTo: given.socid === null || given.socid === undefined ? null : String(given.socid),
    state: isBilled && known !== 'cancelled' ? 'invoiced' : known === 'placed' && !validateOrders ? 'accepted' : known,
    stateThere: isBilled ? `${word}, billed` : word,
    foundIn: null,
    ...withoutShippingLine(lines.map(goodsOf), shippingItem),
    currency: given.multicurrency_code || currency,
  };
}

export function goodsOf({ product_ref, ref, qty, subprice }: z.infer<typeof line>): PlacedLine {
  return {
    product: product_ref || ref || null,
    quantity: String(amountOf(qty ?? '0')),
    unitPrice: subprice === null || subprice === undefined ? null : String(amountOf(subprice)),
  };
}
