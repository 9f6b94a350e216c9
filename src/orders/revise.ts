/**
 * A new version of an order. What changes it materially voids what was decided and goes through the rules again; an approver's own
 * word covers his change only where SEMANTICS 2.12 lets it. After release the change follows the order to the ERP once it is approved.
 */
import type { Settings } from '../config/settings.ts';
import { describeChanges, isMaterial } from '../domain/orders/changes.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { OrderInvalid } from '../domain/orders/problem.ts';
import { parseChange } from '../domain/orders/submission.ts';
import { NeedsOperatorError } from '../errors.ts';
import { findAskedRevision } from '../store/approvals/asked-revision.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog, insertRevision, loadOrder, loadRevision, lockOrder, moveOrder } from '../store/orders/orders.ts';
import { handedOff, stopHandoffs } from '../store/orders/stop-handoff.ts';
import { coverOwnChange, mayReviseAs } from './cover-change.ts';
import { mergeChange } from './merge-change.ts';
import type { OrderContext } from './order-context.ts';
import { requireActive } from './people.ts';
import { releaseOrder } from './release.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { settleRoute } from './settle-route.ts';
import { tellOfChange } from './tell-of-change.ts';
import { validateSubmissions } from './validate.ts';

export interface ReviseRequest {
  readonly orderId: string;
  readonly personId: string;
  /** The revision the change was made from. */
  readonly from: number;
  /** As it came; see `changeSchema`. */
  readonly change: unknown;
  readonly reason: string | null;
  readonly channel: string;
}

export interface Revised {
  readonly order: Order;
  readonly revision: Revision;
  /** In words; none when nothing became different, and then there is no new revision. */
  readonly changes: readonly string[];
  /** Whether what was decided is void. */
  readonly isMaterial: boolean;
  readonly handoffId: string | null;
  readonly warnings: readonly string[];
  readonly reasons: readonly string[];
}

const REVISABLE: ReadonlySet<Order['state']> = new Set(['pending_approval', 'released', 'rejected_by_system']);

/** Throws ORDER_CONFLICT for a change of an older revision, ORDER_STATE, NOT_ALLOWED, or ORDER_INVALID with all problems. */
export async function reviseOrder({ db, settings, now: clock }: OrderContext, request: ReviseRequest): Promise<Revised> {
  return db.transaction((trx) => revise(trx, settings, request, clock()));
}

async function revise(trx: Transaction, settings: Settings, request: ReviseRequest, now: Date): Promise<Revised> {
  const order = await lockOrder(trx, request.orderId);
  await requireActive(trx, request.personId);
  const role = await mayReviseAs(trx, order, request.personId, now);
  refuseUnlessRevisable(order, request);
  const before = await loadRevision(trx, order.id);
  const draft = await draftOf(trx, settings, { order, before, request, now });
  const changes = describeChanges(before, draft);
  const same: Revised = { order, revision: before, changes, isMaterial: false, handoffId: null, warnings: [], reasons: [] };
  if (changes.length === 0) return same;
  const asked = await loadRevision(trx, order.id, await findAskedRevision(trx, order.id, before.n));
  const material = isMaterial(asked, draft, settings.orders.dateToleranceDays);
  const { personId, reason, channel } = request;
  const n = order.revision + 1;
  await insertRevision(trx, { orderId: order.id, n, ...draft, editedById: personId, reason }, now);
  await appendLog(
    trx,
    order.id,
    { kind: 'revised', personId, revision: n, facts: { from: before.n, changes, material, reason, channel } },
    now,
  );
  const revision = await loadRevision(trx, order.id, n);
  await tellOfChange(trx, settings, { order, revision, personId, isMaterial: material }, now);
  const newest = { ...order, revision: n, total: revision.total, currency: revision.content.currency };
  const followed = await followChange(trx, settings, { order: newest, revision, material, request, role, before: before.n, now });
  return { ...same, ...followed, order: (await loadOrder(trx, order.id)) ?? newest, revision, isMaterial: material };
}

function refuseUnlessRevisable(order: Order, { from }: ReviseRequest): void {
  if (!REVISABLE.has(order.state)) {
    throw new NeedsOperatorError(
      'ORDER_STATE',
      `order ${order.externalKey} is ${order.state} and is not changed any more; submit a new one`,
    );
  }
  if (from === order.revision) return;
  throw new NeedsOperatorError(
    'ORDER_CONFLICT',
    `order ${order.externalKey} has moved on: the change was made from revision ${from}, the newest is ${order.revision}; read it again, and change that`,
    { details: { orderId: order.id, revision: order.revision } },
  );
}

interface Drafting {
  readonly order: Order;
  readonly before: Revision;
  readonly request: ReviseRequest;
  readonly now: Date;
}

async function draftOf(trx: Transaction, settings: Settings, { order, before, request, now }: Drafting) {
  const parsed = parseChange(request.change);
  const what = `the change of order ${order.externalKey}`;
  if ('problems' in parsed) throw new OrderInvalid(what, parsed.problems);
  const [validated] = await validateSubmissions(trx, settings.orders, [mergeChange(order, before.content, parsed.submission)], now);
  if (!validated || 'problems' in validated) throw new OrderInvalid(what, validated?.problems ?? []);
  const { content, materialHash, total } = validated.draft;
  return { content, materialHash, total };
}

interface Following {
  readonly order: Order;
  readonly revision: Revision;
  readonly material: boolean;
  readonly request: ReviseRequest;
  readonly role: 'requester' | 'approver';
  /** The revision that was changed. */
  readonly before: number;
  readonly now: Date;
}

async function followChange(
  trx: Transaction,
  settings: Settings,
  { order, revision, material, request, role, before, now }: Following,
): Promise<Pick<Revised, 'handoffId' | 'warnings' | 'reasons'>> {
  if (order.state === 'released') await stopHandoffs(trx, order.id, `revision ${revision.n} takes its place`, now);
  if (!material && order.state !== 'rejected_by_system') {
    const isReleased = order.state === 'released';
    const released = isReleased ? await releaseOrder(trx, settings, order, revision, order.approvedBy ?? 'people', now) : null;
    await settleBudgetsOf(trx, [order.id], now, settings.orders);
    return { handoffId: released?.handoffId ?? null, warnings: [], reasons: [] };
  }
  const released = await handedOff(trx, order.id);
  if (order.state !== 'pending_approval') await moveOrder(trx, order, 'pending_approval', { now });
  const routed = await settleRoute(trx, settings, { ...order, state: 'pending_approval' }, revision, now);
  if (released && routed.reasons.length > 0) throw denied(order, routed.reasons);
  if (role !== 'approver') return routed;
  const handoffId = await coverOwnChange(trx, settings, { order, revision, before, personId: request.personId, now });
  return { ...routed, handoffId: handoffId ?? routed.handoffId };
}

/** What was released stands; a version that no rule lets pass never becomes one. */
function denied(order: Order, reasons: readonly string[]): NeedsOperatorError {
  return new NeedsOperatorError(
    'NOT_ALLOWED',
    `a rule denies this change of order ${order.externalKey}, which stays as it was released\n${reasons.join('\n')}`,
    { details: { orderId: order.id } },
  );
}
