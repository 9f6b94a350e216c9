/** What POST orders is told. Everything that Dolibarr would not fill in by itself is looked up before. */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import { type NotedField, noteOf } from '../../src/connector/order-note.ts';
import type { OrderLine, OrderToPlace } from '../../src/connector/orders.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import { type DolibarrSession, readWhole } from './lists.ts';

const either = z.union([z.string(), z.number()]);
const party = z.looseObject({ cond_reglement_id: either.nullish(), mode_reglement_id: either.nullish() });
const product = z.looseObject({ id: either, ref: z.string(), type: either.nullish(), tva_tx: either.nullish(), fk_unit: either.nullish() });
type Product = z.infer<typeof product>;

/** Signs that end a value in Dolibarr's filter language. */
const UNSEARCHABLE = /[():'"]/;
const AT_ONCE = 20;

type Fields = { [name: string]: Json };

/** For the seller's people; the order's own note is for the customer's, too. */
const PRIVATE: readonly NotedField[] = ['costCentre', 'paymentMethod', 'sites', 'approvals'];

export async function bodyOf(session: DolibarrSession, order: OrderToPlace): Promise<Fields> {
  const lines = await linesOf(session, order);
  const terms = await termsOf(session, order.soldTo);
  return {
    socid: Number(order.soldTo),
    date: noonOf(order.orderedOn),
    ref_ext: order.reference,
    ...headOf(session, order),
    ...terms,
    lines,
  };
}

/** What may change in an order that is there. */
export function headOf({ config: { shippingItem } }: DolibarrSession, order: OrderToPlace): Fields {
  const inside = noteOf(order, shippingItem === undefined ? [...PRIVATE, 'shippingCost'] : PRIVATE);
  return {
    ref_client: order.purchaseOrderNumber ?? order.reference,
    ...(order.requestedDeliveryOn === undefined ? {} : { delivery_date: noonOf(order.requestedDeliveryOn) }),
    ...(order.note === undefined ? {} : { note_public: order.note }),
    ...(inside === undefined ? {} : { note_private: inside }),
  };
}

/** In the order of ours. Throws ERP_REFUSED for what cannot be said. */
export async function linesOf(session: DolibarrSession, order: OrderToPlace): Promise<Fields[]> {
  const { config } = session;
  refuseUnsayable(order, config.currency);
  const products = await productsOf(session, order.lines);
  return order.lines.map((line) => lineOf(line, products.get(line.product) as Product, config.vatRate));
}

function lineOf(line: OrderLine, { id, type, tva_tx, fk_unit }: Product, vatRate: string | undefined): Fields {
  return {
    fk_product: Number(id),
    product_type: Number(type ?? 0),
    qty: line.quantity,
    subprice: line.unitPrice,
    tva_tx: vatRate ?? String(tva_tx ?? '0'),
    ref_ext: line.reference,
    ...(fk_unit ? { fk_unit } : {}),
    ...(line.text === undefined ? {} : { desc: line.text }),
  };
}

/** Prices are in the main currency, and a place to ship to other than the customer's own is a call of its own that could be lost. */
function refuseUnsayable({ reference, currency, soldTo, shipTo, billTo }: OrderToPlace, main: string): void {
  if (currency !== main) {
    throw new NeedsOperatorError(
      'ERP_REFUSED',
      `order ${reference} is in ${currency}, and this connection takes orders in ${main} (setting \`currency\`)`,
    );
  }
  const other = [shipTo, billTo].find((address) => address !== undefined && !address.startsWith(`${soldTo}/`));
  if (other === undefined) return;
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `order ${reference}: address ${other} is not the own one of customer ${soldTo}, and Dolibarr cannot be told another together with the order; enter this order there by hand`,
  );
}

/** Noon in UTC is the same civil day nearly everywhere. */
function noonOf(date: string): number {
  return Date.parse(`${date}T12:00:00Z`) / 1000;
}

async function productsOf(session: DolibarrSession, lines: readonly OrderLine[]): Promise<ReadonlyMap<string, Product>> {
  const refs = [...new Set(lines.map((line) => line.product))];
  const unsearchable = refs.find((ref) => UNSEARCHABLE.test(ref));
  if (unsearchable !== undefined) {
    throw new NeedsOperatorError(
      'ERP_REFUSED',
      `product "${unsearchable}" cannot be looked up: Dolibarr's filters take no brackets, colons and quotes; rename it there`,
    );
  }
  const found = new Map<string, Product>();
  for (let start = 0; start < refs.length; start += AT_ONCE) {
    const either = refs.slice(start, start + AT_ONCE).map((ref) => `(t.ref:=:'${ref}')`);
    const rows = await readWhole(session, { list: 'products', filters: [`(${either.join(' or ')})`] });
    for (const row of rows.flatMap((one) => product.safeParse(one).data ?? [])) found.set(row.ref, row);
  }
  const missing = refs.find((ref) => !found.has(ref));
  if (missing !== undefined)
    throw new NeedsOperatorError(
      'ERP_REFUSED',
      `there is no product "${missing}" in Dolibarr; correct the item number, or let the user see it`,
    );
  return found;
}

/** Forms of the user interface fill in the customer's terms; the API leaves an order without any. */
async function termsOf({ http }: DolibarrSession, soldTo: string): Promise<{ [name: string]: Json }> {
  const { json } = await http.send({ path: `thirdparties/${encodeURIComponent(soldTo)}` });
  const parsed = party.safeParse(json);
  if (!parsed.success) throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `thirdparties/${soldTo}: the answer is no third party`);
  const { cond_reglement_id: terms, mode_reglement_id: mode } = parsed.data;
  return { ...(terms ? { cond_reglement_id: terms } : {}), ...(mode ? { mode_reglement_id: mode } : {}) };
}
