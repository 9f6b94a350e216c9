/** Where the goods of an order should come from: computed anew at every hand-off, since stock moves. */
import type { PushFacts } from '../store/orders/load-for-push.ts';
import type { HandoffContext } from './order-context.ts';
import { proposeSources } from './propose-sources.ts';
import type { ProposedSites } from './to-place.ts';

export async function proposedSites(context: HandoffContext, { kind, orderId, revision }: PushFacts): Promise<ProposedSites> {
  if (kind === 'cancel') return new Map();
  return proposeSources(context.db, context.settings, { orderId, n: revision }, context.now());
}
