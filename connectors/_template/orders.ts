/** Orders: POST makes a draft, a second call confirms it. Finished ones move to an archive with an address of its own. */
import { z } from 'zod';
import type { OrderState, OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import type { Session } from '../../src/connector/session.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { order as orderRecord, type TemplateOrder } from './records.ts';
import type { TemplateSettings } from './settings.ts';

type OrderSession = Session<TemplateSettings>;

const found = z.object({ items: z.array(orderRecord) });
const created = z.object({ id: z.string(), number: z.string().nullable() });

const STATES: Readonly<Record<string, OrderState>> = {
  draft: 'placed',
  confirmed: 'accepted',
  shipped: 'shipped',
  invoiced: 'invoiced',
  cancelled: 'cancelled',
};

/** Path -> where an order was found; `null` for the table of open orders. */
const PLACES = [
  ['/orders', null],
  ['/archive/orders', 'archive'],
] as const;

export const orders: OrderTarget<TemplateSettings> = {
  traits: {
    referenceField: 'reference',
    maxReferenceLength: 30,
    referencePattern: '[A-Za-z0-9._-]+',
    uniqueReference: 'none',
    lookupLagMs: 0,
    alsoLookIn: ['archive'],
  },
  find: async (session, reference) =>
    (await everywhere(session, { reference }))
      // Their search finds every reference that begins so, in any case.
      .filter((one) => one.reference === reference),
  async create(session, { reference, soldTo, shipTo, billTo, currency, lines }) {
    const json = {
      reference,
      customerId: soldTo,
      shipTo: addressId(shipTo),
      billTo: addressId(billTo),
      currency,
      lines: lines.map((line) => ({
        product: line.product,
        quantity: line.quantity,
        unitPrice: line.unitPrice,
        lineReference: line.reference,
      })),
    };
    const answer = await session.http.send({ method: 'POST', path: '/orders', json });
    return shaped(created, answer.json, '/orders');
  },
  steps: [
    {
      name: 'confirm',
      isDone: ({ state }) => state !== 'placed',
      run: async (session, { id }) => {
        await session.http.send({ method: 'POST', path: `/orders/${encodeURIComponent(id)}/confirm` });
      },
    },
  ],
  status: async (session, ids) => (ids.length === 0 ? [] : everywhere(session, { ids: ids.join(',') })),
};

async function everywhere(session: OrderSession, query: Record<string, string>): Promise<PlacedOrder[]> {
  const all: PlacedOrder[] = [];
  for (const [path, foundIn] of PLACES) {
    const { json } = await session.http.send({ path, query });
    const { items } = shaped(found, json, path);
    // An order that moves between our two questions is answered twice, or not at all the other way round: open ones are asked for first.
    for (const item of items) if (!all.some(({ id }) => id === item.id)) all.push(placedOrder(item, foundIn));
  }
  return all;
}

function placedOrder({ id, number, reference, customerId, currency, state, lines }: TemplateOrder, foundIn: string | null): PlacedOrder {
  return { id, number, reference, soldTo: customerId, state: STATES[state] ?? 'placed', stateThere: state, foundIn, lines, currency };
}

/** Our address ids carry the role behind a slash (mapping.ts). */
function addressId(externalId: string | undefined): string | null {
  return externalId === undefined ? null : externalId.replace(/\/[^/]*$/, '');
}
