/** Changing and cancelling: what is so already is not sent, what came too late is for people. */
import { describe, expect, it } from 'vitest';
import { cancelOrder, reviseOrder } from '../../src/connector/change-order.ts';
import { differencesBetween } from '../../src/connector/differences-between.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import type { Session } from '../../src/connector/session.ts';
import { RetryLaterError } from '../../src/errors.ts';

const ORDER: OrderToPlace = {
  reference: 'ORD-1',
  soldTo: '17',
  orderedOn: '2026-03-02',
  currency: 'EUR',
  lines: [
    { reference: '1', product: 'P-1', quantity: '3', unitPrice: '249.9' },
    { reference: '2', product: 'P-2', quantity: '1', unitPrice: '5' },
  ],
};
const PLACED: PlacedOrder = {
  id: '1',
  number: 'SO-1',
  reference: 'ORD-1',
  soldTo: '17',
  state: 'accepted',
  stateThere: 'open',
  foundIn: null,
  lines: [
    { product: 'P-1', quantity: '3', unitPrice: '249.9' },
    { product: 'P-2', quantity: '1', unitPrice: '5' },
  ],
  currency: 'EUR',
};
const MORE: OrderToPlace = { ...ORDER, lines: ORDER.lines.map((line) => ({ ...line, quantity: '7' })) };
const SESSION = {} as Session<null>;

type Target = OrderTarget<null> & { calls: string[] };

function targetOf(held: PlacedOrder[], { removes = false, deaf = false }: { removes?: boolean; deaf?: boolean } = {}): Target {
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
      removesCancelled: removes,
    },
    async find() {
      calls.push('find');
      return [...held];
    },
    create: () => Promise.reject(new Error('nothing is created here')),
    steps: [],
    status: async () => [],
    async cancel() {
      calls.push('cancel');
      if (!deaf) held.splice(0, 1, ...(removes ? [] : [{ ...PLACED, state: 'cancelled' as const }]));
    },
    async revise(_, placed, { lines }) {
      calls.push('revise');
      if (!deaf) held.splice(0, 1, { ...placed, lines });
    },
  };
}

describe('cancelling', () => {
  it('is sent once, and seen to be done', async () => {
    const target = targetOf([PLACED]);
    const first = await cancelOrder(target, SESSION, ORDER);
    const second = await cancelOrder(target, SESSION, ORDER);
    expect([first, second]).toMatchObject([{ placed: { state: 'cancelled' }, changed: true }, { changed: false }]);
    expect(target.calls).toEqual(['find', 'cancel', 'find', 'find']);
  });

  it('is done where the system keeps nothing of it', async () => {
    const target = targetOf([PLACED], { removes: true });
    const answers = [await cancelOrder(target, SESSION, ORDER), await cancelOrder(target, SESSION, ORDER)];
    expect(answers).toMatchObject([
      { placed: { state: 'cancelled', stateThere: 'removed' }, changed: true },
      { placed: null, changed: false },
    ]);
  });

  it.each(['shipped', 'invoiced'] as const)('of what is %s is refused before anything is sent', async (state) => {
    const target = targetOf([{ ...PLACED, state, stateThere: 'on its way' }]);
    await expect(cancelOrder(target, SESSION, ORDER)).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('on its way'),
    });
    expect(target.calls).toEqual(['find']);
  });

  it('that changes nothing is told', async () => {
    const deaf = targetOf([PLACED], { deaf: true });
    await expect(cancelOrder(deaf, SESSION, ORDER)).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('"open"'),
    });
  });

  it('of an order that nobody finds is told, where systems keep what was cancelled', async () => {
    await expect(cancelOrder(targetOf([]), SESSION, ORDER)).rejects.toMatchObject({ code: 'ERP_NOT_FOUND' });
  });

  it('whose answer is lost is not looked at before it can be seen', async () => {
    const lost = async () => {
      throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'half a page');
    };
    const answer = cancelOrder({ ...targetOf([PLACED]), cancel: lost }, SESSION, ORDER);
    await expect(answer).rejects.toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN', retryAfterMs: 90_000 });
  });

  it('through a connector that cannot is for people', async () => {
    const { cancel: _, ...target } = targetOf([PLACED]);
    await expect(cancelOrder(target, SESSION, ORDER)).rejects.toMatchObject({ code: 'HANDOFF_UNSUPPORTED' });
  });
});

describe('changing', () => {
  it('is sent once, and seen to be done', async () => {
    const target = targetOf([PLACED]);
    const asked: string[] = [];
    const options = { beforeSend: (call: string) => void asked.push(call) };
    const first = await reviseOrder(target, SESSION, MORE, options);
    const second = await reviseOrder(target, SESSION, MORE, options);
    expect([first, second]).toMatchObject([{ placed: { lines: MORE.lines }, changed: true }, { changed: false }]);
    expect([target.calls, asked]).toEqual([['find', 'revise', 'find', 'find'], ['revise']]);
  });

  it('leads through the steps again', async () => {
    const held = [PLACED];
    const target = targetOf(held);
    const falling: Target = {
      ...target,
      steps: [{ name: 'confirm', isDone: ({ state }) => state !== 'placed', run: async () => void held.splice(0, 1, { ...(held[0] as PlacedOrder), state: 'accepted' }) }],
      revise: async (_, placed, { lines }) => void held.splice(0, 1, { ...placed, lines, state: 'placed' }),
    }; // biome-ignore format: one target
    expect(await reviseOrder(falling, SESSION, MORE)).toMatchObject({
      placed: { state: 'accepted' },
      calls: ['find', 'revise', 'find', 'confirm', 'find'],
    });
  });

  it('that leaves something otherwise says what', async () => {
    const deaf = targetOf([PLACED], { deaf: true });
    await expect(reviseOrder(deaf, SESSION, MORE)).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('P-1: 3 x 249.9 there, 7 x 249.9 here'),
    });
  });

  it.each([
    [{ state: 'cancelled' } as const, 'ORDER_STATE'],
    [{ state: 'shipped' } as const, 'ERP_REFUSED'],
    [{ foundIn: 'invoices' }, 'ERP_REFUSED'],
    [{ soldTo: '99' }, 'ORDER_REFERENCE_TAKEN'],
  ])('of an order that is %o is refused before anything is sent', async (there, code) => {
    const target = targetOf([{ ...PLACED, ...there }]);
    await expect(reviseOrder(target, SESSION, MORE)).rejects.toMatchObject({ code });
    expect(target.calls).toEqual(['find']);
  });
});

describe('the differences between two orders', () => {
  it.each<[string, Partial<PlacedOrder>]>([
    ['the lines stand in another order', { lines: PLACED.lines.toReversed() }],
    ['decimals are written otherwise', { lines: [{ product: 'P-1', quantity: '3.000', unitPrice: '249.90' }, { product: 'P-2', quantity: '1', unitPrice: '5.0' }] }],
    ['it does not tell prices', { lines: PLACED.lines.map((line) => ({ ...line, unitPrice: null })) }],
    ['it tells neither currency nor customer', { currency: null, soldTo: null }],
    ['it tells that there is no shipping cost', { shippingCost: '0.00' }],
  ])('are none when %s', (_, there) => {
    expect(differencesBetween(ORDER, { ...PLACED, ...there })).toEqual([]);
  }); // biome-ignore format: one table

  it.each<[string, Partial<PlacedOrder>]>([
    ['sold to 99 there, to 17 here', { soldTo: '99' }],
    ['USD there, EUR here', { currency: 'USD' }],
    ['P-2: none there, 1 x 5 here', { lines: PLACED.lines.slice(0, 1) }],
    ['P-2: 1 x 5 there, none here', { lines: [...PLACED.lines, ...PLACED.lines.slice(1)] }],
    ['P-1: 3 x 249.91 there, 3 x 249.9 here', { lines: [{ product: 'P-1', quantity: '3', unitPrice: '249.91' }, ...PLACED.lines.slice(1)] }],
    ['without product: 1 x 5 there, none here', { lines: [...PLACED.lines, { product: null, quantity: '1', unitPrice: '5' }] }],
    ['shipping cost 4.5 there, 0 here', { shippingCost: '4.50' }],
  ])('are told: %s', (words, there) => {
    expect(differencesBetween(ORDER, { ...PLACED, ...there })).toEqual([words]);
  }); // biome-ignore format: one table

  it('know quantities that no float can tell apart', () => {
    const lines = [{ product: 'P-1', quantity: '9007199254740993', unitPrice: null }];
    const order = { ...ORDER, lines: [{ ...ORDER.lines[0], product: 'P-1', quantity: '9007199254740992' }] } as OrderToPlace;
    expect(differencesBetween(order, { ...PLACED, lines })).toHaveLength(1);
  });

  it('pair a price that is not told with the line that is left', () => {
    const [line] = ORDER.lines as [OrderToPlace['lines'][number]];
    const order = { ...ORDER, lines: [line, { ...line, unitPrice: '240' }] };
    const lines = [{ product: 'P-1', quantity: '3', unitPrice: null }, PLACED.lines[0] as PlacedOrder['lines'][number]];
    expect(differencesBetween(order, { ...PLACED, lines })).toEqual([]);
  });
});
