/** How each entity is read. */
import { z } from 'zod';
import type { Cursor, Json } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { RetryLaterError } from '../../src/errors.ts';
import {
  flattenAccount,
  flattenContact,
  flattenContactAddress,
  flattenOwnAddress,
  flattenPrice,
  flattenStock,
  type Warehouse,
} from './flatten.ts';
import { type DolibarrSession, pullLists, readWhole, watermark } from './lists.ts';
import { accountMapping, addressMapping, contactMapping, priceMapping, stockMapping } from './mapping.ts';
import { accountRecord, addressRecord, contactRecord, priceRecord, stockRecord } from './records.ts';
import { type ReadOptions, readOptions } from './settings.ts';

const common = { options: readOptions, watermark } as const;
/** Customers, and prospects that are customers too. */
const CUSTOMERS = { list: 'thirdparties', also: { mode: 1 } } as const;

export const sources = {
  account: jsonSource({
    ...common,
    record: accountRecord,
    mapping: accountMapping,
    at: ({ id }) => `thirdparties/${id}`,
    async *read(session: DolibarrSession, { filter }: ReadOptions, cursor: Cursor | null) {
      const context = { currency: session.config.currency, terms: await paymentTerms(session) };
      yield* pullLists(session, cursor, [
        { ...CUSTOMERS, filters: [filter], records: (rows) => rows.map((row) => flattenAccount(row, context)) },
      ]);
    },
  }),
  contact: jsonSource({
    ...common,
    record: contactRecord,
    mapping: contactMapping,
    at: ({ id }) => `contacts/${id}`,
    read: (session: DolibarrSession, { filter }: ReadOptions, cursor: Cursor | null) =>
      pullLists(session, cursor, [{ list: 'contacts', filters: [filter], records: (rows) => rows.flatMap(flattenContact) }]),
  }),
  address: jsonSource({
    ...common,
    record: addressRecord,
    mapping: addressMapping,
    at: ({ key }) => key,
    read: (session: DolibarrSession, { filter }: ReadOptions, cursor: Cursor | null) =>
      pullLists(session, cursor, [
        { ...CUSTOMERS, filters: [filter], records: (rows) => rows.flatMap(flattenOwnAddress) },
        { list: 'contacts', filters: [], records: (rows) => rows.flatMap(flattenContactAddress) },
      ]),
  }),
  price: jsonSource({
    ...common,
    record: priceRecord,
    mapping: priceMapping,
    at: ({ id }) => `products/${id}`,
    read: (session: DolibarrSession, { filter }: ReadOptions, cursor: Cursor | null) =>
      pullLists(session, cursor, [
        { list: 'products', filters: [filter], records: (rows) => rows.flatMap((row) => flattenPrice(row, session.config.currency)) },
      ]),
  }),
  stock: jsonSource({
    ...common,
    record: stockRecord,
    mapping: stockMapping,
    at: ({ productId }) => `products/${productId}/stock`,
    async *read(session: DolibarrSession, { filter }: ReadOptions, cursor: Cursor | null) {
      const warehouses = await readWarehouses(session);
      // A movement changes the sum in the product, and with it the product's stamp. Services (mode 2) have no stock.
      yield* pullLists(session, cursor, [
        { list: 'products', also: { mode: 1 }, filters: [filter], records: (rows) => stockOf(session, rows, warehouses) },
      ]);
    },
  }),
};

const term = z.object({ id: z.coerce.string(), code: z.string() });

/** Third parties name their terms by id; the codes stand in a dictionary. */
async function paymentTerms({ http }: DolibarrSession): Promise<ReadonlyMap<string, string>> {
  const { json, verdict } = await http.send({ path: 'setup/dictionary/payment_terms', query: { limit: 1000, active: 1 } });
  if (verdict === 'empty') return new Map();
  if (!Array.isArray(json))
    throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'setup/dictionary/payment_terms: the answer is no list of payment terms');
  const terms = json.flatMap((row) => term.safeParse(row).data ?? []);
  return new Map(terms.map(({ id, code }) => [id, code]));
}

const warehouse = z.object({ id: z.coerce.string(), ref: z.string().nullish(), label: z.string().nullish(), lieu: z.string().nullish() });

async function readWarehouses(session: DolibarrSession): Promise<ReadonlyMap<string, Warehouse>> {
  const rows = await readWhole(session, { list: 'warehouses', filters: [] });
  const known = rows.flatMap((row) => warehouse.safeParse(row).data ?? []);
  return new Map(known.map(({ id, ref, label, lieu }) => [id, { ref: ref || label || id, name: lieu || null }]));
}

const stockAnswer = z.object({ stock_warehouses: z.json() });

/** One request for each product: lists tell no warehouse. */
async function stockOf({ http }: DolibarrSession, rows: readonly Json[], warehouses: ReadonlyMap<string, Warehouse>): Promise<Json[]> {
  const records: Json[] = [];
  for (const row of rows) {
    const id = isJsonObject(row) ? String(row.id) : '';
    if (!/^\d+$/.test(id)) {
      records.push(row);
      continue;
    }
    const { json, verdict } = await http.send({ path: `products/${id}/stock` });
    // Some versions answer 404 where nothing lies anywhere.
    if (verdict === 'empty') continue;
    const answer = stockAnswer.safeParse(json);
    if (!answer.success)
      throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `products/${id}/stock: the answer does not tell the stock of warehouses`);
    records.push(...flattenStock(row, answer.data.stock_warehouses, warehouses));
  }
  return records;
}
