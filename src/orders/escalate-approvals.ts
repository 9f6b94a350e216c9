/** Everything the clock has to do about approvals now, in batches, each in a transaction of its own. */
import { type EndedOrder, escalateDue } from '../approvals/escalate.ts';
import { remindDue } from '../approvals/remind.ts';
import type { Settings } from '../config/settings.ts';
import { settleStep } from '../store/approvals/decisions.ts';
import { voidOpenSteps } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder, moveOrder } from '../store/orders/orders.ts';
import type { OrderContext } from './order-context.ts';
import { restoreReleased } from './restore-released.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { tellRequester } from './tell-requester.ts';

const REMINDERS = 5_000;
const RUNGS = 1_000;

export interface EscalateApprovals {
  readonly reminded: number;
  readonly climbed: number;
  readonly listed: number;
  readonly ended: number;
  /** To be woken: a change that expired after release leaves the order as it was released. */
  readonly handoffIds: string[];
}

/** Rungs before reminders, so that nobody is reminded of what the clock has given on in the same look. */
export async function escalateApprovals({ db, settings, now: clock }: OrderContext, signal?: AbortSignal): Promise<EscalateApprovals> {
  const total = { reminded: 0, climbed: 0, listed: 0, ended: 0, handoffIds: [] as string[] };
  const now = clock();
  for (let more = true; more && !signal?.aborted; ) {
    more = await db.transaction(async (trx) => {
      const { steps, climbed, listed, ended } = await escalateDue(trx, now, RUNGS);
      for (const one of ended) total.handoffIds.push(...(await endOrder(trx, settings, one, now)));
      await settleBudgetsOf(trx, ended.map(({ orderId }) => orderId), now, settings.orders); // biome-ignore format: one call
      total.climbed += climbed;
      total.listed += listed;
      total.ended += ended.length;
      return steps > 0;
    });
  }
  for (let more = true; more && !signal?.aborted; ) {
    const batch = await db.transaction((trx) => remindDue(trx, now, REMINDERS));
    total.reminded += batch ?? 0;
    more = batch !== null;
  }
  return total;
}

/** By the policy of its rules, dated at the instant; whoever was released before stays released. */
async function endOrder(trx: Transaction, settings: Settings, { orderId, stepId, at, how }: EndedOrder, now: Date): Promise<string[]> {
  if (how === 'decline') await settleStep(trx, stepId, 'declined', at);
  await voidOpenSteps(trx, orderId, at);
  const order = await lockOrder(trx, orderId);
  await tellRequester(trx, order, how === 'decline' ? 'order.declined' : 'order.expired', now);
  const restored = await restoreReleased(trx, settings, order, how === 'decline' ? 'declined' : 'expired', at);
  if (restored) return restored.handoffId === null ? [] : [restored.handoffId];
  await moveOrder(trx, order, how === 'decline' ? 'declined' : 'expired', { now: at });
  return [];
}
