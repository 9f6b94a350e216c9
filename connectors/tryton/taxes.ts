/**
 * Taxes of a line hang on product, party, tax rules and company. Tryton works them out when a person chooses the product, and not on `create`; so
 * it is asked the same question as by a person's client.
 */
import { z } from 'zod';
import { shaped } from '../../src/connector/shaped.ts';
import { type Context, call, type TrytonSession } from './rpc.ts';

/** Only what changed: a product without taxes changes none. Ids, or rows to add with their places (observed on 6.0). */
const changed = z.looseObject({
  taxes: z
    .union([z.array(z.int()), z.looseObject({ add: z.array(z.tuple([z.int(), z.looseObject({ id: z.int() })])).optional() })])
    .nullish(),
});

/** By product id. Changes nothing there. */
export async function taxesOf(
  { http, config }: TrytonSession,
  sale: { company: number; party: number; currency: number },
  products: ReadonlyMap<string, { readonly id: number; readonly unit: number }>,
  context: Context,
): Promise<ReadonlyMap<number, number[]>> {
  const taxes = new Map<number, number[]>();
  for (const { id, unit } of products.values()) {
    const line = {
      type: 'line',
      product: id,
      unit,
      quantity: 1,
      '_parent_sale.company': sale.company,
      '_parent_sale.party': sale.party,
      '_parent_sale.currency': sale.currency,
    };
    const { result } = await call(http, config, 'model.sale.line.on_change_product', [line, context], 'read');
    const { taxes: told } = shaped(changed, result, 'sale.line.on_change_product');
    taxes.set(id, Array.isArray(told) ? told : (told?.add ?? []).map(([, tax]) => tax.id));
  }
  return taxes;
}
