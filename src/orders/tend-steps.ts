/** Looks after steps whose holders are no longer those who should decide: people who left or are away, deputies who came or went, nobody at all. */
import { advance } from '../approvals/advance.ts';
import { activateSteps } from '../approvals/assign.ts';
import { type StaleStep, staleSteps } from '../store/approvals/delegations.ts';
import { loadDeciders } from '../store/approvals/open-steps.ts';
import { lockOrders } from '../store/orders/orders.ts';
import { follow } from './decide.ts';
import { inHalves } from './in-halves.ts';
import type { OrderContext } from './order-context.ts';

const BATCH = 200;

/** In batches, each in a transaction of its own. Answers the hand-offs to wake: what all who are left had approved is approved. */
export async function tendSteps(context: OrderContext): Promise<{ looked: number; handoffIds: string[] }> {
  const { db, now: clock } = context;
  const handoffIds: string[] = [];
  const failures: unknown[] = [];
  let looked = 0;
  let after: StaleStep | undefined;
  do {
    const stale = await staleSteps(db, clock(), BATCH, after);
    looked += stale.length;
    // One company's rules that nobody can read must not keep the others' steps where they are.
    await inHalves(
      stale,
      async (some) => void handoffIds.push(...(await tendBatch(context, some))),
      (_step, error) => failures.push(error),
    );
    after = stale.length < BATCH ? undefined : stale.at(-1);
  } while (after);
  if (failures.length > 0) throw failures[0];
  return { looked, handoffIds };
}

async function tendBatch({ db, settings, now: clock }: OrderContext, stale: readonly StaleStep[]): Promise<string[]> {
  if (stale.length === 0) return [];
  const now = clock();
  return db.transaction(async (trx) => {
    const locked = await lockOrders(
      trx,
      stale.map(({ orderId }) => orderId),
    );
    const orders = new Map(locked.map((order) => [order.id, order]));
    const open = stale.filter(({ orderId }) => orders.get(orderId)?.state === 'pending_approval');
    const stepIds = open.map(({ stepId }) => stepId);
    await activateSteps(trx, stepIds, now);
    // Only where somebody has said something may those who are left be enough.
    const deciders = await loadDeciders(trx, stepIds);
    const handoffIds: string[] = [];
    for (const { orderId, stepId } of open) {
      const order = orders.get(orderId);
      if (!order || !deciders.has(stepId)) continue;
      const { order: progress } = await advance(trx, orderId, stepId, now);
      const handoffId = await follow(trx, settings, order, progress, now);
      if (handoffId !== null) handoffIds.push(handoffId);
    }
    return handoffIds;
  });
}
