import { describe, expect, it } from 'vitest';
import { lineChanges } from '../../src/connector/line-changes.ts';
import type { OrderLine, OrderToPlace, PlacedLine } from '../../src/connector/orders.ts';
import { withoutShippingLine, withShippingLine } from '../../src/connector/shipping-line.ts';

const line = (product: string, quantity: string, unitPrice: string): OrderLine => ({ reference: product, product, quantity, unitPrice });
const there = (product: string | null, quantity: string, unitPrice: string | null): PlacedLine => ({ product, quantity, unitPrice });

describe('what must be done to the lines of an order', () => {
  it('is nothing where both hold the same, however it is written and wherever it stands', () => {
    const changes = lineChanges([line('A', '1', '5'), line('B', '2', '7')], [there('B', '2.0', '7.00'), there('A', '1', '5')]);
    expect(changes).toEqual({ changed: [], missing: [], surplus: [] });
  });

  it('is a change of what has another quantity or price, and otherwise a line more or less', () => {
    const [a, c] = [line('A', '4', '5'), line('C', '1', '1')];
    const [oldA, oldB] = [there('A', '1', '5'), there('B', '2', '7')];
    expect(lineChanges([a, c], [oldB, oldA])).toEqual({ changed: [{ line: a, there: oldA }], missing: [c], surplus: [oldB] });
  });

  it('leaves the line that is right, of two of a product', () => {
    const wrong = there('A', '1', '5');
    const changes = lineChanges([line('A', '2', '5')], [wrong, there('A', '2', '5')]);
    expect(changes).toEqual({ changed: [], missing: [], surplus: [wrong] });
  });
});

describe('shipping cost as a line', () => {
  const order: OrderToPlace = {
    reference: 'ORD-1',
    soldTo: '1',
    orderedOn: '2026-03-02',
    currency: 'EUR',
    shippingCost: '12.50',
    lines: [line('A', '1', '5')],
  };

  it('goes there and comes back', () => {
    const { lines } = withShippingLine(order, 'FREIGHT');
    expect(lines).toMatchObject([{ product: 'A' }, { product: 'FREIGHT', quantity: '1', unitPrice: '12.50' }]);
    expect(withoutShippingLine(lines, 'FREIGHT')).toEqual({ lines: order.lines, shippingCost: '12.5' });
  });

  it('is no line where it is nothing, or where no item is named for it', () => {
    expect([withShippingLine({ ...order, shippingCost: '0.00' }, 'FREIGHT').lines, withShippingLine(order, undefined).lines]).toEqual([
      order.lines,
      order.lines,
    ]);
    expect(withoutShippingLine(order.lines, undefined)).toEqual({ lines: order.lines });
    expect(withoutShippingLine(order.lines, 'FREIGHT')).toEqual({ lines: order.lines, shippingCost: '0' });
  });
});
