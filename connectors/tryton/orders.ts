/**
 * Orders are sales: created as a draft with all lines in one call, then quoted, confirmed and processed in calls of their own. Nothing in
 * Tryton refuses a second sale with the same reference, so `find` comes before `create`.
 */
import { z } from 'zod';
import type { OrderStep, OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { openCompany } from './company.ts';
import { isAtLeast, stateOf } from './order-states.ts';
import { call, searchRead, type TrytonSession } from './rpc.ts';
import { saleOf } from './sale-of.ts';
import type { OrderStage, TrytonSettings } from './settings.ts';

const SALE_FIELDS = ['id', 'number', 'reference', 'party', 'state', 'invoice_state', 'shipment_state', 'currency.code'].concat([
  'lines.type',
  'lines.product.code',
  'lines.quantity',
  'lines.unit_price',
]);

const sale = z.looseObject({
  id: z.int(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  party: z.int(),
  state: z.string(),
  invoice_state: z.string().nullish(),
  shipment_state: z.string().nullish(),
  currency: z.looseObject({ code: z.string() }),
  lines: z.array(
    z.looseObject({
      id: z.int(),
      type: z.string(),
      product: z.looseObject({ code: z.string().nullable() }).nullish(),
      quantity: z.number().nullish(),
      unit_price: z.string().nullish(),
    }),
  ),
});

export const orders: OrderTarget<TrytonSettings> = {
  traits: {
    referenceField: 'reference',
    // Its column has no limit; people must be able to read it.
    maxReferenceLength: 100,
    referencePattern: '[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?',
    uniqueReference: 'none',
    // A sale is seen as soon as it is committed. But a call whose connection broke may still be at work: trytond does not stop it.
    lookupLagMs: 30_000,
    alsoLookIn: [],
  },
  find: (session, reference) => sales(session, ['reference', '=', reference]),
  async create(session, order) {
    const company = await openCompany(session);
    const values = await saleOf(session, company, order);
    const { result } = await call(session.http, session.config, 'model.sale.sale.create', [[values], company.context], 'write');
    const [id] = shaped(z.tuple([z.int()]), result, 'sale.sale.create');
    return { id: String(id), number: null };
  },
  steps: [step('quote', 'quotation'), step('confirm', 'confirmed'), step('process', 'processing')],
  status: async (session, ids) => (ids.length === 0 ? [] : sales(session, ['id', 'in', ids.map(Number)])),
};

/** Each is a silent no-op where it does not apply (observed on 6.0), so the state afterwards is what counts. */
function step(name: 'quote' | 'confirm' | 'process', reached: OrderStage): OrderStep<TrytonSettings> {
  return {
    name,
    // `accepted` is as far as the settings want to go.
    isDone: ({ state, stateThere }) => state !== 'placed' || isAtLeast(stateThere, reached),
    async run(session, { id }) {
      const { context } = await openCompany(session);
      await call(session.http, session.config, `model.sale.sale.${name}`, [[Number(id)], context], 'write');
    },
  };
}

async function sales(session: TrytonSession, clause: [string, string, string | number[]]): Promise<PlacedOrder[]> {
  const { context } = await openCompany(session);
  const search = { domain: [clause], fields: SALE_FIELDS, order: [['id', 'ASC']] };
  const { all } = await searchRead(session, 'sale.sale', search, context);
  return shaped(z.array(sale), all, 'sale.sale.search_read').map((found) => ({
    id: String(found.id),
    number: found.number,
    reference: found.reference ?? '',
    soldTo: String(found.party),
    state: stateOf(found, session.config.ordersUpTo),
    stateThere: found.state,
    foundIn: null,
    currency: found.currency.code,
    lines: found.lines
      .filter(({ type }) => type === 'line')
      .map(({ product, quantity, unit_price }) => ({
        product: product?.code ?? null,
        quantity: canonical(String(quantity ?? 0)),
        unitPrice: unit_price === undefined || unit_price === null ? null : canonical(unit_price),
      })),
  }));
}

/** "249.9000" -> "249.9" */
function canonical(decimal: string): string {
  return decimal.includes('.') && !/e/i.test(decimal) ? decimal.replace(/\.?0+$/, '') : decimal;
}
