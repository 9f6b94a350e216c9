/** An approved revision in the words of the connector contract. Nothing that was approved is left out (FEATURES F5). */
import type { OrderToPlace } from '../connector/orders.ts';
import { decimalOfMinor } from '../domain/orders/money.ts';
import type { PushFacts } from '../store/orders/load-for-push.ts';

/** By line reference: the site proposed for it. */
export type ProposedSites = ReadonlyMap<string, string>;

const RELEASED = { rules: 'released by rules', bypass: 'released by bypass', people: 'approved by people' } as const;

export function orderToPlace(facts: PushFacts, soldTo: string, sites: ProposedSites): OrderToPlace {
  const { content, externalKey, shipTo, billTo, contact, comments, approvals, approvedBy } = facts;
  const { purchaseOrderNumber, costCentre, paymentTerms, paymentMethod, requestedDeliveryOn, note, shippingCost } = content;
  const notes = [note, ...comments].filter((text) => text !== null && text !== '').join('\n');
  const released = approvals.length > 0 ? approvals.map((who) => `approved by ${who}`) : [RELEASED[approvedBy ?? 'rules']];
  return {
    reference: externalKey,
    soldTo,
    orderedOn: content.orderedOn,
    currency: content.currency,
    ...given({ shipTo, billTo, contact, purchaseOrderNumber, costCentre, paymentTerms, paymentMethod, requestedDeliveryOn }),
    ...(notes !== '' && { note: notes }),
    approvals: released,
    ...(shippingCost > 0 && { shippingCost: decimalOfMinor(shippingCost, content.currency) }),
    lines: content.lines.map(({ reference, product, quantity, unit, unitPrice, text }) => ({
      reference,
      product,
      quantity,
      unitPrice,
      ...given({ unit, text, site: sites.get(reference) ?? null }),
    })),
  };
}

/** An absent field says "not told", which is another thing than an empty one. */
function given<T extends Record<string, string | null>>(fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as { [K in keyof T]?: string };
}
