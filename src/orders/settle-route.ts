/** A revision meets the rules: released at once, left waiting for people, or refused by a rule. */
import { type RouteVerdict, routeRevision } from '../approvals/route.ts';
import type { Settings } from '../config/settings.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import type { Transaction } from '../store/database.ts';
import { appendLog, moveOrder } from '../store/orders/orders.ts';
import { releaseOrder } from './release.ts';
import { settleBudgetsOf } from './settle-budgets.ts';

export interface Routed {
  /** To be woken once the transaction has committed; `null` when nothing leaves. */
  readonly handoffId: string | null;
  readonly warnings: readonly string[];
  /** Why a rule refuses it. */
  readonly reasons: readonly string[];
}

/** To be called under `lockOrder`, or on an order that nobody else sees yet. */
export async function settleRoute(trx: Transaction, settings: Settings, order: Order, revision: Revision, now: Date): Promise<Routed> {
  const routed = await follow(trx, settings, { order, revision, route: await routeRevision(trx, settings, order, revision, now) }, now);
  await settleBudgetsOf(trx, [order.id], now, settings.orders);
  return routed;
}

interface Following {
  readonly order: Order;
  readonly revision: Revision;
  readonly route: RouteVerdict;
}

async function follow(trx: Transaction, settings: Settings, { order, revision, route }: Following, now: Date): Promise<Routed> {
  if (route.verdict === 'release') {
    const { handoffId } = await releaseOrder(trx, settings, order, revision, route.approvedBy, now);
    return { handoffId, warnings: route.warnings, reasons: [] };
  }
  if (route.verdict === 'rejected') {
    await moveOrder(trx, order, 'rejected_by_system', { now });
    await appendLog(trx, order.id, { kind: 'rejected', actor: 'rules', revision: revision.n, facts: { reasons: route.reasons } }, now);
    return { handoffId: null, warnings: [], reasons: route.reasons };
  }
  if (order.state !== 'pending_approval') await moveOrder(trx, order, 'pending_approval', { now });
  await appendLog(trx, order.id, { kind: 'waiting', actor: 'rules', revision: revision.n }, now);
  return { handoffId: null, warnings: [], reasons: [] };
}
