/** What makes two versions of an order the same order to those who approved it: the material fields, hashed (SEMANTICS 2.12). */
import { createHash } from 'node:crypto';
import type { OrderContent } from './order.ts';

/** Texts for people, the buyer's own number and the requested date are not material: correcting them voids no decision. */
export function materialHash(content: OrderContent): string {
  const { soldTo, shipTo, billTo, currency, costCentre, paymentTerms, paymentMethod, shippingCost } = content;
  const lines = content.lines.map(({ reference, product, quantity, unit, unitPrice }) => [reference, product, quantity, unit, unitPrice]);
  const material = [
    soldTo,
    shipTo,
    billTo,
    currency,
    costCentre,
    paymentTerms,
    paymentMethod,
    shippingCost,
    lines,
    ...later(content),
    ...ruled(content),
  ];
  return createHash('sha256').update(JSON.stringify(material)).digest('hex');
}

/** What orders came to name later: where they do not, the hash is the one that was approved before. */
function later({ project = null, tax = null }: OrderContent): unknown[] {
  return project === null && tax === null ? [] : [project, tax];
}

/** What rules ask of a line beside what is ordered, likewise. */
function ruled({ lines }: OrderContent): unknown[] {
  return lines.some(({ category, supplier }) => category !== null || supplier !== null)
    ? [lines.map(({ category, supplier }) => [category, supplier])]
    : [];
}

/** Net, with shipping; minor units. */
export function totalOf({ lines, shippingCost }: Pick<OrderContent, 'lines' | 'shippingCost'>): number {
  return lines.reduce((sum, { amount }) => sum + amount, shippingCost);
}
