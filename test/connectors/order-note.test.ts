import { expect, it } from 'vitest';
import { noteLines, noteOf } from '../../src/connector/order-note.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';

const ORDER: OrderToPlace = {
  reference: 'ORD-1',
  soldTo: '17',
  orderedOn: '2026-03-02',
  currency: 'EUR',
  note: 'Ring twice\n\nSecond gate',
  purchaseOrderNumber: '4500017',
  costCentre: 'CC-7',
  paymentMethod: 'invoice',
  shippingCost: '12.50',
  approvals: ['approved by D. Weiß, on 2026-03-01'],
  lines: [
    { reference: '1', product: 'P-1', quantity: '3', unitPrice: '5', site: 'W2' },
    { reference: '2', product: 'P-2', quantity: '1', unitPrice: '5' },
  ],
};

it('says line by line, in the order asked for, what a system has no field for', () => {
  const fields = [
    'note',
    'purchaseOrderNumber',
    'costCentre',
    'paymentTerms',
    'paymentMethod',
    'shippingCost',
    'sites',
    'approvals',
  ] as const;
  expect(noteLines(ORDER, fields)).toEqual([
    'Ring twice',
    'Second gate',
    'Purchase order number: 4500017',
    'Cost centre: CC-7',
    'Payment method: invoice',
    'Shipping cost: 12.50 EUR',
    'Proposed: 3 of P-1 from W2',
    'approved by D. Weiß, on 2026-03-01',
  ]);
});

it('says nothing of what the order does not have', () => {
  const { note: _n, approvals: _a, ...bare } = ORDER;
  expect(noteOf({ ...bare, shippingCost: '0.00' }, ['note', 'approvals', 'shippingCost', 'contact'])).toBeUndefined();
});
