/** What becomes of one order, whatever its system answers: never two, never somebody else's taken for it. */
import { describe, expect, it } from 'vitest';
import type { OrderTarget, OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import type { Session } from '../../src/connector/session.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';

const ORDER: OrderToPlace = {
  reference: 'ORD-1',
  soldTo: '17',
  orderedOn: '2026-03-02',
  currency: 'EUR',
  lines: [{ reference: '1', product: 'P-1', quantity: '3', unitPrice: '249.9' }],
};
const PLACED: PlacedOrder = {
  id: '1',
  number: 'SO-1',
  reference: 'ORD-1',
  soldTo: '17',
  state: 'accepted',
  stateThere: 'open',
  foundIn: null,
  lines: [{ product: 'P-1', quantity: '3', unitPrice: '249.9' }],
  currency: 'EUR',
};

/** A system that holds these orders; `create` does as it is told. */
function targetOf(held: PlacedOrder[], create: () => void = () => void held.push(PLACED)): OrderTarget<null> & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    traits: {
      referenceField: 'reference',
      maxReferenceLength: 10,
      referencePattern: '[A-Z0-9-]+',
      uniqueReference: 'none',
      lookupLagMs: 90_000,
      alsoLookIn: [],
    },
    async find() {
      calls.push('find');
      return [...held];
    },
    async create() {
      calls.push('create');
      create();
      return { id: '1', number: null };
    },
    steps: [],
    status: async () => [],
  };
}

const SESSION = {} as Session<null>;
const failing = (error: Error) => () => {
  throw error;
};

describe('when nobody knows whether the order was made', () => {
  it.each([
    ['the call broke off', new RetryLaterError('ERP_OUTCOME_UNKNOWN', 'cut off'), 90_000],
    ['it said to wait for longer', new RetryLaterError('ERP_OUTCOME_UNKNOWN', 'later', { retryAfterMs: 120_000 }), 120_000],
    ['its answer cannot be read', new RetryLaterError('ERP_ANSWER_UNUSABLE', 'a login page'), 90_000],
  ])('%s: it is not looked for before it can be seen', async (_, error, retryAfterMs) => {
    const target = targetOf([], failing(error));
    await expect(placeOrder(target, SESSION, ORDER)).rejects.toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN', retryAfterMs });
    expect(target.calls).toEqual(['find', 'create']);
  });

  it.each([
    new RetryLaterError('ERP_RATE_LIMITED', 'too many', { retryAfterMs: 1_000 }),
    new RetryLaterError('ERP_CONFLICT', 'locked'),
    new NeedsOperatorError('ERP_REFUSED', 'no such product'),
  ])('what was certainly not carried out stays what it is ($code)', async (error) => {
    await expect(placeOrder(targetOf([], failing(error)), SESSION, ORDER)).rejects.toBe(error);
  });
});

describe('when the reference is there already', () => {
  it('is not sent again', async () => {
    const target = targetOf([PLACED]);
    expect(await placeOrder(target, SESSION, ORDER)).toEqual(PLACED);
    expect(target.calls).toEqual(['find']);
  });

  it.each(['accepted', 'cancelled'] as const)("another customer's %s order is not taken for it", async (state) => {
    const target = targetOf([{ ...PLACED, soldTo: '99', state }]);
    await expect(placeOrder(target, SESSION, ORDER)).rejects.toMatchObject({ code: 'ORDER_REFERENCE_TAKEN' });
    expect(target.calls).toEqual(['find']);
  });

  it('is taken where the system does not tell for whom it is', async () => {
    const held = { ...PLACED, soldTo: null };
    expect(await placeOrder(targetOf([held]), SESSION, ORDER)).toEqual(held);
  });

  it('twice, is for people', async () => {
    const twice = targetOf([PLACED, { ...PLACED, id: '2', number: 'SO-2' }]);
    await expect(placeOrder(twice, SESSION, ORDER)).rejects.toMatchObject({ code: 'ORDER_DOUBLED' });
  });
});
