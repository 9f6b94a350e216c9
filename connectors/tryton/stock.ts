/** Quantities per warehouse. What lies there counts moves that are done; what is available leaves out what is assigned to go. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { openCompany } from './company.ts';
import { fieldNames, present } from './fields.ts';
import { inside } from './flatten.ts';
import { idsOf, readProducts, underContext, type View } from './products.ts';
import { type Context, type Row, searchRead, type TrytonSession } from './rpc.ts';
import type { ProductOptions } from './settings.ts';

export async function* readStock(session: TrytonSession, { domain }: ProductOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const { context } = await openCompany(session);
  const names = await fieldNames(session, 'product.product', context);
  const search = { domain: [['type', '=', 'warehouse']], fields: ['id', 'code', 'name', 'active'], order: [['id', 'ASC']] };
  const { rows: warehouses } = await searchRead(session, 'stock.location', search, context);
  yield* readProducts(session, cursor, {
    views: warehouses.map((warehouse) => viewOf(session, warehouse, context)),
    domain: [...(names.has('type') ? [['type', '=', 'goods']] : []), ['active', '=', true], ...domain],
    fields: present(['id', 'code', 'default_uom.symbol'], names),
    context,
  });
}

function viewOf(session: TrytonSession, warehouse: Row, context: Context): View {
  const id = Number(warehouse.id);
  return {
    id,
    async records(products) {
      const there = { ...context, locations: [id], with_childs: true };
      const onHand = await underContext(session, idsOf(products), ['quantity'], there);
      const available = await underContext(session, idsOf(products), ['quantity'], { ...there, stock_assign: true });
      return products.map((product) => ({
        id: `${id}/${product.id}`,
        // The code is optional there; the id is not.
        site: typeof warehouse.code === 'string' && warehouse.code !== '' ? warehouse.code : String(id),
        siteName: warehouse.name ?? null,
        product: product.code ?? null,
        unit: inside(product.default_uom, 'symbol'),
        onHand: onHand.get(Number(product.id))?.quantity ?? null,
        available: available.get(Number(product.id))?.quantity ?? null,
      }));
    },
  };
}
