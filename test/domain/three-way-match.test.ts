import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Agreed, digestOfDifferences, matchThreeWays } from '../../src/domain/orders/three-way-match.ts';
import type { ToldDocument, ToldLine } from '../../src/domain/orders/told-order.ts';

const AGREED: Agreed = {
  currency: 'EUR',
  lines: [
    { reference: '1', product: '4711', quantity: '10', unitPrice: '12' },
    { reference: '2', product: '4712', quantity: '5', unitPrice: '4' },
  ],
};

function line(product: string | null, quantity: string, unitPrice: string | null, more: Partial<ToldLine> = {}): ToldLine {
  return { reference: null, product, quantity, unitPrice, state: null, shipped: null, cancelled: null, ...more };
}

function order(lines: readonly ToldLine[], more: Partial<ToldDocument> = {}): ToldDocument {
  return { kind: 'order', state: 'open', stateThere: null, version: null, currency: 'EUR', lines, ...more };
}

const GOOD = [line('4711', '10.00', '12.0'), line('4712', '5', '4')];

function match(confirmed: readonly ToldDocument[], { approved = AGREED, sent = AGREED, priceTolerance = 0 } = {}) {
  return matchThreeWays({ approved, sent, confirmed, priceTolerance }).map(
    ({ line: reference, about, approved: a, sent: s, confirmed: c }) => `${reference ?? '-'} ${about}: ${a} ${s} ${c}`,
  );
}

describe('what was approved, sent and confirmed', () => {
  it.each([
    ['is no difference when all agree', GOOD, []],
    ['differs in the price of a line', [line('4711', '10', '12.60'), GOOD[1]], ['1 price: 12 12 12.6']],
    ['differs in the quantity of a line', [GOOD[0], line('4712', '4', '4')], ['2 quantity: 5 5 4']],
    ['differs by what was refused', [GOOD[0], line('4712', '5', '4', { state: 'refused' })], ['2 quantity: 5 5 0']],
    ['differs by a line that is not there', [GOOD[0]], ['2 quantity: 5 5 0']],
    ['differs by a line nobody ordered', [...GOOD, line('9000', '1', '50')], ['- unexpected: null null 1']],
    ['tells a substitute by our mark', [GOOD[0], line('4719', '5', '4', { reference: '2' })], ['2 product: 4712 4712 4719']],
    ['does not mind lines that were split', [line('4711', '4', '12'), line('4711', '6', '12'), GOOD[1]], []],
    ['cannot tell prices that are not told', [line('4711', '10', null), GOOD[1]], []],
  ])('%s', (_, lines, differences) => {
    expect(match([order(lines.filter((one) => one !== undefined))])).toEqual(differences);
  });

  it('may differ in price within the tolerance, in quantity never', () => {
    const lines = [line('4711', '10', '12.12'), line('4712', '5', '3.96')];
    expect(match([order(lines)], { priceTolerance: 0.01 })).toEqual([]);
    expect(match([order(lines)], { priceTolerance: 0.009 })).toHaveLength(2);
    expect(match([order([line('4711', '10.001', '12'), GOOD[1] as ToldLine])], { priceTolerance: 0.5 })).toEqual([
      '1 quantity: 10 10 10.001',
    ]);
  });

  it('differs in its currency', () => {
    expect(match([order(GOOD, { currency: 'CHF' })])).toEqual(['- currency: EUR EUR CHF']);
  });

  it('is no difference while a change is on its way, nor once it has arrived', () => {
    const changed = { ...AGREED, lines: [{ reference: '1', product: '4711', quantity: '8', unitPrice: '12' }] };
    expect(match([order(GOOD)], { approved: changed })).toEqual([]);
    expect(match([order([line('4711', '8', '12')])], { approved: changed })).toEqual([]);
    expect(match([order([line('4711', '9', '12'), GOOD[1] as ToldLine])], { approved: changed })).toEqual(['1 quantity: 8 10 9']);
  });

  it('is what a confirmation says, where there is one, over all orders it became', () => {
    const confirmation = order([line('4711', '10', '13'), GOOD[1] as ToldLine], { kind: 'confirmation' });
    expect(match([order(GOOD), confirmation])).toEqual(['1 price: 12 12 13']);
    expect(match([order([GOOD[0] as ToldLine]), order([GOOD[1] as ToldLine]), order(GOOD, { state: 'cancelled' })])).toEqual([]);
    expect(match([order([])])).toEqual([]);
  });

  it('has one digest, in whatever order the ERP tells its lines', () => {
    const odd = [line('4711', '9', '12.5'), line('4712', '5', '4.5'), line('x', '1', '1'), line('y', '2', '1')];
    const digest = (lines: readonly ToldLine[]) =>
      digestOfDifferences(matchThreeWays({ approved: AGREED, sent: AGREED, confirmed: [order(lines)], priceTolerance: 0 }));
    fc.assert(
      fc.property(fc.shuffledSubarray(odd, { minLength: odd.length }), (lines) => {
        expect(digest(lines)).toBe(digest(odd));
      }),
    );
    expect(digest(odd.slice(1))).not.toBe(digest(odd));
  });
});
