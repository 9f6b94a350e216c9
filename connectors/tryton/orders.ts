/**
 * Orders are sales: created as a draft with all lines in one call, then quoted, confirmed and processed in calls of their own. Nothing in
 * Tryton refuses a second sale with the same reference, so `find` comes before `create`.
 */
import { z } from 'zod';
import type { OrderStep, OrderTarget } from '../../src/connector/orders.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { cancelSale, reviseSale } from './change-sales.ts';
import { openCompany } from './company.ts';
import { isAtLeast } from './order-states.ts';
import { sales } from './placed-sales.ts';
import { call } from './rpc.ts';
import { saleOf } from './sale-of.ts';
import type { OrderStage, TrytonSettings } from './settings.ts';

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
  lookupLagMs: ({ lookupLagSeconds }) => lookupLagSeconds * 1_000,
  find: (session, reference) => sales(session, ['reference', '=', reference]),
  findMany: (session, references) => sales(session, ['reference', 'in', [...references]]),
  async create(session, order) {
    const company = await openCompany(session);
    const values = await saleOf(session, company, order);
    const { result } = await call(session.http, session.config, 'model.sale.sale.create', [[values], company.context], 'write');
    const [id] = shaped(z.tuple([z.int()]), result, 'sale.sale.create');
    return { id: String(id), number: null };
  },
  cancel: cancelSale,
  revise: reviseSale,
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
