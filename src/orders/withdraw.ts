/** The requester takes an order back: before release nothing leaves; afterwards it is cancelled where it may stand. Or a change of it alone. */
import { recall } from '../approvals/notices.ts';
import type { Settings } from '../config/settings.ts';
import type { Order } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { voidOpenSteps } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { insertHandoff } from '../store/orders/handoffs.ts';
import { appendLog, loadOrder, loadRevision, lockOrder, moveOrder } from '../store/orders/orders.ts';
import { handedOff, stopHandoffs } from '../store/orders/stop-handoff.ts';
import { requireUnanswered } from './change-answers.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';
import { RESTORED, restoreReleased } from './restore-released.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

export interface WithdrawRequest {
  readonly orderId: string;
  readonly personId: string;
  readonly reason: string | null;
  /** Needed where a change of a released order waits: the one would be as wrong a guess as the other. */
  readonly what?: 'order' | 'change' | undefined;
  /** Of the change that the person has seen, to which this is the only answer. */
  readonly revision?: number | undefined;
}

export interface Withdrawn {
  readonly state: Order['state'];
  /** The cancellation to wake; `null` when nothing had left. */
  readonly handoffId: string | null;
}

/** Throws NOT_ALLOWED, or ORDER_STATE when it has ended otherwise, or nobody can know what is meant. Withdrawn again is answered as before. */
export async function withdrawOrder({ db, settings, now: clock }: OrderContext, request: WithdrawRequest): Promise<Withdrawn> {
  const now = clock();
  return db.transaction(async (trx) => {
    const { orderId, personId, what, revision } = request;
    const order = await lockOrder(trx, orderId);
    await requireActive(trx, personId);
    if (!(await isRequester(trx, order, personId))) {
      throw new NeedsOperatorError(
        'NOT_ALLOWED',
        `order ${order.externalKey} is not yours to withdraw; whoever ordered it may, and approvers may decline it`,
      );
    }
    if (revision !== undefined) await requireUnanswered(trx, settings, order, revision, now);
    if (what === 'change') return withdrawChange(trx, settings, order, request, now);
    if (order.state === 'withdrawn' || order.state === 'cancelled') return { state: order.state, handoffId: null };
    if (what === undefined && order.state === 'pending_approval' && (await handedOff(trx, order.id))) throw unclear(order);
    return withdrawWhole(trx, settings, order, request, now);
  });
}

async function withdrawWhole(
  trx: Transaction,
  settings: Settings,
  order: Order,
  { personId, reason }: WithdrawRequest,
  now: Date,
): Promise<Withdrawn> {
  const to = order.state === 'released' ? 'cancelled' : 'withdrawn';
  await moveOrder(trx, order, to, { now });
  await recall(trx, await voidOpenSteps(trx, order.id, now), now);
  const { cancelled, mayBeThere } = await stopHandoffs(trx, order.id, 'withdrawn before it left', now);
  const revision = await loadRevision(trx, order.id);
  const cancellation = { order, revision, connection: settings.orders.target ?? null, kind: 'cancel' as const, now };
  const handoffId = mayBeThere ? await insertHandoff(trx, cancellation) : null;
  await settleBudgetsOf(trx, [order.id], now, settings.orders);
  await appendLog(trx, order.id, { kind: to, personId, revision: revision.n, facts: { reason, cancelled, handoffId } }, now);
  return { state: (await loadOrder(trx, order.id))?.state ?? to, handoffId };
}

async function withdrawChange(
  trx: Transaction,
  settings: Settings,
  order: Order,
  { personId, reason }: WithdrawRequest,
  now: Date,
): Promise<Withdrawn> {
  const newest = await loadRevision(trx, order.id);
  if (order.state === 'released' && newest.reason === RESTORED.withdrawn) return { state: order.state, handoffId: null };
  if (order.state === 'pending_approval') {
    await recall(trx, await voidOpenSteps(trx, order.id, now), now);
    const restored = await restoreReleased(trx, settings, order, 'withdrawn', now);
    if (restored) {
      await settleBudgetsOf(trx, [order.id], now, settings.orders);
      await appendLog(trx, order.id, { kind: 'change_withdrawn', personId, revision: newest.n, facts: { reason } }, now);
      return { state: (await loadOrder(trx, order.id))?.state ?? 'released', handoffId: restored.handoffId };
    }
  }
  throw new NeedsOperatorError(
    'ORDER_STATE',
    `order ${order.externalKey} is ${order.state}, and no change of a released order waits there; ${order.state === 'pending_approval' ? 'withdraw the whole order, or revise it' : 'revise it to change it again'}`,
  );
}

function unclear({ externalKey }: Order): NeedsOperatorError {
  return new NeedsOperatorError(
    'ORDER_STATE',
    `order ${externalKey} was released, and a change of it waits for approval; say which of them is withdrawn: \`--change\` leaves the order as it was released, \`--whole\` takes it back (over HTTP "what": "change" or "order")`,
  );
}
