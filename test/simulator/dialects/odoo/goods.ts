/** Products, price lists, warehouses and quants. */
import type { World, WorldPrice, WorldProduct, WorldStock } from '../../world.ts';
import { type Model, type ModelRow, type Store, stampText, type Version } from './store.ts';

const EPOCH = new Date(0);
const TEMPLATES = 500_000;
const fieldsOf = (types: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries({ id: 'integer', write_date: 'datetime', ...types }));

export function goodsModels(version: Version): Record<string, Model> {
  return {
    'product.product': {
      fields: fieldsOf({
        ...{ name: 'char', default_code: 'char', active: 'boolean', uom_id: 'many2one', product_tmpl_id: 'many2one', type: 'selection' },
        ...(version >= 18 ? { is_storable: 'boolean' } : {}),
      }),
      rows: (world, store) => world.rows('product').map((product) => productRow(product, store)),
    },
    'product.pricelist': {
      fields: fieldsOf({ name: 'char', active: 'boolean', currency_id: 'many2one', company_id: 'many2one', sequence: 'integer' }),
      rows: (world, store) => priceListRows(world, store),
    },
    'product.pricelist.item': {
      fields: fieldsOf({
        ...{ pricelist_id: 'many2one', product_id: 'many2one', product_tmpl_id: 'many2one', currency_id: 'many2one' },
        ...{ applied_on: 'selection', compute_price: 'selection', fixed_price: 'float', min_quantity: 'float', active: 'boolean' },
        ...{ date_start: 'datetime', date_end: 'datetime' },
      }),
      rows: (world, store) => world.rows('price').flatMap((price) => itemRow(price, world, store)),
    },
    'stock.warehouse': {
      fields: fieldsOf({ code: 'char', name: 'char', active: 'boolean', view_location_id: 'many2one', company_id: 'many2one' }),
      rows: warehouseRows,
    },
    'stock.quant': {
      fields: fieldsOf({ product_id: 'many2one', location_id: 'many2one', quantity: 'float', reserved_quantity: 'float' }),
      rows: (world, store) => world.rows('stock').flatMap((stock) => quantRows(stock, world, store)),
    },
  };
}

export function productRow({ id, number, name, unit, active, changedAt }: WorldProduct, store: Store): ModelRow {
  const values = {
    id: Number(id),
    name,
    default_code: number,
    active,
    uom_id: [store.units.idOf(unit), unit],
    product_tmpl_id: [Number(id) + TEMPLATES, `[${number}] ${name}`],
    write_date: stampText(changedAt),
  };
  return { stamp: changedAt, values: { ...values, type: store.version >= 18 ? 'consu' : 'product', is_storable: true } };
}

export function referProduct(world: World, number: string): [number, string] | false {
  const product = world.rows('product').find((one) => one.number === number);
  return product ? [Number(product.id), `[${number}] ${product.name}`] : false;
}

function priceListRows(world: World, store: Store): ModelRow[] {
  for (const { priceList } of [...world.rows('price'), ...world.rows('account')]) if (priceList !== null) store.priceLists.idOf(priceList);
  return store.priceLists.all().map(([name, id]) => ({
    stamp: EPOCH,
    values: { id, name, active: true, currency_id: store.currency('EUR'), company_id: false, sequence: 16, write_date: stampText(EPOCH) },
  }));
}

/** Some for a variant, some for a template. A price of one account alone does not exist in Odoo. */
function itemRow(price: WorldPrice, world: World, store: Store): ModelRow[] {
  const product = referProduct(world, price.product);
  if (price.accountId !== null || price.priceList === null || product === false) return [];
  const isOfVariant = Number(price.id) % 2 === 0;
  const isFormula = store.options.formulas?.has(price.id) === true;
  const values = {
    id: Number(price.id),
    pricelist_id: store.priceList(price.priceList),
    applied_on: isOfVariant ? '0_product_variant' : '1_product',
    product_id: isOfVariant ? product : false,
    product_tmpl_id: [product[0] + TEMPLATES, product[1]],
    compute_price: isFormula ? 'formula' : 'fixed',
    fixed_price: isFormula ? 0 : Number(price.unitPrice),
    currency_id: store.currency(price.currency),
    min_quantity: Number(price.minQuantity),
    active: true,
    date_start: price.validFrom === null ? false : `${price.validFrom} 00:00:00`,
    date_end: price.validTo === null ? false : `${price.validTo} 23:59:59`,
    write_date: stampText(price.changedAt),
  };
  return [{ stamp: price.changedAt, values }];
}

/** A warehouse is a tree of locations: its view, and the shelf below it where things lie. */
function locationsOf(store: Store, site: string): { view: [number, string]; shelf: [number, string] } {
  const id = store.sites.idOf(site) * 10;
  return { view: [id, site], shelf: [id + 1, `${site}/Stock`] };
}

function warehouseRows(world: World, store: Store): ModelRow[] {
  const sites = new Map(world.rows('stock').map(({ site, siteName }) => [site, siteName]));
  return Array.from(sites, ([code, name]) => ({
    stamp: EPOCH,
    values: {
      id: store.sites.idOf(code),
      code,
      name,
      active: true,
      view_location_id: locationsOf(store, code).view,
      company_id: [1, 'Company'],
    },
  }));
}

/** What lies on the shelf, and what once went to customers: that is a quant too, elsewhere. Empty quants are deleted. */
function quantRows({ id, site, product, onHand, available, changedAt }: WorldStock, world: World, store: Store): ModelRow[] {
  const { view, shelf } = locationsOf(store, site);
  const customers: [number, string] = [5, 'Partners/Customers'];
  const quant = (
    turn: number,
    location: [number, string],
    usage: string,
    path: number[],
    quantity: number,
    reserved: number,
  ): ModelRow[] =>
    quantity === 0 && reserved === 0
      ? []
      : [
          {
            stamp: changedAt,
            values: {
              id: Number(id) * 10 + turn,
              product_id: referProduct(world, product),
              location_id: location,
              quantity,
              reserved_quantity: reserved,
              write_date: stampText(changedAt),
            },
            related: { 'location_id.usage': usage, 'location_id.path': path },
          },
        ];
  return [
    ...quant(0, shelf, 'internal', [view[0], shelf[0]], Number(onHand), Number(onHand) - Number(available)),
    ...quant(1, customers, 'customer', [customers[0]], 7, 0),
  ];
}
