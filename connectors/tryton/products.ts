/** Products under several views (price lists, warehouses), one view after the other, each in the order of ids. Nothing here has a stamp: every pull reads all. */
import { z } from 'zod';
import type { Cursor, Json, Page } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { lastId } from './changes.ts';
import { type Context, type Row, searchRead, type TrytonSession } from './rpc.ts';

const place = z.object({ view: z.int(), after: z.int() });
/** Before the first view: what the last page's cursor says, too. */
const BEGINNING = { view: 0, after: 0 };

export interface View {
  /** Ascending; a pull that is resumed skips those before its place. */
  readonly id: number;
  /** The records of these products. */
  records(products: readonly Row[]): Promise<Row[]>;
}

export interface ProductsOf {
  readonly views: readonly View[];
  readonly domain: readonly Json[];
  readonly fields: readonly string[];
  readonly context: Context;
}

export async function* readProducts(session: TrytonSession, cursor: Cursor | null, of: ProductsOf): AsyncGenerator<Page<unknown>> {
  const from = place.parse(cursor ?? BEGINNING);
  const views = of.views.filter(({ id }) => id >= from.view);
  const { pageSize } = session.config;
  for (const [turn, view] of views.entries()) {
    let after = view.id === from.view ? from.after : 0;
    for (let isMore = true; isMore; ) {
      const { rows, all } = await searchRead(
        session,
        'product.product',
        { domain: [['code', '!=', null], ...of.domain, ['id', '>', after]], fields: of.fields, limit: pageSize, order: [['id', 'ASC']] },
        of.context,
      );
      const last = lastId(rows, all.length === pageSize, 'product.product');
      isMore = last !== null;
      after = last ?? after;
      const isEnd = !isMore && turn === views.length - 1;
      const records = [...all.filter((one) => !isJsonObject(one)), ...(rows.length === 0 ? [] : await view.records(rows))];
      const next = isMore ? { view: view.id, after } : { view: views[turn + 1]?.id ?? 0, after: 0 };
      yield { records, cursor: isEnd ? BEGINNING : next };
    }
  }
}

/** Fields that depend on the context (price list, warehouse), by product. */
export async function underContext(session: TrytonSession, ids: readonly number[], fields: readonly string[], context: Context) {
  const { rows } = await searchRead(session, 'product.product', { domain: [['id', 'in', [...ids]]], fields }, context);
  return new Map(rows.map((row) => [Number(row.id), row]));
}

export function idsOf(products: readonly Row[]): number[] {
  return products.map(({ id }) => Number(id));
}
