import { describe, expect, it } from 'vitest';
import type { PlacedOrder } from '../../src/connector/orders.ts';
import { type Expected, reconcileOrder } from '../../src/domain/orders/reconcile-order.ts';

const AGREED = { currency: 'EUR', lines: [{ reference: '1', product: '4711', quantity: '2', unitPrice: '12.5' }] };
const EXPECTED: Expected = {
  orderId: '7',
  externalKey: 'KO-7',
  isCancelled: false,
  isKnownCancelled: false,
  soldTo: ['A-2'],
  approved: AGREED,
  sent: AGREED,
};

function placed(more: Partial<PlacedOrder> = {}): PlacedOrder {
  const lines = [{ product: '4711', quantity: '2', unitPrice: '12.50' }];
  return {
    id: '1',
    number: 'SO-1',
    reference: 'KO-7',
    soldTo: 'A-2',
    state: 'accepted',
    stateThere: 'sale',
    foundIn: null,
    currency: 'EUR',
    lines,
    ...more,
  };
}

const gone = placed({ state: 'cancelled' });

function judge(found: readonly PlacedOrder[], change: Partial<Expected> = {}, isAccepted = false): string | null {
  const finding = reconcileOrder({ ...EXPECTED, ...change }, found, { priceTolerance: 0, isAccepted: () => isAccepted });
  return finding && `${finding.kind}: ${finding.text}`;
}

describe('an accepted order beside what the ERP holds', () => {
  it.each([
    ['is well when it is there once', [placed()], {}, null],
    ['is missing when nothing is there', [], {}, /^missing: KO-7 was accepted and cannot be found there/],
    ['is doubled when two live ones are there', [placed(), placed({ id: '2', number: 'SO-2' }), gone], {}, /^doubled: KO-7 is there 2 times: SO-1, SO-2/],
    ['differs when only a cancelled one is there', [gone], {}, /^differing: KO-7 is cancelled there \(SO-1\) and not here/],
    ['is well when we know of its cancellation there', [gone], { isKnownCancelled: true }, null],
    ['is well when we cancelled it and it is gone or cancelled', [gone], { isCancelled: true }, null],
    ['is well when we cancelled it and the ERP removes such orders', [], { isCancelled: true }, null],
    ['differs when we cancelled it and it lives on', [placed()], { isCancelled: true }, /^differing: KO-7 was cancelled by us and is "sale" there as SO-1/],
    ['differs when it stands on another customer', [placed({ soldTo: 'B-1' })], {}, /^differing: .*for customer B-1, not A-2/],
    ['is well when nobody knows how the customer is called there', [placed({ soldTo: 'B-1' })], { soldTo: [] }, null],
    ['differs in its lines', [placed({ lines: [{ product: '4711', quantity: '3', unitPrice: '13' }] })], {}, /^differing: .*line 1 \(4711\): price 12\.5 approved, 13 confirmed; line 1 \(4711\): quantity 2 approved, 3 confirmed; see/],
  ] as const)('%s', (_, found, change, verdict) => {
    if (verdict === null) expect(judge(found, change)).toBeNull();
    else expect(judge(found, change)).toMatch(verdict);
  }); // biome-ignore format: a table

  it('is well where a person has accepted the difference', () => {
    const dear = placed({ lines: [{ product: '4711', quantity: '2', unitPrice: '13' }] });
    expect(judge([dear])).toMatch(/^differing/);
    expect(judge([dear], {}, true)).toBeNull();
  });
});
