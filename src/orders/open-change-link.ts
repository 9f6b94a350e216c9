/** What stands behind the link of a change: what became of the order, and whether whoever ordered may still answer. Looking changes nothing. */
import { type ChangeClaims, verifyChangeLink } from '../approvals/links.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { KontorError, NeedsOperatorError } from '../errors.ts';
import { type ChangeAnswer, type ChangeAnswerKind, findAnswer, findOpenWindow } from '../store/orders/change-windows.ts';
import { loadOrder, loadRevision } from '../store/orders/orders.ts';
import { handedOff } from '../store/orders/stop-handoff.ts';
import { agreeToChange } from './agree.ts';
import { findNewer } from './change-answers.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';
import { withdrawOrder } from './withdraw.ts';

export const CHANGE_VERDICTS = ['agree', 'withdraw', 'withdraw_change'] as const;
/** `withdraw`: the whole order. */
export type ChangeVerdict = (typeof CHANGE_VERDICTS)[number];

export interface OpenedChange {
  readonly claims: ChangeClaims;
  readonly order: Order;
  /** As it was before the change, and before others that wait for the same answer. */
  readonly before: Revision;
  /** That the change made. */
  readonly changed: Revision;
  /** The newest; nothing material parts it from the changed one. */
  readonly revision: Revision;
  readonly answer: ChangeAnswer | null;
  /** Until when it may be answered; `null`: not any more. */
  readonly until: Date | null;
  /** It was released before, so that the change may be taken back alone. */
  readonly wasReleased: boolean;
}

/** Throws LINK_REFUSED with the reason, and with what has changed for a link to an older change that nobody has answered. */
export async function openChangeLink({ db, settings, now: clock }: OrderContext, token: string): Promise<OpenedChange> {
  const now = clock();
  const claims = await verifyChangeLink(settings.http, token, now);
  const { orderId, revision: n, personId } = claims;
  const order = await loadOrder(db, orderId);
  if (!order) throw new NeedsOperatorError('LINK_REFUSED', 'the order of this link is gone; ask whoever sent it');
  await requireActive(db, personId);
  if (!(await isRequester(db, order, personId))) throw new NeedsOperatorError('NOT_ALLOWED', `order ${order.externalKey} is not yours`);
  const answer = await findAnswer(db, orderId, n);
  const newer = await findNewer(db, settings, orderId, n);
  if (newer && !answer) throw outdated(order, n, newer);
  const isLive = order.state === 'pending_approval' || order.state === 'released';
  const window = isLive && !answer ? await findOpenWindow(db, orderId, n, now) : null;
  return {
    claims,
    order,
    before: await loadRevision(db, orderId, (window?.from ?? n) - 1),
    changed: await loadRevision(db, orderId, n),
    revision: await loadRevision(db, orderId),
    answer,
    until: window?.until ?? null,
    wasReleased: order.state === 'pending_approval' && (await handedOff(db, orderId)) !== null,
  };
}

export interface AnsweredChange {
  readonly answer: ChangeAnswer;
  /** What was said is what counts; not where the opposite was said before. */
  readonly isSame: boolean;
  /** To be woken. */
  readonly handoffIds: readonly string[];
}

const MEANT: Readonly<Record<ChangeVerdict, readonly ChangeAnswerKind[]>> = {
  agree: ['change_agreed'],
  withdraw: ['withdrawn', 'cancelled'],
  withdraw_change: ['change_withdrawn'],
};

/** The first answer counts, however often and in how many ways it is said. */
export async function answerByLink(context: OrderContext, token: string, verdict: ChangeVerdict): Promise<AnsweredChange> {
  const { claims, answer: before } = await openChangeLink(context, token);
  const handoffIds = before ? [] : await act(context, claims, verdict);
  const answer = before ?? (await findAnswer(context.db, claims.orderId, claims.revision));
  if (!answer) throw new Error(`an answer to a change of order ${claims.orderId} was recorded and is not there`);
  return { answer, isSame: MEANT[verdict].includes(answer.kind), handoffIds };
}

async function act(
  context: OrderContext,
  { orderId, personId, revision }: ChangeClaims,
  verdict: ChangeVerdict,
): Promise<readonly string[]> {
  const who = { orderId, personId, revision };
  try {
    if (verdict === 'agree') return (await agreeToChange(context, { ...who, channel: 'link' })).handoffIds;
    const what = verdict === 'withdraw' ? 'order' : 'change';
    const { handoffId } = await withdrawOrder(context, { ...who, reason: null, what });
    return handoffId === null ? [] : [handoffId];
  } catch (error) {
    // Said twice at the same moment: the other one came first.
    if (error instanceof KontorError && error.code === 'ORDER_CONFLICT' && error.details.answer !== undefined) return [];
    throw error;
  }
}

function outdated({ id, externalKey }: Order, n: number, { revision, changes }: { revision: Revision; changes: readonly string[] }) {
  return new NeedsOperatorError(
    'LINK_REFUSED',
    `this link is about revision ${n} of order ${externalKey}, which has become revision ${revision.n}: ${changes.join('; ')}; open the newest message about the order, or the portal`,
    { details: { link: 'outdated', orderId: id, from: n, revision: revision.n } },
  );
}
