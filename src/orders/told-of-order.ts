/** What is told of one order, out of the target's answer and the documents that were pulled. */
import type { PlacedOrder } from '../connector/orders.ts';
import { joinTold, type ToldDocument, toldByTarget } from '../domain/orders/told-order.ts';
import type { StoredDocument } from '../store/orders/documents.ts';

/**
 * One order may be in both. Where they cannot be brought together by their number, the order documents that were pulled are left out:
 * the same goods must not count twice. What followed the order counts always.
 */
export function toldOfOrder(answers: readonly PlacedOrder[], documents: readonly StoredDocument[]): ToldDocument[] {
  if (answers.length === 0) return [...documents];
  const pulled = documents.filter(({ kind }) => kind === 'order');
  const followers = documents.filter(({ kind }) => kind !== 'order');
  const twins = answers.map((answer) => pulled.find(({ number }) => number !== null && number === answer.number));
  const asked = answers.map((answer, place) => {
    const twin = twins[place];
    return twin ? joinTold(toldByTarget(answer), twin) : toldByTarget(answer);
  });
  const others = twins.every((twin) => twin !== undefined) ? pulled.filter((one) => !twins.includes(one)) : [];
  return [...asked, ...others, ...followers];
}
