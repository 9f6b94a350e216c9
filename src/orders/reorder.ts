/** What was ordered once, submitted again: the same goods for the same account, at the contract prices of today (FEATURES C10). */
import { pricePerUnit } from '../domain/orders/amount.ts';
import { civilDay } from '../domain/orders/civil-day.ts';
import type { Submission } from '../domain/orders/submission.ts';
import { NeedsOperatorError } from '../errors.ts';
import { contractPrices } from '../store/orders/contract-prices.ts';
import { loadRevision } from '../store/orders/orders.ts';
import { loadTrees } from '../store/orders/resolve.ts';
import { type HistoryEntry, historyOf } from '../store/views/order-history.ts';
import type { OrderContext } from './order-context.ts';
import { findPerson } from './people.ts';

export interface ReorderRequest {
  /** An order of ours, or an order document of the ERP. */
  readonly source: HistoryEntry['source'];
  readonly id: string;
  /** External id of the person who orders, or `id:` and our own. */
  readonly as: string;
  /** The storefront's, for the new order. */
  readonly reference: string;
}

export interface Reorder {
  /** Goes into `submitOrder` as it is; absent fields are those of the account. */
  readonly submission: Partial<Submission> & Pick<Submission, 'reference' | 'account' | 'orderedBy'>;
  /** Lines whose price is another than it was. */
  readonly changed: ReadonlyArray<{ readonly product: string; readonly was: string | null; readonly is: string }>;
  /** Lines that have no price today: they would be refused. */
  readonly unpriced: readonly string[];
}

/** Throws NOT_FOUND. */
export async function reorder(context: OrderContext, { source, id, as, reference }: ReorderRequest): Promise<Reorder> {
  const { db } = context;
  const entry = await historyOf(db, source, id);
  if (!entry)
    throw new NeedsOperatorError('NOT_FOUND', `there is no order ${id}; \`kontor orders history ACCOUNT\` lists those of an account`);
  const person = await findPerson(db, as);
  const [account] = (await loadTrees(db, [entry.accountId])).get(entry.accountId) ?? [];
  const currency = entry.currency ?? account?.currency ?? null;
  const day = civilDay(context.now(), account?.timeZone ?? null);
  const goods = entry.lines.filter(({ product, quantity }) => product !== null && Number(quantity) > 0);
  const prices = await contractPrices(
    db,
    goods.map(({ product, quantity, unit }, place) => ({
      ...{ place, quantity, unit, day },
      account: entry.accountId,
      product: product ?? '',
      currency: currency ?? '',
    })),
  );
  const lines = goods.map(({ product, quantity, unit, unitPrice: was }, place) => {
    const price = prices.get(place);
    const unitPrice = price ? pricePerUnit(price.unitPrice, price.perQuantity) : null;
    return { product: product ?? '', quantity, unit: unit ?? price?.unit ?? null, unitPrice, was };
  });
  return {
    submission: {
      reference,
      account: `id:${entry.accountId}`,
      orderedBy: `id:${person.id}`,
      ...(currency !== null && { currency }),
      ...(source === 'ours' && (await places(context, id))),
      lines: lines.map(({ was: _, ...line }) => ({ ...line, reference: null, text: null, category: null, supplier: null })),
    },
    changed: lines.flatMap(({ product, unitPrice, was }) =>
      unitPrice === null || (was !== null && Number(was) === Number(unitPrice)) ? [] : [{ product, was, is: unitPrice }],
    ),
    unpriced: lines.flatMap(({ product, unitPrice }) => (unitPrice === null ? [product] : [])),
  };
}

/** To be submitted without its prices: the same reference again is the same order, though prices have moved in between. */
export function pricedWhenTaken({ submission }: Reorder): Reorder['submission'] {
  const { lines = [], ...rest } = submission;
  return { ...rest, lines: lines.map((line) => ({ ...line, unitPrice: null })) };
}

/** Number, date and remarks were about that order alone. */
async function places({ db }: OrderContext, orderId: string): Promise<Partial<Submission>> {
  const { content } = await loadRevision(db, orderId);
  return {
    ...(content.shipTo !== null && { shipTo: `id:${content.shipTo}` }),
    ...(content.billTo !== null && { billTo: `id:${content.billTo}` }),
    ...(content.costCentre !== null && { costCentre: content.costCentre }),
    ...(typeof content.project === 'string' && { project: content.project }),
  };
}
