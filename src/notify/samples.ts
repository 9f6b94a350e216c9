/** An invented example of every event: what templates are proved with, and what `kontor mail preview` shows. */
import type { OrderContent, OrderContentLine } from '../domain/orders/order.ts';
import type { ToldOrder } from '../store/mail/told-orders.ts';
import type { NoticeEvent } from '../store/notifications.ts';
import type { Matter } from './tell/matter.ts';

const line = (reference: string, product: string, productName: string, quantity: string, unitPrice: string, amount: number) =>
  ({
    reference,
    product,
    productName,
    quantity,
    unit: 'PCE',
    unitPrice,
    amount,
    category: null,
    supplier: null,
    text: null,
  }) satisfies OrderContentLine;

const BEFORE: OrderContent = {
  soldTo: '1',
  shipTo: '2',
  billTo: null,
  currency: 'EUR',
  orderedOn: '2026-11-23',
  requestedDeliveryOn: '2026-12-01',
  purchaseOrderNumber: 'PO-4711',
  costCentre: '4100',
  paymentTerms: 'N30',
  paymentMethod: null,
  note: 'Please deliver to the back entrance & ring twice',
  shippingCost: 1_950,
  lines: [
    line('10', '4715', 'Convection oven, 6 trays, <230 °C', '1', '1000.00', 100_000),
    line('20', '4711', 'Ladle, stainless steel', '24', '12.00', 28_800),
  ],
};
const AFTER: OrderContent = {
  ...BEFORE,
  requestedDeliveryOn: '2026-12-03',
  lines: [
    line('10', '4715', 'Convection oven, 6 trays, <230 °C', '1', '1000.00', 100_000),
    line('20', '4711', 'Ladle, stainless steel', '12', '12.00', 14_400),
    line('30', '4712', 'Skimmer', '6', '3.999', 2_399),
  ],
};

const ORDER: ToldOrder = {
  id: '1',
  reference: 'R-1042',
  externalKey: 'KO-17',
  state: 'pending_approval',
  account: 'Hansa Nord',
  orderedBy: 'Greta Brandt',
  onBehalfOf: null,
  submittedAt: new Date('2026-11-23T09:00:00Z'),
  revision: 2,
  currency: 'EUR',
  total: 118_749,
  content: AFTER,
};
const version = (n: number, content: OrderContent, total: number) => ({
  n,
  content,
  total,
  editedById: n === 1 ? null : '3',
  editedBy: n === 1 ? null : 'Jens Brandt',
  reason: n === 1 ? null : 'Twelve are enough until spring',
  createdAt: new Date(n === 1 ? '2026-11-23T09:00:00Z' : '2026-11-23T13:30:00Z'),
});

const FACTS: Readonly<Partial<Record<NoticeEvent, Record<string, unknown>>>> = {
  'budget.alert': {
    budget: 'NORD-KITCHEN',
    budgetName: 'Nord, kitchen',
    period: '2026-11',
    percent: 80,
    used: 412_050,
    limitedTo: 500_000,
    currency: 'EUR',
  },
  'radar.listed': { reason: 'the only approver, a deputy, is away', since: '2026-11-23T09:00:00Z' },
  'absence.handover': { startsAt: '2026-12-01T08:00:00Z', endsAt: '2026-12-12T17:00:00Z', deputies: ['Ines Paulsen'] },
};
const STATES: Readonly<Partial<Record<NoticeEvent, ToldOrder['state']>>> = {
  'approval.recalled': 'released',
  'order.approved': 'released',
  'order.declined': 'declined',
  'order.expired': 'expired',
};

export function sampleMatter(event: NoticeEvent): Matter {
  const verdict = event === 'order.declined' ? 'decline' : 'approve';
  return {
    event,
    facts: FACTS[event] ?? {},
    revision: 2,
    personId: '3',
    order: { ...ORDER, state: STATES[event] ?? ORDER.state },
    change: { versions: [version(1, BEFORE, 130_750), version(2, AFTER, ORDER.total)], withdrawUntil: new Date('2026-11-24T13:30:00Z') },
    step: {
      id: '1',
      name: 'Purchasing',
      mode: 'any',
      needed: 1,
      approvers: [{ kind: 'superior', level: 1 }],
      rules: ['Orders above 1,000 EUR', 'Kitchen equipment'],
      holders: [
        { personId: '3', name: 'Jens Brandt', forName: 'Maren Timm' },
        { personId: '4', name: 'Ines Paulsen', forName: null },
      ],
    },
    decision: {
      orderId: '1',
      by: 'Jens Brandt',
      verdict,
      comment: 'Fine, but please plan the next one earlier.',
      at: new Date('2026-11-23T13:00:00Z'),
    },
    addresses: new Map([
      ['2', { id: '2', name: 'Hansa Nord, kitchen', lines: ['Hafenstraße 7'], postalCode: '24103', city: 'Kiel', country: 'DE' }],
    ]),
    waiting: [
      { personId: '3', reference: 'R-1042', account: 'Hansa Nord', total: 118_749, currency: 'EUR', assignedAt: null },
      { personId: '3', reference: 'R-1043', account: 'Hansa Süd', total: 9_900, currency: 'EUR', assignedAt: null },
    ],
    linkUrl: `https://kontor.example/${event === 'order.changed' ? 'change' : 'decide'}/an-example-that-decides-nothing`,
    lateSince: null,
  };
}
