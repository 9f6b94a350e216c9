/** What stands behind a decision link: the order as it is now, and whether it may still be decided with this link. Looking changes nothing. */
import { isOutdated } from '../approvals/decide.ts';
import { type LinkClaims, verifyLink } from '../approvals/links.ts';
import { describeChanges } from '../domain/orders/changes.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { type Decision, loadDecisions } from '../store/approvals/decisions.ts';
import { loadStep, type Step } from '../store/approvals/steps.ts';
import type { Database, Transaction } from '../store/database.ts';
import { loadOrder, loadRevision } from '../store/orders/orders.ts';
import { type Decided, decideOrder } from './decide.ts';
import type { OrderContext } from './order-context.ts';
import { requireActive } from './people.ts';

export interface OpenedLink {
  readonly claims: LinkClaims;
  readonly order: Order;
  /** That the link was sent about. */
  readonly seen: Revision;
  /** The newest; nothing material parts it from the one the link was made for. */
  readonly revision: Revision;
  readonly step: Step;
  /** What was decided, if it was. */
  readonly decision: Decision | null;
  /** Between the revision of the link and the newest, in words. */
  readonly changes: readonly string[];
}

/** Throws LINK_REFUSED with the reason, and with what has changed for a link to an older revision. */
export async function openLink({ db, settings, now }: OrderContext, token: string): Promise<OpenedLink> {
  return look(db, await verifyLink(settings.http, token, now()));
}

/** Repeated, it answers what was decided; the opposite of it is ORDER_CONFLICT. */
export async function decideByLink(
  context: OrderContext,
  token: string,
  { verdict, comment }: { verdict: 'approve' | 'decline'; comment: string | null },
): Promise<Decided> {
  const { claims } = await openLink(context, token);
  return decideOrder(context, { ...claims, verdict, comment, channel: 'link' });
}

async function look(db: Database | Transaction, claims: LinkClaims): Promise<OpenedLink> {
  const order = await loadOrder(db, claims.orderId);
  if (!order) throw new NeedsOperatorError('LINK_REFUSED', 'the order of this link is gone; ask whoever sent it');
  const person = await requireActive(db, claims.personId);
  const step = await loadStep(db, claims.stepId);
  const [seen, revision] = [await loadRevision(db, order.id, claims.revision), await loadRevision(db, order.id)];
  const changes = describeChanges(seen, revision);
  const decision = decisionOf(await loadDecisions(db, order.id), step, person.id);
  const isOver = step.state === 'void' && !decision;
  if (isOver || (step.state !== 'declined' && (await isOutdated(db, order, seen, step)))) throw outdated(order, claims, changes);
  return { claims, order, seen, revision, step, decision, changes };
}

function decisionOf(decisions: readonly Decision[], step: Step, personId: string): Decision | null {
  const about = decisions.filter(({ stepId }) => stepId === step.id);
  return (
    about.find((one) => one.personId === personId) ?? about.findLast(() => step.state === 'approved' || step.state === 'declined') ?? null
  );
}

function outdated({ externalKey, revision, state }: Order, claims: LinkClaims, changes: readonly string[]): NeedsOperatorError {
  const what =
    claims.revision === revision
      ? `order ${externalKey} is ${state} and is asked of nobody any more`
      : `this link is about revision ${claims.revision} of order ${externalKey}, which has become revision ${revision}: ${changes.join('; ')}`;
  return new NeedsOperatorError('LINK_REFUSED', `${what}; open the newest message about the order, or decide in the portal`, {
    details: { link: claims.revision === revision ? 'ended' : 'outdated', orderId: claims.orderId, from: claims.revision, revision },
  });
}
