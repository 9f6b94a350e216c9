/** Ops' two answers to a hand-off that stands still: send it again under the same key, or tell that it was done by hand. */
import { NeedsOperatorError } from '../errors.ts';
import { appendLog } from '../store/orders/orders.ts';
import type { HandoffState } from '../store/orders/push-claims.ts';
import { lockHandoffs, returnToPending, type StandingHandoff, settleByHand } from '../store/orders/resend.ts';
import type { OrderContext } from './order-context.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

const RESENDABLE: readonly HandoffState[] = ['refused', 'parked', 'doubled', 'held'];

export interface ResendRequest {
  readonly orderIds?: readonly string[];
  readonly connection?: string;
  /** Which of them; all that stand still if not given. */
  readonly state?: HandoffState;
  readonly reason: string;
  readonly actor: string;
  readonly dryRun?: boolean;
}

/** Answers what is (or would be) sent again. Throws ORDER_STATE while an outcome is unknown: asking there comes first. */
export async function resendHandoffs(context: OrderContext, request: ResendRequest): Promise<StandingHandoff[]> {
  const { reason, actor, dryRun } = request;
  return context.db.transaction(async (trx) => {
    const found = await lockHandoffs(trx, {
      ...request,
      ...(request.orderIds ? {} : { states: request.state ? [request.state] : RESENDABLE }),
    });
    if (request.orderIds) refuseUnsettled(found);
    const again = found.filter(({ state, code }) => {
      // An operator does not answer for whoever ordered.
      return RESENDABLE.includes(state) && code !== 'CHANGE_WINDOW' && (!request.state || state === request.state);
    });
    if (request.orderIds && again.length === 0) throw new NeedsOperatorError('ORDER_STATE', nothingToSend(found));
    if (dryRun) return again;
    const now = context.now();
    await returnToPending(
      trx,
      again.map(({ id }) => id),
    );
    for (const { id, orderId, revision, state } of again) {
      await appendLog(trx, orderId, { kind: 'handoff.resent', actor, revision, facts: { handoffId: id, was: state, reason } }, now);
    }
    return again;
  });
}

function refuseUnsettled(found: readonly StandingHandoff[]): void {
  const open = found.find(({ state }) => state === 'unknown' || state === 'sending');
  if (!open) return;
  throw new NeedsOperatorError(
    'ORDER_STATE',
    `hand-off ${open.id} of ${open.externalKey} is ${open.state}: nobody knows yet whether ${open.connection} has the order. It is looked up there by itself; send again only what was answered`,
  );
}

function nothingToSend(found: readonly StandingHandoff[]): string {
  if (found.length === 0) return 'the order was not released, so there is nothing to send; `kontor orders why` says what it waits for';
  const states = found
    .map(({ id, state, code, reason }) => `hand-off ${id} is ${state}${code === 'CHANGE_WINDOW' ? `: ${reason}` : ''}`)
    .join(', ');
  return `nothing stands still: ${states}`;
}

/** Throws ORDER_STATE unless it stands still. */
export async function settleHandoff(
  context: OrderContext,
  { orderId, number, reason, actor }: { orderId: string; number: string; reason: string; actor: string },
): Promise<StandingHandoff> {
  return context.db.transaction(async (trx) => {
    const found = await lockHandoffs(trx, { orderIds: [orderId] });
    const standing = found.find(({ state }) => RESENDABLE.includes(state));
    if (!standing) throw new NeedsOperatorError('ORDER_STATE', nothingToSend(found));
    const now = context.now();
    await settleByHand(trx, standing.id, number, now);
    await settleBudgetsOf(trx, [orderId], now, context.settings.orders);
    await appendLog(
      trx,
      orderId,
      {
        kind: 'handoff.settled',
        actor,
        revision: standing.revision,
        facts: { handoffId: standing.id, was: standing.state, number, reason },
      },
      now,
    );
    return standing;
  });
}
