/** Orders: POST makes a draft, a second call confirms it. Finished ones move to an archive with an address of its own. */
import { z } from 'zod';
import type { JsonObject } from '../../src/connector/json.ts';
import { type NotedField, noteOf } from '../../src/connector/order-note.ts';
import type { OrderState, OrderTarget, OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
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

const NOTED: readonly NotedField[] = [
  'note',
  'purchaseOrderNumber',
  'costCentre',
  'paymentTerms',
  'paymentMethod',
  'shippingCost',
  'sites',
  'approvals',
];

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
  async create(session, order) {
    const json = { reference: order.reference, customerId: order.soldTo, currency: order.currency, ...contentOf(order) };
    const answer = await session.http.send({ method: 'POST', path: '/orders', json });
    return shaped(created, answer.json, '/orders');
  },
  steps: [
    {
      name: 'confirm',
      isDone: ({ state }) => state !== 'placed',
      run: async (session, { id }) => {
        await session.http.send({ method: 'POST', path: `${pathOf(id)}/confirm` });
      },
    },
  ],
  // Its state is looked at before: a second time would be refused, and what was shipped always is.
  async cancel(session, { id }) {
    await session.http.send({ method: 'POST', path: `${pathOf(id)}/cancel` });
  },
  // One call that replaces what the order holds: the same twice is the same once.
  async revise(session, { id }, order) {
    await session.http.send({ method: 'PUT', path: pathOf(id), json: contentOf(order) });
  },
  status: async (session, ids) => (ids.length === 0 ? [] : everywhere(session, { ids: ids.join(',') })),
};

/** What may change while an order is open. Everything the system has no field for stands in its note. */
function contentOf(order: OrderToPlace): JsonObject {
  return {
    shipTo: addressId(order.shipTo),
    billTo: addressId(order.billTo),
    requestedOn: order.requestedDeliveryOn ?? null,
    note: noteOf(order, NOTED) ?? null,
    lines: order.lines.map(({ product, quantity, unitPrice, reference }) => ({ product, quantity, unitPrice, lineReference: reference })),
  };
}

function pathOf(id: string): string {
  return `/orders/${encodeURIComponent(id)}`;
}

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
