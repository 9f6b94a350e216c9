/** A change after release that people decline, withdraw or leave undecided leaves the order as it was released: the ERP holds it, and it is not taken back. */
import type { Settings } from '../config/settings.ts';
import type { Order } from '../domain/orders/order.ts';
import type { Transaction } from '../store/database.ts';
import { closeWindowsAfter } from '../store/orders/change-windows.ts';
import { appendLog, insertRevision, loadRevision, moveOrder } from '../store/orders/orders.ts';
import { handedOff } from '../store/orders/stop-handoff.ts';
import { releaseOrder } from './release.ts';

/** Reason of the revision that stands for the released one. */
export const RESTORED = {
  declined: 'the change was declined',
  expired: 'nobody decided about the change in time',
  withdrawn: 'the change was withdrawn',
} as const;

/** `null`: it was never released, and nothing was done. */
export async function restoreReleased(
  trx: Transaction,
  settings: Settings,
  order: Order,
  why: keyof typeof RESTORED,
  now: Date,
): Promise<{ handoffId: string | null } | null> {
  const last = await handedOff(trx, order.id);
  if (!last) return null;
  const { content, materialHash, total } = await loadRevision(trx, order.id, last.revision);
  await closeWindowsAfter(trx, order.id, last.revision);
  const n = order.revision + 1;
  const reason = RESTORED[why];
  await insertRevision(trx, { orderId: order.id, n, content, materialHash, total, editedById: null, reason }, now);
  await appendLog(trx, order.id, { kind: 'restored', actor: 'rules', revision: n, facts: { from: last.revision, reason } }, now);
  if (last.isUnderway) {
    await moveOrder(trx, order, 'released', { now });
    return { handoffId: null };
  }
  return releaseOrder(trx, settings, order, await loadRevision(trx, order.id, n), order.approvedBy ?? 'people', now);
}
