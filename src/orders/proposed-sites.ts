/** Where the goods of an order should come from: computed anew at every hand-off, since stock moves. */
import type { PushFacts } from '../store/orders/load-for-push.ts';
import type { HandoffContext } from './order-context.ts';
//TMP
import type { ProposedSites } from './to-place.ts';

export async function proposedSites(context: HandoffContext, { kind, orderId, revision }: PushFacts): Promise<ProposedSites> {
  const { db, settings } = context;
  if (kind === 'cancel' || Object.keys(settings.orders.sites).length === 0) return new Map();
  return new Map();
}
