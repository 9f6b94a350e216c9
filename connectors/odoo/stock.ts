/**
 * Stock per warehouse and product. Quants cannot be followed by their stamps: Odoo deletes those that become empty, so zero would never be heard of.
 * So products are gone through, and what lies in a warehouse is summed up, over lots, packages and shelves; every pull reads all.
 */
import { z } from 'zod';
import type { Cursor, Json, Page } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { type Row, searchRead } from './call.ts';
import { fieldsOf, nameOf, withoutNoise } from './fields.ts';
import type { OdooSession } from './server.ts';
import type { ProductOptions } from './settings.ts';

const place = z.object({ after: z.int().nullable() });

const warehouse = z.looseObject({ id: z.int(), code: z.string(), name: z.string(), view_location_id: z.tuple([z.int(), z.string()]) });
type Warehouse = z.infer<typeof warehouse>;

export async function* readStock(session: OdooSession, { domain }: ProductOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const warehouses = await readWarehouses(session);
  const good = warehouses.flatMap((one) => warehouse.safeParse(one).data ?? []);
  const isKept = await keptInStock(session);
  const limit = Math.max(1, Math.floor(session.config.pageSize / Math.max(1, good.length)));
  let { after } = cursor === null ? { after: null } : place.parse(cursor);
  // A warehouse we cannot read is told as an unreadable record.
  let bad = after === null ? warehouses.filter((one) => !warehouse.safeParse(one).success) : [];
  for (;;) {
    const where: Json[] = [isKept, ['active', '=', true], ...domain, ...(after === null ? [] : [['id', '>', after]])];
    const { rows } = await searchRead(session, 'product.product', { domain: where, fields: ['default_code', 'uom_id'], limit });
    const records = [...bad, ...rows.filter((row) => !isJsonObject(row)), ...(await stockOf(session, rows.filter(isJsonObject), good))];
    const last = rows.flatMap((row) => numbered.safeParse(row).data?.id ?? []).at(-1);
    after = rows.length >= limit ? shaped(z.int(), last, 'a full page of product.product without an id') : null;
    bad = [];
    yield { records, cursor: { after } };
    if (after === null) return;
  }
}

const numbered = z.looseObject({ id: z.int() });

async function readWarehouses(session: OdooSession): Promise<unknown[]> {
  const { company } = session.config;
  const { rows } = await searchRead(session, 'stock.warehouse', {
    domain: [['active', '=', true], ...(company === undefined ? [] : [['company_id', '=', company]])],
    fields: ['code', 'name', 'view_location_id'],
  });
  return rows;
}

/** Services have no stock. From 18 on a switch tells, before it was the type. */
async function keptInStock(session: OdooSession): Promise<Json> {
  const fields = await fieldsOf(session, 'product.product', ['is_storable']);
  return fields.has('is_storable') ? ['is_storable', '=', true] : ['type', '=', 'product'];
}

const quant = z.looseObject({ product_id: z.tuple([z.int(), z.string()]), quantity: z.number(), reserved_quantity: z.number() });

async function stockOf(session: OdooSession, rows: readonly Row[], warehouses: readonly Warehouse[]): Promise<unknown[]> {
  const ids = rows.flatMap((row) => numbered.safeParse(row).data?.id ?? []);
  const records: unknown[] = [];
  for (const { id, code, name, view_location_id } of warehouses) {
    const found = await searchRead(session, 'stock.quant', {
      domain: [
        ['product_id', 'in', ids],
        ['location_id', 'child_of', [view_location_id[0]]],
        ['location_id.usage', '=', 'internal'],
      ],
      fields: ['product_id', 'quantity', 'reserved_quantity'],
    });
    // A sum with a part left out would be wrong without anybody seeing it.
    const quants = shaped(z.array(quant), found.rows, 'stock.quant.search_read');
    for (const row of rows) {
      const here = quants.filter(({ product_id }) => product_id[0] === row.id);
      const sum = (of: (one: z.infer<typeof quant>) => number) => withoutNoise(here.reduce((total, one) => total + of(one), 0));
      records.push({
        id: `${id}/${String(row.id)}`,
        site: code,
        siteName: name,
        product: row.default_code === false ? null : (row.default_code ?? null),
        unit: nameOf(row.uom_id),
        onHand: sum(({ quantity }) => quantity),
        available: sum(({ quantity, reserved_quantity }) => quantity - reserved_quantity),
      });
    }
  }
  return records;
}
