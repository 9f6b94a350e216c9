/** What becomes of one order, whatever its system answers: never two, never somebody else's taken for it. */
import { describe, expect, it } from 'vitest';
import type { OrderStep, OrderTarget, OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
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
  it('with equal content, it is adopted and not sent again', async () => {
    const target = targetOf([PLACED]);
    expect(await placeOrder(target, SESSION, ORDER)).toEqual({ placed: PLACED, created: false, adopted: true, calls: ['find'] });
    expect(target.calls).toEqual(['find']);
  });

  it('with other content, the differences are named and nothing is sent', async () => {
    const target = targetOf([{ ...PLACED, lines: [{ product: 'P-1', quantity: '2', unitPrice: '249.9' }] }]);
    await expect(placeOrder(target, SESSION, ORDER)).rejects.toMatchObject({
      code: 'ORDER_DIFFERS',
      message: expect.stringContaining('P-1: 2 x 249.9 there, 3 x 249.9 here'),
    });
    expect(target.calls).toEqual(['find']);
  });

  it('and cancelled, it is for people whether it is made again', async () => {
    const target = targetOf([{ ...PLACED, state: 'cancelled', stateThere: 'void' }]);
    await expect(placeOrder(target, SESSION, ORDER)).rejects.toMatchObject({
      code: 'ORDER_STATE',
      message: expect.stringContaining('void'),
    });
    expect(target.calls).toEqual(['find']);
  });

  it.each(['accepted', 'cancelled'] as const)("another customer's %s order is not taken for it", async (state) => {
    const target = targetOf([{ ...PLACED, soldTo: '99', state }]);
    await expect(placeOrder(target, SESSION, ORDER)).rejects.toMatchObject({ code: 'ORDER_REFERENCE_TAKEN' });
    expect(target.calls).toEqual(['find']);
  });

  it('is taken where the system does not tell for whom it is', async () => {
    const held = { ...PLACED, soldTo: null };
    expect(await placeOrder(targetOf([held]), SESSION, ORDER)).toMatchObject({ placed: held, adopted: true });
  });

  it('twice, is for people', async () => {
    const twice = targetOf([PLACED, { ...PLACED, id: '2', number: 'SO-2' }]);
    await expect(placeOrder(twice, SESSION, ORDER)).rejects.toMatchObject({ code: 'ORDER_DOUBLED' });
  });
});

describe('an order that is not there', () => {
  it('is created, and looked at again', async () => {
    const answer = await placeOrder(targetOf([]), SESSION, ORDER);
    expect(answer).toEqual({ placed: PLACED, created: true, adopted: false, calls: ['find', 'create', 'find'] });
  });

  it('is not looked at again where its creation is all and its answer is enough', async () => {
    const answer = await placeOrder(targetOf([]), SESSION, ORDER, { confirm: false });
    expect(answer).toMatchObject({ placed: { id: '1', state: 'accepted', lines: ORDER.lines }, created: true, calls: ['find', 'create'] });
  });

  it('is not looked at again either where no order of this installation waits for the step', async () => {
    const held: PlacedOrder[] = [];
    const target = { ...targetOf(held), steps: [{ ...confirming(held), mayApply: () => false }] };
    expect(await placeOrder(target, SESSION, ORDER, { confirm: false })).toMatchObject({ calls: ['find', 'create'] });
  });

  it('is looked at between its steps all the same', async () => {
    const held: PlacedOrder[] = [];
    const target = { ...targetOf(held, () => void held.push({ ...PLACED, state: 'placed' })), steps: [confirming(held)] };
    const answer = await placeOrder(target, SESSION, ORDER, { confirm: false });
    expect(answer).toMatchObject({ placed: { state: 'accepted' }, calls: ['find', 'create', 'find', 'confirm', 'find'] });
  });
});

describe('who asks before each sending', () => {
  it('is asked before the creation and each step, and not before looking', async () => {
    const held: PlacedOrder[] = [];
    const target = { ...targetOf(held, () => void held.push({ ...PLACED, state: 'placed' })), steps: [confirming(held)] };
    const asked: string[] = [];
    await placeOrder(target, SESSION, ORDER, { beforeSend: (call) => asked.push(call) });
    expect(asked).toEqual(['create', 'confirm']);
  });

  it('and says no: nothing is sent, and nothing is unknown', async () => {
    const target = targetOf([]);
    const no = new RetryLaterError('LEASE_LOST', 'too late');
    await expect(placeOrder(target, SESSION, ORDER, { beforeSend: failing(no) })).rejects.toBe(no);
    expect(target.calls).toEqual(['find']);
  });
});

function confirming(held: PlacedOrder[]): OrderStep<null> {
  return {
    name: 'confirm',
    isDone: ({ state }) => state !== 'placed',
    run: async () => void held.splice(0, 1, PLACED),
  };
}
