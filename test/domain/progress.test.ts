import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OurLine } from '../../src/domain/orders/match-lines.ts';
import { advance, isOlder, PROGRESS_STATES, type Progress, progressOf } from '../../src/domain/orders/progress.ts';
import { joinTold, type ToldDocument, type ToldLine, toldByTarget } from '../../src/domain/orders/told-order.ts';

const OURS: readonly OurLine[] = [
  { reference: '1', product: '4711', quantity: '10', unitPrice: '12' },
  { reference: '2', product: '4712', quantity: '5', unitPrice: '3.999' },
];

function line(product: string, quantity: string, more: Partial<ToldLine> = {}): ToldLine {
  return { reference: null, product, quantity, unitPrice: null, state: null, shipped: null, cancelled: null, ...more };
}

function told(kind: ToldDocument['kind'], more: Partial<ToldDocument> = {}): ToldDocument {
  return { kind, state: 'open', stateThere: null, version: null, currency: 'EUR', lines: [], ...more };
}

const order = (more: Partial<ToldDocument> = {}) => told('order', { lines: [line('4711', '10'), line('4712', '5')], ...more });

function counts(progress: Progress | null): string[] {
  return (progress?.lines ?? []).map(({ confirmed, refused, shipped, open, cancelled }) =>
    [confirmed, refused, shipped, open, cancelled].join(' '),
  );
}

describe('the progress of an order', () => {
  it.each([
    ['is placed while the ERP waits for a further step', [order({ state: 'draft' })], 'placed', ['10 0 0 10 0', '5 0 0 5 0']],
    ['is confirmed once it is valid there', [order()], 'confirmed', ['10 0 0 10 0', '5 0 0 5 0']],
    ['tells what was refused', [order({ lines: [line('4711', '8'), line('4712', '5', { state: 'refused' })] })], 'confirmed', ['8 2 0 8 0', '0 5 0 0 0']],
    ['is confirmed for what a confirmation says', [order(), told('confirmation', { lines: [line('4711', '7'), line('4712', '5')] })], 'confirmed', ['7 3 0 7 0', '5 0 0 5 0']],
    ['is partly shipped with a shipment that has left', [order(), told('shipment', { state: 'shipped', lines: [line('4711', '4')] })], 'partly_shipped', ['10 0 4 6 0', '5 0 0 5 0']],
    ['is not shipped by a shipment that is being packed', [order(), told('shipment', { lines: [line('4711', '4')] })], 'confirmed', ['10 0 0 10 0', '5 0 0 5 0']],
    ['is shipped when shipments hold all of it, over several orders there', [told('order', { state: 'shipped', lines: [line('4711', '10')] }), told('order', { lines: [line('4712', '5')] }), told('shipment', { state: 'shipped', lines: [line('4712', '5')] })], 'shipped', ['10 0 10 0 0', '5 0 5 0 0']],
    ['is invoiced when the order says so', [order({ state: 'invoiced' })], 'invoiced', ['10 0 10 0 0', '5 0 5 0 0']],
    ['is invoiced when it has left and an invoice is there', [order({ state: 'shipped' }), told('invoice')], 'invoiced', ['10 0 10 0 0', '5 0 5 0 0']],
    ['is cancelled with its only order', [order({ state: 'cancelled' })], 'cancelled', ['10 0 0 0 10', '5 0 0 0 5']],
    ['goes on in the order that took the place of a cancelled one', [order({ state: 'cancelled' }), order()], 'confirmed', ['10 0 0 10 0', '5 0 0 5 0']],
    ['closes with what was shipped of it', [order({ state: 'closed', lines: [line('4711', '10', { shipped: '6' }), line('4712', '5', { shipped: '5' })] })], 'shipped', ['10 0 6 0 4', '5 0 5 0 0']],
    ['is as far as the order says where that tells no lines', [order({ state: 'shipped', lines: [] })], 'shipped', ['10 0 10 0 0', '5 0 5 0 0']],
    ['is returned when all that was shipped came back', [order({ state: 'shipped' }), told('return', { state: 'closed', lines: [line('4711', '10'), line('4712', '5')] })], 'returned', ['10 0 10 0 0', '5 0 5 0 0']],
    ['does not take an unknown product for the end of a line', [order({ lines: [line('4711', '10', { shipped: '10' }), line('9999', '5')] })], 'partly_shipped', ['10 0 10 0 0', '0 5 0 0 0']],
  ] as const)('%s', (_, documents, state, lines) => {
    const progress = progressOf(OURS, documents);
    expect(progress?.state).toBe(state);
    expect(counts(progress)).toEqual(lines);
  }); // biome-ignore format: a table

  it('finds our lines by our mark, else by product, quantity and price, and spreads what the ERP joined', () => {
    const ours = [
      { reference: '1', product: 'A', quantity: '5', unitPrice: '1' },
      { reference: '2', product: 'A', quantity: '5', unitPrice: '2' },
      { reference: '3', product: 'B', quantity: '1', unitPrice: '9' },
    ];
    const joined = [line('A', '10', { shipped: '7' }), line('C', '1', { reference: '3' })];
    expect(counts(progressOf(ours, [order({ lines: joined })]))).toEqual(['5 0 5 0 0', '5 0 2 3 0', '1 0 0 1 0']);
    const apart = [line('A', '5', { unitPrice: '2.0', shipped: '5' }), line('A', '5', { unitPrice: '1' })];
    expect(counts(progressOf(ours, [order({ lines: apart })]))).toEqual(['5 0 0 5 0', '5 0 5 0 0', '0 1 0 0 0']);
  });

  it('joins what was asked for with what was pulled of the same order', () => {
    const lines = [{ product: '4711', quantity: '10.0', unitPrice: '12' }];
    const placed = { id: '1', number: null, reference: 'KO-1', soldTo: 'A', stateThere: 'done', foundIn: null, currency: 'EUR', lines };
    const asked = toldByTarget({ ...placed, state: 'shipped' });
    const pulled = order({ version: '4', lines: [line('4711', '10', { reference: '1', shipped: '10' })] });
    expect(joinTold(asked, pulled)).toMatchObject({ state: 'shipped', version: '4', lines: [{ reference: '1', shipped: '10' }] });
    expect(joinTold({ ...asked, lines: [line('4711', '9')] }, pulled).lines).toMatchObject([{ quantity: '9', shipped: null }]);
  });
});

describe('news', () => {
  const confirmed = progressOf(OURS, [order({ version: '5' })]) as Progress;
  const shipped = progressOf(OURS, [order({ version: '6', state: 'shipped' })]) as Progress;

  it('moves progress forward and never back', () => {
    expect(advance(confirmed, shipped).state).toBe('shipped');
    const back = advance(shipped, progressOf(OURS, [order({ version: '7' })]) as Progress);
    expect(back).toMatchObject({ state: 'shipped', version: '7' });
    expect(counts(back)).toEqual(['10 0 10 0 0', '5 0 5 0 0']);
  });

  it('is ignored when its version is older', () => {
    expect(advance(shipped, { ...confirmed, state: 'cancelled' })).toBe(shipped);
  });

  it('of a cancellation or a return takes it back, and that stays', () => {
    const cancelled = advance(confirmed, progressOf(OURS, [order({ state: 'cancelled' })]) as Progress);
    expect(cancelled.state).toBe('cancelled');
    expect(advance(cancelled, shipped)).toBe(cancelled);
  });

  it.each([
    ['9', '10', true],
    ['10', '9', false],
    ['2026-03-02T08:00:00Z', '2026-03-02T09:30:00+01:00', true],
    ['a', 'b', true],
    [null, '1', false],
    ['1', null, false],
    ['7', '7', false],
  ])('of version %j is older than %j: %j', (version, than, older) => {
    expect(isOlder(version, than)).toBe(older);
  });
});

const quantity = fc.integer({ min: 0, max: 1_500 }).map((n) => new Decimal(n).div(100).toFixed());
const anyLine: fc.Arbitrary<ToldLine> = fc.record({
  reference: fc.constantFrom(null, '1', '2'),
  product: fc.constantFrom('4711', '4712', 'x', null),
  quantity,
  unitPrice: fc.constantFrom(null, '12', '3.999'),
  state: fc.constantFrom(null, 'open', 'shipped', 'refused', 'cancelled'),
  shipped: fc.option(quantity),
  cancelled: fc.option(quantity),
});
const anyDocument: fc.Arbitrary<ToldDocument> = fc.record({
  kind: fc.constantFrom('order', 'order', 'confirmation', 'shipment', 'invoice', 'return', 'credit_note'),
  state: fc.constantFrom(null, 'draft', 'open', 'partly_shipped', 'shipped', 'invoiced', 'paid', 'closed', 'cancelled', 'returned'),
  stateThere: fc.constant(null),
  version: fc.option(fc.nat(9).map(String)),
  currency: fc.constant('EUR'),
  lines: fc.array(anyLine, { maxLength: 4 }),
});
const anyNews = fc
  .array(fc.array(anyDocument, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  .map((rounds) => rounds.map((documents) => progressOf(OURS, documents) as Progress));

describe('whatever is told, in whatever order', () => {
  it('lines add up: ordered = confirmed + refused, confirmed = shipped + open + cancelled', () => {
    fc.assert(
      fc.property(anyNews, (news) => {
        let held: Progress | null = null;
        for (const one of news) held = advance(held, one);
        for (const { ordered, confirmed, refused, shipped, open, cancelled, returned } of held?.lines ?? []) {
          expect(new Decimal(confirmed).plus(refused).toFixed()).toBe(ordered);
          expect(new Decimal(shipped).plus(open).plus(cancelled).toFixed()).toBe(confirmed);
          for (const part of [confirmed, refused, shipped, open, cancelled, returned]) expect(new Decimal(part).isNegative()).toBe(false);
          expect(new Decimal(returned).lte(shipped)).toBe(true);
        }
      }),
    );
  });

  it('neither the state nor what was shipped goes back, and news told twice is told once', () => {
    fc.assert(
      fc.property(anyNews, (news) => {
        let held: Progress | null = null;
        for (const one of news) {
          const next: Progress = advance(held, one);
          expect(PROGRESS_STATES.indexOf(next.state)).toBeGreaterThanOrEqual(held ? PROGRESS_STATES.indexOf(held.state) : 0);
          for (const [place, line] of next.lines.entries())
            expect(new Decimal(line.shipped).gte(held?.lines[place]?.shipped ?? 0)).toBe(true);
          expect(advance(next, one)).toEqual(next);
          held = next;
        }
      }),
    );
  });
});
