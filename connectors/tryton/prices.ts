/**
 * Prices as Tryton itself calculates them: a line of a price list is a formula, so the server is asked for the result, per list and per
 * quantity at which one of its lines begins to count. The products' own prices come first, for everyone.
 */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { aboutCompany, type CompanyAbout } from './company.ts';
import { fieldNames, present } from './fields.ts';
import { inside } from './flatten.ts';
import { idsOf, readProducts, underContext, type View } from './products.ts';
import { type Row, searchRead, type TrytonSession } from './rpc.ts';
import type { ProductOptions } from './settings.ts';

interface PriceList {
  /** 0: no list. */
  readonly id: number;
  readonly name: string | null;
  /** Quantities from which on its prices may differ, ascending; 0 is "from the first". */
  readonly breaks: readonly number[];
}

export async function* readPrices(
  session: TrytonSession,
  { domain }: ProductOptions,
  cursor: Cursor | null,
): AsyncGenerator<Page<unknown>> {
  const company = await aboutCompany(session);
  const names = await fieldNames(session, 'product.product', company.context);
  // Without the module `sale` there is only the list price.
  const priceField = names.has('sale_price_uom') ? 'sale_price_uom' : 'list_price';
  const lists = priceField === 'sale_price_uom' ? await priceLists(session, company) : [];
  const everyone: PriceList = { id: 0, name: null, breaks: [0] };
  yield* readProducts(session, cursor, {
    views: [everyone, ...lists].map((list) => viewOf(session, company, list, priceField)),
    domain: [...(names.has('salable') ? [['salable', '=', true]] : []), ['active', '=', true], ...domain],
    fields: present(['id', 'code', 'name', 'sale_uom.symbol', 'default_uom.symbol'], names),
    context: company.context,
  });
}

function viewOf(session: TrytonSession, { context, currency }: CompanyAbout, list: PriceList, priceField: string): View {
  return {
    id: list.id,
    async records(products) {
      const records: Row[] = [];
      for (const quantity of list.breaks) {
        const under = { ...context, quantity, ...(list.id === 0 ? {} : { price_list: list.id }) };
        const priced = await underContext(session, idsOf(products), [priceField], under);
        for (const product of products) {
          const unitPrice = priced.get(Number(product.id))?.[priceField] ?? null;
          // No line of the list fits (Tryton 7), or the product has gone meanwhile.
          if (unitPrice === null) continue;
          const unit = inside(product.sale_uom, 'symbol') ?? inside(product.default_uom, 'symbol');
          records.push({
            id: `${list.id}/${product.id}/${quantity}`,
            priceList: list.name,
            product: product.code ?? null,
            productName: product.name ?? null,
            unit,
            unitPrice,
            currency,
            minQuantity: quantity === 0 ? null : quantity,
          });
        }
      }
      return records;
    },
  };
}

/** Of the company. The party knows a price list exactly when the module that brings them is installed. */
async function priceLists(session: TrytonSession, { id, context }: CompanyAbout): Promise<PriceList[]> {
  const names = await fieldNames(session, 'party.party', context);
  if (!names.has('sale_price_list')) return [];
  const search = { domain: [['company', '=', id]], fields: ['id', 'name', 'lines.quantity'], order: [['id', 'ASC']] };
  const { rows } = await searchRead(session, 'product.price_list', search, context);
  return rows.map((row) => ({ id: Number(row.id), name: typeof row.name === 'string' ? row.name : null, breaks: breaksOf(row) }));
}

function breaksOf({ lines }: Row): number[] {
  const quantities = (Array.isArray(lines) ? lines : [])
    .map((line) => inside(line, 'quantity'))
    .filter((value) => typeof value === 'number');
  return [...new Set([0, ...quantities])].sort((a, b) => a - b);
}
