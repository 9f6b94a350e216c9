/** Everything the clock has to do about approvals now, in batches, each in a transaction of its own. */
import { type EndedOrder, type Escalated, escalateDue } from '../approvals/escalate.ts';
import { remindDue } from '../approvals/remind.ts';
import type { Settings } from '../config/settings.ts';
import { findDue } from '../store/approvals/clocks.ts';
import { settleStep } from '../store/approvals/decisions.ts';
import { voidOpenSteps } from '../store/approvals/steps.ts';
import { markStuck } from '../store/approvals/stuck-steps.ts';
import type { Database, Transaction } from '../store/database.ts';
import { lockOrder, moveOrder } from '../store/orders/orders.ts';
import { inHalves } from './in-halves.ts';
import type { OrderContext } from './order-context.ts';
import { restoreReleased } from './restore-released.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { Skipped, type SkippedSteps } from './skipped-steps.ts';
import { tellRequester } from './tell-requester.ts';

const REMINDERS = 5_000;
const RUNGS = 500;
/** Looked up at once: ids alone. */
const FOUND = 20_000;
/** While this process thinks about one batch, PostgreSQL is busy with the others. */
const LANES = 3;

export interface EscalateApprovals {
  readonly reminded: number;
  readonly climbed: number;
  readonly listed: number;
  readonly ended: number;
  /** To be woken: a change that expired after release leaves the order as it was released. */
  readonly handoffIds: string[];
  /** Left as they are, by why; those of before are not looked at until nothing is in the way any more, nor told again within a day. */
  readonly skipped: readonly SkippedSteps[];
}

/** Rungs before reminders, so that nobody is reminded of what the clock has given on in the same look. */
export async function escalateApprovals({ db, settings, now: clock }: OrderContext, signal?: AbortSignal): Promise<EscalateApprovals> {
  const total = { reminded: 0, climbed: 0, listed: 0, ended: 0, handoffIds: [] as string[] };
  const skipped = new Skipped();
  const fresh: string[] = [];
  const now = clock();
  for (let more = true; more && !signal?.aborted; ) {
    const found = await findDue(db, now, { limit: FOUND, except: skipped.ids });
    more = false;
    const climb = async (stepIds: readonly string[]) => {
      if (signal?.aborted) return;
      const { steps, climbed, listed, ended, stuck, handoffIds } = await climbOnce(db, settings, stepIds, now);
      for (const { stepId, error } of stuck) skipped.add(stepId, error);
      fresh.push(...stuck.flatMap(({ stepId, isNew }) => (isNew ? stepId : [])));
      total.climbed += climbed;
      total.listed += listed;
      total.ended += ended.length;
      total.handoffIds.push(...handoffIds);
      more ||= steps > 0;
    };
    // What is wrong with one step must not stop the clock of the others.
    const skip = (stepId: string, error: unknown) => {
      skipped.add(stepId, error);
      more = true;
    };
    await sideBySide(found, (stepIds) => inHalves(stepIds, climb, skip));
  }
  fresh.push(...(await db.transaction((trx) => markStuck(trx, skipped.stuck, now))));
  for (let more = true; more && !signal?.aborted; ) {
    const batch = await db.transaction((trx) => remindDue(trx, now, REMINDERS));
    total.reminded += batch ?? 0;
    more = batch !== null;
  }
  return { ...total, skipped: skipped.news(fresh) };
}

/** Answered once it is committed. */
function climbOnce(db: Database, settings: Settings, stepIds: readonly string[], now: Date): Promise<Escalated & { handoffIds: string[] }> {
  return db.transaction(async (trx) => {
    const escalated = await escalateDue(trx, now, stepIds);
    const handoffIds: string[] = [];
    for (const one of escalated.ended) handoffIds.push(...(await endOrder(trx, settings, one, now)));
    await settleBudgetsOf(trx, escalated.ended.map(({ orderId }) => orderId), now, settings.orders); // biome-ignore format: one call
    return { ...escalated, handoffIds };
  });
}

/** While one batch is being written, the next is thought out. */
async function sideBySide(stepIds: readonly string[], batch: (stepIds: readonly string[]) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < stepIds.length) {
      const from = next;
      next += RUNGS;
      try {
        await batch(stepIds.slice(from, from + RUNGS));
      } catch (error) {
        next = stepIds.length;
        throw error;
      }
    }
  };
  // Both have ended before a failure is told: nothing goes on behind the caller's back.
  for (const end of await Promise.allSettled(Array.from({ length: LANES }, lane))) if (end.status === 'rejected') throw end.reason;
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
