/**
 * Orders are sale.order: made by `load` with external ids, all lines in one transaction, then confirmed in a second. A repeated `load` would change
 * the order it made, so it is sent only when `find` found nothing; should an earlier one still be at work, they meet in the external id: one of
 * them waits, or fails with "could not serialize access".
 */
import { z } from 'zod';
import { isJsonObject } from '../../src/connector/json.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { withShippingLine } from '../../src/connector/shipping-line.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { call, callByName, searchRead } from './call.ts';
import { cancelOrder, reviseOrder } from './change-orders.ts';
import { MODULE, orderName } from './external-ids.ts';
import { idOf, nameOf } from './fields.ts';
import { type PriceList, priceLists, products } from './lookups.ts';
import { loadTable } from './order-rows.ts';
import { readOrders } from './placed-orders.ts';
import { type OdooSession, openServer } from './server.ts';
import type { OdooSettings } from './settings.ts';

export const orders: OrderTarget<OdooSettings> = {
  traits: {
    referenceField: 'client_order_ref',
    // Neither column has a limit; people must be able to read it.
    maxReferenceLength: 100,
    referencePattern: '[A-Za-z0-9._/-]+',
    uniqueReference: 'native',
    lookupLagMs: 0,
    // Orders stay in their table for ever.
    alsoLookIn: [],
  },
  find: (session, reference) => findMany(session, [reference]),
  findMany,
  create,
  steps: [
    {
      name: 'confirm',
      // 16 answers true to a second confirmation, 17 refuses it: it is never asked twice.
      isDone: ({ state }) => state !== 'placed',
      run: async (session, { id }) => {
        await call(session, { model: 'sale.order', method: 'action_confirm', ids: [Number(id)], effect: 'write' });
      },
    },
  ],
  cancel: cancelOrder,
  revise: reviseOrder,
  status: async (session, ids) => (ids.length === 0 ? [] : readOrders(session, ['id', 'in', ids.map(Number)])),
};

/** By the reference as people see it, else by the external id, which stays when somebody changes the reference. */
async function findMany(session: OdooSession, references: readonly string[]): Promise<PlacedOrder[]> {
  const found = await readOrders(session, ['client_order_ref', 'in', [...references]]);
  const seen = new Set(found.map(({ reference }) => reference));
  for (const reference of references.filter((one) => !seen.has(one))) {
    const id = await byExternalId(session, reference);
    const renamed = id === null ? [] : await readOrders(session, ['id', '=', id]);
    found.push(...renamed.map((order) => ({ ...order, reference })));
  }
  return found;
}

/** Model and id; `false` for an order this user may not see. */
const reference = z.tuple([z.string(), z.union([z.int(), z.literal(false)])]);

/** ir.model.data itself is not for ordinary users; this method of it is. */
async function byExternalId(session: OdooSession, ours: string): Promise<number | null> {
  const params = { module: MODULE, xml_id: orderName(ours) };
  const called = await callByName(session, { model: 'ir.model.data', method: 'check_object_reference', params, effect: 'read' });
  if (called === null) return null;
  const [, id] = shaped(reference, called.result, 'ir.model.data.check_object_reference');
  if (id !== false) return id;
  throw new NeedsOperatorError(
    'ERP_PERMISSION_MISSING',
    `order ${ours} is there, and hidden from the user of ${session.connection}; let the user see all sales orders of the company`,
  );
}

const loaded = z.looseObject({ ids: z.tuple([z.int()]) });

async function create(session: OdooSession, given: OrderToPlace): Promise<{ id: string; number: null }> {
  const order = withShippingLine(given, session.config.shippingItem);
  const codes = [...new Set(order.lines.map(({ product }) => product))];
  const context = {
    products: await products(session, [['default_code', 'in', codes]], 'active'),
    priceList: await priceListFor(session, order),
    ownTerms: await ownTerms(session, order),
  };
  const table = loadTable(session, order, context);
  const { result } = await call(session, { model: 'sale.order', method: 'load', params: { ...table }, effect: 'write' });
  return { id: String(shaped(loaded, result, 'sale.order.load').ids[0]), number: null };
}

/** An order is in the currency of its price list: the customer's own if that fits, else the first that does. */
async function priceListFor(session: OdooSession, { soldTo, currency, reference: ours }: OrderToPlace): Promise<PriceList | null> {
  const lists = await priceLists(session, 'active');
  const fitting = lists.filter((list) => list.currency === currency);
  if (fitting.length > 1) {
    const own = idOf(await ofCustomer(session, soldTo, 'property_product_pricelist'));
    return fitting.find(({ id }) => id === own) ?? fitting[0] ?? null;
  }
  if (fitting[0]) return fitting[0];
  // Without price lists everything is in the currency of the company.
  if (lists.length === 0 && nameOf(await ofCustomer(session, soldTo, 'currency_id')) === currency) return null;
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `order ${ours} is in ${currency}, and Odoo has no active price list in "${currency}"; add one there: it decides the currency of an order`,
  );
}

/** Up to 15 only a person's form fills them in (sale/models/sale.py, onchange_partner_id); from 16 on they are computed. Asking does no harm there. */
async function ownTerms(session: OdooSession, { soldTo, paymentTerms }: OrderToPlace): Promise<number | null> {
  const { protocol } = await openServer(session);
  if (paymentTerms !== undefined || protocol === 'json-2') return null;
  return idOf(await ofCustomer(session, soldTo, 'property_payment_term_id'));
}

async function ofCustomer(session: OdooSession, id: string, field: string): Promise<unknown> {
  const { rows } = await searchRead(session, 'res.partner', { domain: [['id', '=', Number(id)]], fields: [field] });
  return isJsonObject(rows[0]) ? rows[0][field] : null;
}
