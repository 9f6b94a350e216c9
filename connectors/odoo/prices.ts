/**
 * Prices are items of price lists that fix a price for a product. Discounts and formulas (compute_price `percentage`, `formula`), and items for
 * categories or for everything, are rules, not prices; they are left out, and the README says so.
 */
import { z } from 'zod';
import type { Cursor, Json, Page } from '../../src/connector/contract.ts';
import type { Row } from './call.ts';
import { readChanges } from './changes.ts';
import { type Fields, fieldsOf, idOf, nameOf, withoutNoise } from './fields.ts';
import { type Product, priceLists, products } from './lookups.ts';
import type { OdooSession } from './server.ts';
import type { ProductOptions } from './settings.ts';

const FIELDS = ['pricelist_id', 'applied_on', 'product_id', 'product_tmpl_id', 'compute_price', 'fixed_price', 'currency_id'].concat([
  'min_quantity',
  'date_start',
  'date_end',
  'active',
]);
const IS_FOR_PRODUCTS: Json = ['applied_on', 'in', ['0_product_variant', '1_product']];
const VARIANT = '0_product_variant';

export async function* readPrices(session: OdooSession, { domain }: ProductOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const fields: Fields = await fieldsOf(session, 'product.pricelist.item', FIELDS);
  const lists = new Map((await priceLists(session, 'all')).map(({ id, code }) => [id, code]));
  yield* readChanges(session, cursor, {
    model: 'product.pricelist.item',
    domain: [IS_FOR_PRODUCTS, ...domain],
    fields,
    async records(rows, since) {
      const known = await productsOf(session, rows);
      return rows.flatMap((row) => recordsOf(row, known, lists, since));
    },
  });
}

/** Of the variants named, and all variants of the templates named. */
async function productsOf(session: OdooSession, rows: readonly Row[]): Promise<Product[]> {
  const variants = rows.filter(isOfVariant).flatMap(({ product_id }) => idOf(product_id) ?? []);
  const templates = rows.filter((row) => !isOfVariant(row)).flatMap(({ product_tmpl_id }) => idOf(product_tmpl_id) ?? []);
  if (variants.length + templates.length === 0) return [];
  return products(session, ['|', ['id', 'in', variants], ['product_tmpl_id', 'in', templates]], 'all');
}

function isOfVariant({ applied_on }: Row): boolean {
  return applied_on === VARIANT;
}

function recordsOf(row: Row, known: readonly Product[], lists: ReadonlyMap<number, string>, since: Date | null): unknown[] {
  // It was a price, and is a rule now or in the drawer: it has ended. Of those that never were one, a full pull says nothing.
  const isOver = row.active === false || (row.compute_price !== undefined && row.compute_price !== 'fixed');
  if (isOver && since === null) return [];
  const shared = {
    ...row,
    priceList: lists.get(idOf(row.pricelist_id) ?? 0) ?? nameOf(row.pricelist_id),
    unitPrice: typeof row.fixed_price === 'number' ? withoutNoise(row.fixed_price) : (row.fixed_price ?? null),
    currency: nameOf(row.currency_id),
    minQuantity: row.min_quantity ?? null,
    validFrom: isOver ? null : instant(row.date_start),
    validTo: isOver ? instant(row.write_date) : dayAfter(row.date_end),
  };
  const of = (product: Product | undefined) => ({
    product: product?.code ?? null,
    productName: product?.name ?? null,
    unit: product?.unit ?? null,
  });
  const id = String(row.id);
  if (isOfVariant(row)) return [{ ...shared, id, ...of(known.find((one) => one.id === idOf(row.product_id))) }];
  const template = idOf(row.product_tmpl_id);
  const variants = known.filter((one) => one.template === template);
  // A template without variants sells nothing; one we cannot see is a problem to be told.
  if (template === null) return [{ ...shared, id, ...of(undefined) }];
  return variants.map((one) => ({ ...shared, id: `${id}/${one.id}`, ...of(one) }));
}

const datetimes = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

/** An instant in UTC; the mapping makes a day of it, in the zone of `formats`. */
function instant(stamp: Json | undefined): Json {
  const known = datetimes.safeParse(stamp).data;
  return known === undefined ? (stamp ?? null) : `${known.replace(' ', 'T')}Z`;
}

/**
 * The first day no longer valid, of the last instant of validity: people set 23:59:59, or 00:00:00 of the day after. An hour short of a day later
 * is the day after of the one and the same day of the other, also on the days when clocks change.
 */
function dayAfter(end: Json | undefined): Json {
  const last = instant(end);
  const at = typeof last === 'string' ? Date.parse(last) : Number.NaN;
  return Number.isNaN(at) ? last : new Date(at + 82_799_000).toISOString();
}
