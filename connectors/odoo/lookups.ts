/** Small tables whose rows are named in others: read once per pull. */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import { searchTable } from './call.ts';
import type { Fields } from './fields.ts';
import type { OdooSession } from './server.ts';

export interface PriceList {
  readonly id: number;
  /** The list's name, with its id behind it where two lists have the same. */
  readonly code: string;
  /** ISO 4217. */
  readonly currency: string;
}

const priceList = z.looseObject({ id: z.int(), name: z.string(), currency_id: z.tuple([z.int(), z.string()]) });

/** In the order in which Odoo prefers them. Archived ones are left out when an order is to be made. */
export async function priceLists(session: OdooSession, which: 'all' | 'active'): Promise<PriceList[]> {
  const { company } = session.config;
  const found = await searchTable(session, 'product.pricelist', priceList, {
    domain: company === undefined ? [] : ['|', ['company_id', '=', false], ['company_id', '=', company]],
    fields: ['name', 'currency_id'],
    order: 'sequence, id',
    context: { active_test: which === 'active' },
  });
  const count = new Map<string, number>();
  for (const { name } of found) count.set(name, (count.get(name) ?? 0) + 1);
  return found.map(({ id, name, currency_id: [, currency] }) => ({ id, currency, code: count.get(name) === 1 ? name : `${name} #${id}` }));
}

/** What partners refer to, as far as their fields are there. */
export interface Lookups {
  readonly priceLists: ReadonlyMap<number, string>;
  /** Only where partners do not tell the code themselves (before 16). */
  readonly countries: ReadonlyMap<number, string>;
  /** Currency of limits and balances where partners do not tell it: without the module account. */
  readonly currency: string | null;
}

const country = z.looseObject({ id: z.int(), code: z.string() });
const company = z.looseObject({ id: z.int(), currency_id: z.tuple([z.int(), z.string()]) });

/** `wanted` was asked for, `fields` are there. */
export async function partnerLookups(session: OdooSession, wanted: readonly string[], fields: Fields): Promise<Lookups> {
  const lacks = (field: string) => wanted.includes(field) && !fields.has(field);
  const lists = fields.has('property_product_pricelist') ? await priceLists(session, 'all') : [];
  const countries = lacks('country_code') ? await searchTable(session, 'res.country', country, { domain: [], fields: ['code'] }) : [];
  return {
    priceLists: new Map(lists.map(({ id, code }) => [id, code])),
    countries: new Map(countries.map(({ id, code }) => [id, code])),
    currency: lacks('currency_id') ? await companyCurrency(session) : null,
  };
}

/** The company we work in: the one of the settings, else the user's first. */
async function companyCurrency(session: OdooSession): Promise<string | null> {
  const wanted = session.config.company;
  const domain = wanted === undefined ? [] : [['id', '=', wanted]];
  const companies = await searchTable(session, 'res.company', company, { domain, fields: ['currency_id'], limit: 1 });
  return companies[0]?.currency_id[1] ?? null;
}

const product = z.looseObject({
  id: z.int(),
  default_code: z.union([z.string(), z.literal(false)]),
  name: z.string(),
  uom_id: z.tuple([z.int(), z.string()]),
  product_tmpl_id: z.tuple([z.int(), z.string()]),
});

export interface Product {
  readonly id: number;
  readonly template: number;
  /** The seller's item number; `null` where none was given. */
  readonly code: string | null;
  readonly name: string;
  readonly unit: string;
}

export async function products(session: OdooSession, domain: readonly Json[], which: 'all' | 'active'): Promise<Product[]> {
  const found = await searchTable(session, 'product.product', product, {
    domain,
    fields: ['default_code', 'name', 'uom_id', 'product_tmpl_id'],
    context: { active_test: which === 'active' },
  });
  return found.map(({ id, default_code, name, uom_id, product_tmpl_id }) => ({
    id,
    name,
    template: product_tmpl_id[0],
    code: default_code === false ? null : default_code,
    unit: uom_id[1],
  }));
}
