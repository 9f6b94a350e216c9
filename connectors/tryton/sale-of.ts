/** Our order as a sale: ids for codes, and everything a person's client would fill in, since `create` fills in nothing (no on_change on the server). */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import { type NotedField, noteOf } from '../../src/connector/order-note.ts';
import type { OrderLine, OrderToPlace } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import type { Company } from './company.ts';
import { fieldNames } from './fields.ts';
import { isTrue } from './flatten.ts';
import { type Context, type Row, searchRead, type TrytonSession } from './rpc.ts';
import { taxesOf } from './taxes.ts';
import { date, decimal } from './typed-json.ts';

const uom = z.looseObject({ id: z.int(), symbol: z.string().nullish(), name: z.string().nullish() });
const product = z.looseObject({ id: z.int(), code: z.string(), sale_uom: uom.nullish(), default_uom: uom });

/** What Tryton has no field for. */
const NOTED: readonly NotedField[] = ['note', 'requestedDeliveryOn', 'costCentre', 'paymentMethod', 'sites', 'approvals'];

interface Product {
  readonly id: number;
  /** Id of the unit it is sold in. */
  readonly unit: number;
  readonly unitNames: ReadonlyArray<string | null | undefined>;
}

export async function saleOf(session: TrytonSession, company: Company, given: OrderToPlace): Promise<Row> {
  const { shippingItem } = session.config;
  const order = withShippingLine(given, shippingItem);
  const note = noteOf(order, shippingItem === undefined ? [...NOTED, 'shippingCost'] : NOTED);
  const { context } = company;
  const party = idOf(order.soldTo, 'account');
  const isWhole = order.billTo !== undefined && order.shipTo !== undefined;
  const addresses = isWhole ? [] : await addressesOf(session, party, context);
  const products = await productsOf(session, order, context);
  const currency = await only(session, 'currency.currency', 'code', order.currency, context);
  const taxes = await taxesOf(session, { company: company.id, party, currency }, products, context);
  return {
    company: company.id,
    party,
    currency,
    reference: order.reference,
    invoice_address: order.billTo === undefined ? usual(addresses, 'invoice') : idOf(order.billTo, 'address'),
    shipment_address: order.shipTo === undefined ? usual(addresses, 'delivery') : idOf(order.shipTo, 'address'),
    sale_date: date(order.orderedOn),
    ...(await termsOf(session, order, party, context)),
    ...(order.purchaseOrderNumber === undefined ? {} : { description: order.purchaseOrderNumber }),
    ...(note === undefined ? {} : { comment: note }),
    lines: [['create', order.lines.map((line, turn) => lineOf(line, turn, products, taxes))]],
  };
}

/** What may change in a sale that is there and is a draft: all but customer, currency and date. Its lines are replaced in the same call. */
export async function changeOf(session: TrytonSession, company: Company, order: OrderToPlace, lines: readonly number[]): Promise<Row> {
  const {
    company: _c,
    party: _p,
    currency: _m,
    reference: _r,
    sale_date: _d,
    lines: created,
    ...rest
  } = await saleOf(session, company, order);
  const replaced = [...(lines.length === 0 ? [] : [['delete', [...lines]]]), ...(Array.isArray(created) ? created : [])];
  return { description: null, comment: null, ...rest, lines: replaced };
}

/** Those of the order, else the customer's own, as a person's client fills them in (sale/sale.py, on_change_party): without, all is due at once. */
async function termsOf(session: TrytonSession, { paymentTerms }: OrderToPlace, party: number, context: Context): Promise<Row> {
  if (paymentTerms !== undefined)
    return { payment_term: await only(session, 'account.invoice.payment_term', 'name', paymentTerms, context) };
  const fields = [...(await fieldNames(session, 'party.party', context, ['customer_payment_term']))];
  if (fields.length === 0) return {};
  const { rows } = await searchRead(session, 'party.party', { domain: [['id', '=', party]], fields }, context);
  const own = rows[0]?.customer_payment_term;
  return typeof own === 'number' ? { payment_term: own } : {};
}

/** The note is the seller's own, printed nowhere: room for our reference of the line. */
function lineOf(line: OrderLine, turn: number, products: ReadonlyMap<string, Product>, taxes: ReadonlyMap<number, number[]>): Row {
  const sold = products.get(line.product);
  if (!sold) throw refused(`product ${line.product} is not there, or is not active; correct the order or create it there`);
  if (line.unit !== undefined && !sold.unitNames.includes(line.unit)) {
    throw refused(`product ${line.product} is sold there in ${sold.unitNames[0]}, not in ${line.unit}; correct the unit of the order`);
  }
  return {
    type: 'line',
    sequence: turn + 1,
    product: sold.id,
    unit: sold.unit,
    // Quantities are floats there, whatever we do.
    quantity: Number(line.quantity),
    unit_price: decimal(line.unitPrice),
    taxes: [['add', taxes.get(sold.id) ?? []]],
    note: line.reference,
    ...(line.text === undefined ? {} : { description: line.text }),
  };
}

async function productsOf(session: TrytonSession, { lines }: OrderToPlace, context: Context): Promise<ReadonlyMap<string, Product>> {
  const codes = [...new Set(lines.map((line) => line.product))];
  const fields = ['id', 'code', 'sale_uom.symbol', 'sale_uom.name', 'default_uom.symbol', 'default_uom.name'];
  const search = {
    domain: [
      ['code', 'in', codes],
      ['active', '=', true],
    ],
    fields,
    order: [['id', 'ASC']],
  };
  const { rows } = await searchRead(session, 'product.product', search, context);
  const found = new Map<string, Product>();
  for (const one of shaped(z.array(product), rows, 'product.product.search_read')) {
    if (found.has(one.code)) throw refused(`product code ${one.code} is there more than once; leave one of them active`);
    const unit = one.sale_uom ?? one.default_uom;
    found.set(one.code, { id: one.id, unit: unit.id, unitNames: [unit.symbol, unit.name] });
  }
  return found;
}

async function addressesOf(session: TrytonSession, party: number, context: Context): Promise<Row[]> {
  const uses = await fieldNames(session, 'party.address', context, ['invoice', 'delivery']);
  const search = {
    domain: [
      ['party', '=', party],
      ['active', '=', true],
    ],
    fields: ['id', ...uses],
  };
  return (await searchRead(session, 'party.address', search, context)).rows;
}

/** As Tryton's own client: the first that is meant for it, else the first. */
function usual(addresses: readonly Row[], use: 'invoice' | 'delivery'): Json {
  return (addresses.find((address) => isTrue(address[use])) ?? addresses[0])?.id ?? null;
}

async function only(session: TrytonSession, model: string, field: string, value: string, context: Context): Promise<number> {
  const { rows } = await searchRead(session, model, { domain: [[field, '=', value]], fields: ['id', 'active'] }, context);
  const ids = rows.filter(({ active }) => active === undefined || isTrue(active)).map(({ id }) => Number(id));
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw refused(`${model} "${value}" is there ${ids.length} times; it must be there once`);
  return id;
}

/** Our address ids carry the role behind a slash (mapping.ts). */
function idOf(externalId: string, what: string): number {
  const id = Number(externalId.replace(/\/[^/]*$/, ''));
  if (Number.isInteger(id) && id > 0) return id;
  throw refused(`${what} "${externalId}" is no id of this system; correct the order`);
}

function refused(what: string): NeedsOperatorError {
  return new NeedsOperatorError('ERP_REFUSED', `the order was not sent: ${what}`);
}
