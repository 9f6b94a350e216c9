/** What is sold, where it lies, and the sales. */
import type { World, WorldOrder, WorldPrice, WorldProduct, WorldStock } from '../../world.ts';
import { type Context, idIn, listOf, type Model, model } from './model.ts';
import { Dec, Stamp, stampOf } from './typed.ts';

const CURRENCIES = ['CHF', 'EUR'];
/** The company's. */
export const COMPANY = { id: 1, currency: 'EUR' };

const units = (world: World) => listOf(world.rows('product').map(({ unit }) => unit));
const sites = (world: World) => listOf(world.rows('stock').map(({ site }) => site));
export const lists = (world: World) => listOf([...world.rows('account'), ...world.rows('price')].map((row) => row.priceList));

interface Place {
  readonly id: number;
  readonly code: string;
  readonly name: string;
}
interface List {
  readonly id: number;
  readonly name: string;
}
export interface SaleLine {
  readonly id: number;
  readonly sale: WorldOrder;
  readonly place: number;
}

/** More than any order has. */
/** Ids of lines follow from those of their sale. */
export const LINES = 1_000;

const STATES = { draft: 'draft', quoted: 'quotation', confirmed: 'confirmed', processing: 'processing', shipped: 'processing' } as const;

export function stateThere({ state }: WorldOrder): string {
  return state === 'invoiced' ? 'done' : state === 'cancelled' ? 'cancelled' : STATES[state];
}

/** The formula of the line with the highest quantity that is not above the one asked for; the product's own price without one. */
function salePrice(product: WorldProduct, world: World, { price_list, quantity }: Context): string {
  const name = typeof price_list === 'number' ? lists(world)[price_list - 1] : undefined;
  if (name === undefined) return product.price;
  const lines = world.rows('price').filter((one) => one.priceList === name && one.product === product.number && one.accountId === null);
  const fitting = lines.filter((one) => lineQuantity(one) <= Number(quantity ?? 0)).sort((a, b) => lineQuantity(b) - lineQuantity(a));
  return fitting[0]?.unitPrice ?? product.price;
}

/** "From one on" is what a line without a quantity says there. */
function lineQuantity({ minQuantity }: WorldPrice): number {
  return minQuantity === '1' ? 0 : Number(minQuantity);
}

function lies({ number }: WorldProduct, world: World, { locations, stock_assign }: Context): number {
  const wanted = Array.isArray(locations) ? locations.map((id) => sites(world)[Number(id) - 1]) : [];
  const there = world.rows('stock').filter((row: WorldStock) => row.product === number && wanted.includes(row.site));
  return there.reduce((sum, { onHand, available }) => sum + Number(stock_assign === true ? available : onHand), 0);
}

export const wares: Readonly<Record<string, Model>> = {
  'company.company': model<{ id: number }>({
    rows: () => [COMPANY],
    id: ({ id }) => id,
    fields: {
      id: { of: ({ id }) => id },
      party: { to: 'seller', of: () => 1 },
      currency: { to: 'currency.currency', of: () => idIn(CURRENCIES, COMPANY.currency) },
    },
  }),
  seller: model<{ id: number }>({
    rows: () => [{ id: 1 }],
    id: ({ id }) => id,
    fields: { id: { of: () => 1 }, name: { of: () => 'Seller AG' } },
  }),
  'currency.currency': model<List>({
    rows: () => CURRENCIES.map((name, place) => ({ id: place + 1, name })),
    id: ({ id }) => id,
    fields: { id: { of: ({ id }) => id }, code: { of: ({ name }) => name }, active: { of: () => true } },
  }),
  'product.uom': model<List>({
    rows: (world) => units(world).map((name, place) => ({ id: place + 1, name })),
    id: ({ id }) => id,
    fields: { id: { of: ({ id }) => id }, symbol: { of: ({ name }) => name }, name: { of: ({ name }) => name } },
  }),
  'product.product': model<WorldProduct>({
    rows: (world) => world.rows('product'),
    id: ({ id }) => Number(id),
    fields: {
      id: { of: ({ id }) => Number(id) },
      code: { of: ({ number }) => number },
      name: { of: ({ name }) => name },
      type: { of: () => 'goods' },
      salable: { of: () => true },
      active: { of: ({ active }) => active },
      default_uom: { to: 'product.uom', of: ({ unit }, world) => idIn(units(world), unit) },
      sale_uom: { to: 'product.uom', of: ({ unit }, world) => idIn(units(world), unit) },
      list_price: { of: ({ price }) => new Dec(price) },
      sale_price_uom: { of: (row, world, context) => new Dec(`${salePrice(row, world, context)}000`) },
      quantity: { of: lies },
    },
  }),
  'product.price_list': model<List>({
    rows: (world) => lists(world).map((name, place) => ({ id: place + 1, name })),
    id: ({ id }) => id,
    fields: {
      id: { of: ({ id }) => id },
      name: { of: ({ name }) => name },
      company: { to: 'company.company', of: () => COMPANY.id },
      lines: {
        to: 'product.price_list.line',
        many: true,
        of: ({ name }, world) => world.rows('price').flatMap((row) => (row.priceList === name ? [Number(row.id)] : [])),
      },
    },
  }),
  'product.price_list.line': model<WorldPrice>({
    rows: (world) => world.rows('price'),
    id: ({ id }) => Number(id),
    fields: { id: { of: ({ id }) => Number(id) }, quantity: { of: (row) => lineQuantity(row) || null } },
  }),
  'stock.location': model<Place>({
    rows: (world) =>
      sites(world).map((code, place) => ({
        id: place + 1,
        code,
        name: world.rows('stock').find(({ site }) => site === code)?.siteName ?? code,
      })),
    id: ({ id }) => id,
    fields: {
      id: { of: ({ id }) => id },
      code: { of: ({ code }) => code },
      name: { of: ({ name }) => name },
      type: { of: () => 'warehouse' },
      active: { of: () => true },
    },
  }),
  'sale.sale': model<WorldOrder>({
    rows: (world) => world.rows('order'),
    id: ({ id }) => Number(id),
    fields: {
      id: { of: ({ id }) => Number(id) },
      create_date: { of: ({ createdAt }) => stampOf(createdAt) },
      number: { of: ({ number }) => number },
      reference: { of: ({ reference }) => reference },
      party: { to: 'party.party', of: ({ soldTo }) => Number(soldTo) },
      company: { to: 'company.company', of: () => COMPANY.id },
      sale_date: { of: ({ createdAt }) => new Stamp(createdAt.toISOString().slice(0, 10)) },
      currency: { to: 'currency.currency', of: ({ currency }) => idIn(CURRENCIES, currency) },
      state: { of: stateThere },
      invoice_state: { of: ({ state }) => (state === 'invoiced' ? 'paid' : 'none') },
      shipment_state: { of: ({ state }) => (state === 'shipped' || state === 'invoiced' ? 'sent' : 'none') },
      lines: { to: 'sale.line', many: true, of: ({ id, lines }) => lines.map((_, place) => Number(id) * LINES + place) },
    },
  }),
  'sale.line': model<SaleLine>({
    rows: (world) =>
      world.rows('order').flatMap((sale) => sale.lines.map((_, place) => ({ id: Number(sale.id) * LINES + place, sale, place }))),
    id: ({ id }) => id,
    fields: {
      id: { of: ({ id }) => id },
      sale: { to: 'sale.sale', of: ({ sale }) => Number(sale.id) },
      type: { of: () => 'line' },
      product: { to: 'product.product', of: ({ sale, place }, world) => productId(world, sale.lines[place]?.product) },
      quantity: { of: ({ sale, place }) => Number(sale.lines[place]?.quantity) },
      unit_price: { of: ({ sale, place }) => new Dec(sale.lines[place]?.unitPrice ?? '0') },
      note: { of: ({ sale, place }) => sale.lines[place]?.lineReference ?? null },
    },
  }),
};

function productId(world: World, number: string | undefined): number | null {
  const found = world.rows('product').find((row) => row.number === number);
  return found ? Number(found.id) : null;
}
